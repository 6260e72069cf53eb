/** 访客: registering, who is here today, couriers' goods, spaces and routes, failed notices. Keys 1 to 5 go from one to the next. */
import type { Route } from "@watchkeeper/api";
import { useKeys, useWords } from "@watchkeeper/ui";
import type { ComponentType } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useSession } from "../../session/session";
import { Deliveries } from "./deliveries";
import { Notices } from "./notices";
import { Places } from "./places";
import { RegisterTab } from "./register";
import { Today } from "./today";
import { table } from "./words";
import "../../parts/parts.css";
import "../../forms.css";
import "./visits.css";

interface Tab {
  readonly path: string;
  readonly word: "t_register" | "t_today" | "t_deliveries" | "t_places" | "t_notices";
  readonly needs: Route;
  readonly page: ComponentType<{ id: string }>;
}
const TABS: readonly Tab[] = [
  { path: "register", word: "t_register", needs: "POST /visits", page: RegisterTab },
  { path: "today", word: "t_today", needs: "GET /visits", page: Today },
  { path: "deliveries", word: "t_deliveries", needs: "GET /deliveries", page: Deliveries },
  { path: "places", word: "t_places", needs: "GET /visit-spaces", page: Places },
  { path: "notices", word: "t_notices", needs: "GET /visits/notices", page: Notices },
];

export default function Visits() {
  const w = useWords(table);
  const { may } = useSession();
  const navigate = useNavigate();
  const [first = "", id = ""] = (useParams()["*"] ?? "").split("/");
  const tabs = TABS.filter((tab) => may(tab.needs));
  const chosen = tabs.find((tab) => tab.path === first) ?? tabs[0];
  useKeys(Object.fromEntries(tabs.map((tab, at) => [String(at + 1), () => navigate(`/visits/${tab.path}`)])));
  return (
    <div className="wk-visits">
      <nav aria-label={w.visits} className="wk-visit-tabs">
        {tabs.map((tab, at) => (
          <Link key={tab.path} to={`/visits/${tab.path}`} aria-current={tab === chosen ? "page" : undefined}>
            <kbd>{at + 1}</kbd> {w[tab.word]}
          </Link>
        ))}
      </nav>
      <div className="wk-visits-main">{chosen !== undefined && <chosen.page key={chosen.path} id={id} />}</div>
    </div>
  );
}
