/** Maintenance windows: which last, which are to come, which are over; and the times that a form asks for. Pure. */
import type { MaintenanceView } from "@watchkeeper/api";

export type Phase = "current" | "coming" | "past";
export const PHASES: readonly Phase[] = ["current", "coming", "past"];
export const HOURS = [1, 2, 4, 8, 12] as const;
/** The policy's longest is 12 hours. */

/** Where a window stands at that moment. What the hub has not ended yet has still ended by its time. */
export function phaseOf(window: Pick<MaintenanceView, "from" | "until" | "ended_at">, nowMs: number): Phase {
  if (window.ended_at !== null || Date.parse(window.until) <= nowMs) return "past";
  return Date.parse(window.from) > nowMs ? "coming" : "current";
}

/** The windows by phase: what lasts by its end, what comes by its beginning, what is over with the newest on top. */
export function byPhase<W extends Pick<MaintenanceView, "from" | "until" | "ended_at">>(
  windows: readonly W[],
  nowMs: number,
): Record<Phase, W[]> {
  const of = (phase: Phase) => windows.filter((window) => phaseOf(window, nowMs) === phase);
  const end = (window: W) => window.ended_at ?? window.until;
  return {
    current: of("current").sort((a, b) => a.until.localeCompare(b.until)),
    coming: of("coming").sort((a, b) => a.from.localeCompare(b.from)),
    past: of("past").sort((a, b) => end(b).localeCompare(end(a))),
  };
}

/** What a window is asked for with: from now, or from a moment on, for so many hours. */
export function timesOf(fromIso: string | null, hours: number, nowMs: number): { from: string | null; until: string } {
  const beginMs = fromIso === null ? nowMs : Date.parse(fromIso);
  return { from: fromIso, until: new Date(beginMs + hours * 3_600_000).toISOString() };
}
