/** Spans of local days that the figures are asked for. Pure. */
import { plusDays } from "../../estate-time";

export type SpanName = "today" | "week" | "weeks" | "month" | "before";
export const SPANS: readonly SpanName[] = ["today", "week", "weeks", "month", "before"];

/** Local days, both included. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Today, the last 7 days, the last 28, this month, the month before; up to today. */
export function spanOf(name: SpanName, today: string): Span {
  if (name === "before") {
    const last = plusDays(`${today.slice(0, 8)}01`, -1);
    return { from: `${last.slice(0, 8)}01`, to: last };
  }
  const from = { today, week: plusDays(today, -6), weeks: plusDays(today, -27), month: `${today.slice(0, 8)}01` }[name];
  return { from, to: today };
}
