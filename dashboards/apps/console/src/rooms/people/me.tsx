/** One's own account, for everybody; and for those who keep the hub running without an account's rights, how it is. */
import { useWords } from "@watchkeeper/ui";
import { Views } from "../../parts/views";
import { useSession } from "../../session/session";
import { OwnView } from "./own";
import { StatusView } from "./status";
import { table } from "./words";

export default function Me() {
  const w = useWords(table);
  const { may } = useSession();
  const views = [
    { path: "", name: w.v_own, page: OwnView },
    ...(may("GET /dead-letters") ? [{ path: "status", name: w.v_status, page: StatusView }] : []),
  ];
  return <Views room="me" label={w.v_own} views={views} />;
}
