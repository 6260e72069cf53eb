/** 通行权限: who may go where and when, what gates are told of it, and how a whole list of it comes in. */
import { useWords } from "@watchkeeper/ui";
import { NavLink, Route, Routes } from "react-router";
import { useSession } from "../../session/session";
import { Exchange } from "./exchange";
import { GroupsView } from "./groups";
import { HolderView } from "./holder";
import { PeopleView } from "./people";
import { SchedulesView } from "./schedules";
import { TablesView } from "./tables";
import { table } from "./words";
import { ZonesView } from "./zones";
import "../../forms.css";
import "../../parts/parts.css";
import "./permits.css";

export default function Permits() {
  const w = useWords(table);
  const { may } = useSession();
  const views = [
    { path: "", name: w.v_people, page: PeopleView, drawn: true },
    { path: "groups", name: w.v_groups, page: GroupsView, drawn: true },
    { path: "zones", name: w.v_zones, page: ZonesView, drawn: true },
    { path: "schedules", name: w.v_schedules, page: SchedulesView, drawn: true },
    { path: "import", name: w.v_import, page: Exchange, drawn: may("POST /access/import") || may("GET /access/export") },
    { path: "tables", name: w.v_tables, page: TablesView, drawn: may("GET /access/tables") },
  ].filter((view) => view.drawn);
  return (
    <div className="wk-room wk-permits">
      <nav className="wk-room-views" aria-label={w.room}>
        {views.map((view) => (
          <NavLink key={view.path} to={view.path === "" ? "/permits" : `/permits/${view.path}`} end>
            {view.name}
          </NavLink>
        ))}
      </nav>
      <Routes>
        {views.map((view) => (
          <Route key={view.path} path={view.path} element={<view.page />} />
        ))}
        <Route path="holders/:id" element={<HolderView />} />
      </Routes>
    </div>
  );
}
