/** The table of permits that a gate decides by: which one, whether it is the newest, and when that was last held against the hub's. Pure. */
import type { TableView } from "@watchkeeper/api";

/** `none`: the gate's agent is given no table. `unheard`: it has told nothing since the hub was started. `missing`: it holds none. */
export type TableState = "none" | "unheard" | "missing" | "behind" | "current";

export interface TableAge {
  readonly state: TableState;
  /** The number of the table that it holds, and of the newest one. */
  readonly no: number | null;
  readonly newest: number | null;
  /** Seconds since it was last held against the hub's; null: it was not. */
  readonly checkedS: number | null;
  readonly abnormal: boolean;
}

/** A heartbeat comes every 10 s, and a change is there within a few seconds: after a minute something is wrong. */
export const LATE_S = 60;
const NONE: TableAge = { state: "none", no: null, newest: null, checkedS: null, abnormal: false };

/** How the table of an agent stands at `nowMs` of the hub's clock. */
export function tableAge(table: TableView | undefined, nowMs: number): TableAge {
  if (table === undefined || table.portals.length === 0) return NONE;
  const newest = table.no;
  const checkedS = table.told_at === null ? null : Math.max(0, (nowMs - Date.parse(table.told_at)) / 1_000);
  if (checkedS === null) return { ...NONE, state: "unheard", newest };
  const isSilent = checkedS > LATE_S;
  const isLate = (nowMs - Date.parse(table.made_at)) / 1_000 > LATE_S;
  if (table.held_no === null) return { state: "missing", no: null, newest, checkedS, abnormal: isLate || isSilent };
  const state = table.current ? "current" : "behind";
  return { state, no: table.held_no, newest, checkedS, abnormal: isSilent || (state === "behind" && isLate) };
}
