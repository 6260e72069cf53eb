/** Local days and the moments at which they begin, in the estate's zone. Pure. */
import { clockTime, hourMinute, instantOf, plusDays } from "@watchkeeper/ui";

export type SpanName = "week" | "weeks" | "month" | "before";
export const SPANS: readonly SpanName[] = ["week", "weeks", "month", "before"];

/** Local days, both included. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** This week from Monday on, the last four weeks, this month, the month before; up to today. */
export function spanOf(name: SpanName, today: string): Span {
  const month = today.slice(0, 8);
  if (name === "week") return { from: plusDays(today, -((new Date(`${today}T00:00Z`).getUTCDay() + 6) % 7)), to: today };
  if (name === "weeks") return { from: plusDays(today, -27), to: today };
  if (name === "month") return { from: `${month}01`, to: today };
  const last = plusDays(`${month}01`, -1);
  return { from: `${last.slice(0, 8)}01`, to: last };
}

/** `19:00–20:00` in the zone; with seconds where it is short. */
export function spanWord(from: string, until: string, zone: string): string {
  const word = Date.parse(until) - Date.parse(from) < SHORT_MS ? clockTime : hourMinute;
  return `${word(from, zone)}–${word(until, zone)}`;
}

const SHORT_MS = 300_000;

/** From the beginning of a local day until that of the next. */
export function dayBounds(day: string, zone: string): { from: string; to: string } {
  return { from: instantOf(day, "00:00", zone), to: instantOf(plusDays(day, 1), "00:00", zone) };
}

/** A shift of the day: an end that is not after its beginning lies on the next day. */
export function shiftTimes(day: string, from: string, until: string, zone: string): { from: string; until: string } {
  return { from: instantOf(day, from, zone), until: instantOf(until > from ? day : plusDays(day, 1), until, zone) };
}
