/** What somebody types of a call, as the times that are sent. Pure. */
import { lastMoment } from "../../estate-time";

export type How = "answered" | "unanswered" | "out";

export interface Typed {
  readonly how: How;
  /** `HH:MM`; empty: the moment at which the form was opened. */
  readonly at: string;
  /** How long it rang before somebody answered, in seconds. */
  readonly waited: string;
}

export interface CallTimes {
  readonly direction: "in" | "out";
  readonly rang_at: string;
  readonly answered_at: string | null;
}

/** The times; null: what was typed is none. A call that was answered rang so long before. */
export function callTimes(typed: Typed, openedMs: number, zone: string): CallTimes | null {
  const opened = new Date(openedMs).toISOString();
  const at = typed.at === "" ? opened : lastMoment(typed.at, opened, zone);
  const waitedS = typed.waited.trim() === "" ? 0 : Number(typed.waited);
  if (at === null || !Number.isFinite(waitedS) || waitedS < 0) return null;
  if (typed.how === "answered") {
    return { direction: "in", rang_at: new Date(Date.parse(at) - waitedS * 1_000).toISOString(), answered_at: at };
  }
  return { direction: typed.how === "out" ? "out" : "in", rang_at: at, answered_at: null };
}
