/** Rounds made of windows: which checkpoints belong together, how far each is, and what comes next. Pure. */
import type { DutyView, RouteView, ScanView, ShiftView, WindowView } from "@watchkeeper/api";

/** A route that guards walk, with its duty. */
export interface Beat {
  readonly duty: DutyView;
  readonly route: RouteView;
}

export type Phase = "open" | "ahead" | "over";

/** One walk over a route: its windows in the route's order. Times are those of the first checkpoint: all have the same. */
export interface Round {
  readonly key: string;
  readonly beat: Beat;
  readonly opensAt: string;
  readonly dueAt: string;
  readonly endsAt: string;
  readonly phase: Phase;
  readonly stops: readonly WindowView[];
}

/** Where a checkpoint stands for whoever looks at it now. `waiting`: it has ended and is about to be judged. */
export type StopState = "kept" | "withdrawn" | "missed" | "unproven" | "ahead" | "due" | "grace" | "waiting";

export interface Progress {
  readonly done: number;
  readonly all: number;
  readonly missed: number;
  readonly unproven: number;
}

export const AHEAD_MS = 3_600_000;
/** How far ahead, and how far back, a round is shown. */

/** The duties done by being at a place that are rounds: those under the patrols' clauses, and all that guards do. */
export function beatsOf(duties: readonly DutyView[]): Beat[] {
  return duties
    .filter((duty) => duty.evidence === "scan" && (duty.clause.startsWith("PAT-") || duty.by.includes("guard")))
    .flatMap((duty) => duty.routes.map((route) => ({ duty, route })));
}

/** What the windows of one walk have in common: an id is DUTY/ROUTE/PLACE/OPENS/N. */
export function roundKey(window: WindowView): string {
  const parts = window.id.split("/");
  return [...parts.slice(0, 2), ...parts.slice(3)].join("/");
}

/** The rounds that are under way, then those that begin within the hour, then of each route the last one that has ended. */
export function roundsOf(windows: readonly WindowView[], beats: readonly Beat[], nowMs: number): Round[] {
  const known = new Map(beats.map((beat) => [beat.route.id, beat]));
  const groups = new Map<string, Map<string, WindowView>>();
  for (const window of windows) {
    if (known.get(window.route)?.duty.duty !== window.duty) continue;
    const key = roundKey(window);
    groups.set(key, (groups.get(key) ?? new Map()).set(window.id, window));
  }
  const rounds = [...groups].map(([key, stops]) => roundOf(key, [...stops.values()], known, nowMs));
  return [
    ...rounds.filter((round) => round.phase === "open").sort(by((round) => round.endsAt)),
    ...rounds
      .filter((round) => round.phase === "ahead" && Date.parse(round.opensAt) - nowMs <= AHEAD_MS)
      .sort(by((round) => round.opensAt)),
    ...lastOfEach(rounds.filter((round) => round.phase === "over" && nowMs - Date.parse(round.endsAt) <= AHEAD_MS)),
  ];
}

function roundOf(key: string, stops: WindowView[], known: ReadonlyMap<string, Beat>, nowMs: number): Round {
  const first = stops[0] as WindowView;
  const beat = known.get(first.route) as Beat;
  const order = new Map(beat.route.places.map((place, at) => [place, at]));
  const at = (stop: WindowView) => order.get(stop.place) ?? order.size;
  const phase = Date.parse(first.opens_at) > nowMs ? "ahead" : Date.parse(first.ends_at) > nowMs ? "open" : "over";
  stops.sort((a, b) => at(a) - at(b) || (a.place < b.place ? -1 : 1));
  return { key, beat, opensAt: first.opens_at, dueAt: first.due_at, endsAt: first.ends_at, phase, stops };
}

function lastOfEach(over: readonly Round[]): Round[] {
  const last = new Map<string, Round>();
  for (const round of over) {
    const known = last.get(round.beat.route.id);
    if (known === undefined || known.endsAt < round.endsAt) last.set(round.beat.route.id, round);
  }
  return [...last.values()].sort(by((round) => round.beat.route.id));
}

function by(value: (round: Round) => string): (a: Round, b: Round) => number {
  return (a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : a.key < b.key ? -1 : 1);
}

export function stopState(window: WindowView, nowMs: number): StopState {
  if (window.state !== "open") return window.state as StopState;
  if (nowMs < Date.parse(window.opens_at)) return "ahead";
  if (nowMs <= Date.parse(window.due_at)) return "due";
  return nowMs <= Date.parse(window.ends_at) ? "grace" : "waiting";
}

/** Kept after all is kept: a gap that was withdrawn counts as done. */
export function progressOf(stops: readonly WindowView[]): Progress {
  const count = (...states: string[]) => stops.filter((stop) => states.includes(stop.state)).length;
  return { done: count("kept", "withdrawn"), all: stops.length, missed: count("missed"), unproven: count("unproven") };
}

/** Who is on the roster for the route at that time: of this route, or of every one. Each once. */
export function onDuty(shifts: readonly ShiftView[], route: string, atMs: number): ShiftView[] {
  const found = shifts.filter(
    (shift) => (shift.route === "" || shift.route === route) && Date.parse(shift.from) <= atMs && atMs < Date.parse(shift.until),
  );
  return found.filter((shift, at) => found.findIndex((one) => one.person === shift.person) === at);
}

/** Who has scanned on this round: ids of the staff, each once. Of a missed window `people` is who was on duty. */
export function walkers(round: Round): string[] {
  return [...new Set(round.stops.filter((stop) => stop.evidence !== null).flatMap((stop) => stop.people))];
}

/** The scans of a round that are odd, the newest first: of its places and its time. */
export function oddScans(scans: readonly ScanView[], round: Round): ScanView[] {
  const places = new Set(round.stops.map((stop) => stop.place));
  return scans.filter(
    (scan) => scan.flags.length > 0 && places.has(scan.place) && scan.at >= round.opensAt && scan.at <= round.endsAt,
  );
}

/** When to look again: at the next moment at which a window opens, falls due or ends. Between `LEAST_MS` and `MOST_MS`. */
export function nextLookMs(windows: readonly WindowView[], nowMs: number): number {
  const moments = windows.flatMap((one) => [Date.parse(one.opens_at), Date.parse(one.ends_at)]).filter((at) => at > nowMs);
  return Math.min(Math.max(Math.min(...moments, nowMs + MOST_MS) - nowMs + SLACK_MS, LEAST_MS), MOST_MS);
}

const LEAST_MS = 1_000;
const MOST_MS = 60_000;
const SLACK_MS = 300;

/** Who is on the roster at that time, the one who began first. */
export function onDutyAnywhere(shifts: readonly ShiftView[], atMs: number): ShiftView[] {
  return shifts.filter((shift) => Date.parse(shift.from) <= atMs && atMs < Date.parse(shift.until));
}

/** Of the incident that a gap of the duty is: an ordinary one, where the policy does not know the duty any more. */
export function priorityOf(beats: readonly Beat[] | undefined, duty: string): number {
  return beats?.find((beat) => beat.duty.duty === duty)?.duty.priority ?? 3;
}
