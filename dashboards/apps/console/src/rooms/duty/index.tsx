/** 值守: check-in, the two-hour record, the handover, keys and equipment, calls. Keys 1 to 5 go from one to the next. */
import type { Route } from "@watchkeeper/api";
import { useKeys, useWords } from "@watchkeeper/ui";
import type { ComponentType } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useSession } from "../../session/session";
import { Calls } from "./calls";
import { CheckIns } from "./check-ins";
import { HandoverTab } from "./handover-tab";
import { KeyRegister } from "./key-register";
import { Records } from "./records";
import { table } from "./words";
import "../../forms.css";
import "./duty.css";

interface Tab {
  readonly path: string;
  readonly word: "t_check" | "t_record" | "t_handover" | "t_keys" | "t_calls";
  readonly needs: Route;
  readonly page: ComponentType;
}
const TABS: readonly Tab[] = [
  { path: "check-in", word: "t_check", needs: "GET /duty/check-in", page: CheckIns },
  { path: "records", word: "t_record", needs: "GET /duty/records", page: Records },
  { path: "handover", word: "t_handover", needs: "GET /handovers", page: HandoverTab },
  { path: "keys", word: "t_keys", needs: "GET /keys", page: KeyRegister },
  { path: "calls", word: "t_calls", needs: "GET /calls", page: Calls },
];

export default function Duty() {
  const w = useWords(table);
  const { may } = useSession();
  const navigate = useNavigate();
  const [first = "", ..._rest] = (useParams()["*"] ?? "").split("/");
  const tabs = TABS.filter((tab) => may(tab.needs));
  const chosen = tabs.find((tab) => tab.path === first) ?? tabs[0];
  useKeys(Object.fromEntries(tabs.map((tab, at) => [String(at + 1), () => navigate(`/duty/${tab.path}`)])));
  return (
    <div className="wk-duty">
      <nav aria-label={w.duty} className="wk-tabs">
        {tabs.map((tab, at) => (
          <Link key={tab.path} to={`/duty/${tab.path}`} aria-current={tab === chosen ? "page" : undefined}>
            <kbd>{at + 1}</kbd> {w[tab.word]}
          </Link>
        ))}
        {may("GET /reports/unvisited") && <Link to="/patrol">{w.patrol} →</Link>}
      </nav>
      <div className="wk-duty-main">{chosen !== undefined && <chosen.page />}</div>
    </div>
  );
}
