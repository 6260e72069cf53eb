/** 巡逻: rounds as they are walked, the record of windows, how well duties are kept, and who is on duty. */
import { useWords } from "@watchkeeper/ui";
import { NavLink, Route, Routes } from "react-router";
import { HeatView } from "./heat";
import { LiveView } from "./live";
import { RecordView } from "./record";
import { RosterView } from "./roster";
import { table } from "./words";
import "../../forms.css";
import "./patrol.css";

const VIEWS = [
  { path: "", word: "v_live", page: LiveView },
  { path: "record", word: "v_record", page: RecordView },
  { path: "heat", word: "v_heat", page: HeatView },
  { path: "roster", word: "v_roster", page: RosterView },
] as const;

export default function Patrol() {
  const w = useWords(table);
  return (
    <div className="wk-patrol">
      <nav className="wk-views" aria-label={w.room}>
        {VIEWS.map((view) => (
          <NavLink key={view.path} to={view.path === "" ? "/patrol" : `/patrol/${view.path}`} end>
            {w[view.word]}
          </NavLink>
        ))}
      </nav>
      <Routes>
        {VIEWS.map((view) => (
          <Route key={view.path} path={view.path} element={<view.page />} />
        ))}
      </Routes>
    </div>
  );
}
