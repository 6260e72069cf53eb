/** 报警管理: how many alarms people get and from where, floods, what maintenance holds back, and where the sound is off. */
import { useWords } from "@watchkeeper/ui";
import { Views } from "../../parts/views";
import { FloodsView } from "./floods";
import { KpiView } from "./kpi";
import { MaintenanceView } from "./maintenance";
import { table } from "./words";
import "./alarms.css";

export default function Alarms() {
  const w = useWords(table);
  const views = [
    { path: "", name: w.v_kpi, page: KpiView },
    { path: "floods", name: w.v_floods, page: FloodsView },
    { path: "maintenance", name: w.v_maintenance, page: MaintenanceView },
  ];
  return <Views room="alarms" label={w.room} views={views} />;
}
