/** 审计日志: who did what, when and why; what proves that nobody has rewritten it; and how a person is taken out of it. */
import { useWords } from "@watchkeeper/ui";
import { Views } from "../../parts/views";
import { useSession } from "../../session/session";
import { EraseView } from "./erase";
import { HeadsView } from "./heads";
import { LogView } from "./log";
import { table } from "./words";
import "./audit.css";

export default function Audit() {
  const w = useWords(table);
  const { may } = useSession();
  const views = [
    { path: "", name: w.v_log, page: LogView },
    { path: "heads", name: w.v_heads, page: HeadsView },
    ...(may("POST /audit/people/{person}/erase") ? [{ path: "erase", name: w.v_erase, page: EraseView }] : []),
  ];
  return <Views room="audit" label={w.room} views={views} />;
}
