import type { DutyView, RouteView, ScanView, ShiftView, WindowView } from "@watchkeeper/api";
import { expect, test } from "vitest";
import {
  beatsOf,
  nextLookMs,
  oddScans,
  onDuty,
  onDutyAnywhere,
  priorityOf,
  progressOf,
  roundsOf,
  stopState,
  walkers,
} from "./rounds";

const iso = (minutes: number) => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString();
const ms = (minutes: number) => Date.parse(iso(minutes));
const route = (id: string, places: string[], order = "set") =>
  ({ id, name_zh: id, name_en: id, places, sources: ["wand"], order }) as RouteView;
const duty = (given: Partial<DutyView>) =>
  ({
    duty: "patrol",
    clause: "PAT-1",
    evidence: "scan",
    by: [],
    priority: 2,
    routes: [route("north", ["gate", "pump"])],
    ...given,
  }) as DutyView;
const BEATS = beatsOf([duty({})]);

function stop(place: string, opens: number, given: Partial<WindowView> = {}, name = "north"): WindowView {
  return {
    id: `patrol/${name}/${place}/${iso(opens)}/0`,
    duty: "patrol",
    route: name,
    place,
    opens_at: iso(opens),
    due_at: iso(opens + 60),
    ends_at: iso(opens + 70),
    state: "open",
    people: [],
    evidence: null,
    note: "",
    ...given,
  } as WindowView;
}

test("rounds are scans of the patrols' clauses and of guards, and nothing else", () => {
  const found = beatsOf([
    duty({ duty: "a" }),
    duty({ duty: "b", clause: "FIRE-2", by: ["guard"] }),
    duty({ duty: "c", clause: "CLEAN-1", by: ["cleaner"] }),
    duty({ duty: "d", evidence: "answer" }),
  ]);
  expect(found.map((beat) => beat.duty.duty)).toEqual(["a", "b"]);
});

test("windows of one walk are one round, in the route's order, and each window is there once", () => {
  const [round, ...others] = roundsOf([stop("pump", 0), stop("gate", 0), stop("gate", 0)], BEATS, ms(10));
  expect(others).toEqual([]);
  expect(round?.stops.map((one) => one.place)).toEqual(["gate", "pump"]);
  expect(round?.phase).toBe("open");
});

test("rounds under way come first, then those of the next hour, then the last that ended on each route", () => {
  const windows = [-180, -120, -60, 0, 60, 120].map((opens) => stop("gate", opens));
  const rounds = roundsOf(windows, BEATS, ms(15));
  expect(rounds.map((one) => [one.phase, one.opensAt])).toEqual([
    ["open", iso(0)],
    ["ahead", iso(60)],
    ["over", iso(-60)],
  ]);
});

test("a round within its tolerance is under way still, also when the next has begun", () => {
  const rounds = roundsOf([stop("gate", -60), stop("gate", 0)], BEATS, ms(5));
  expect(rounds.map((one) => [one.phase, one.opensAt])).toEqual([
    ["open", iso(-60)],
    ["open", iso(0)],
  ]);
});

test("what ended over an hour ago, begins in over an hour, or is of no known route is not shown", () => {
  expect(roundsOf([stop("gate", -200), stop("gate", 90), stop("gate", 0, {}, "south")], BEATS, ms(10))).toEqual([]);
});

test("an open checkpoint is ahead, due, in its grace, or about to be judged", () => {
  const one = stop("gate", 0);
  expect([-1, 0, 60, 65, 71].map((at) => stopState(one, ms(at)))).toEqual(["ahead", "due", "due", "grace", "waiting"]);
});

test("what is judged says its own state, missed and unproven apart", () => {
  for (const state of ["kept", "missed", "unproven", "withdrawn"])
    expect(stopState(stop("gate", 0, { state }), ms(5))).toBe(state);
});

test("kept after all counts as done, and unproven counts neither as done nor as missed", () => {
  const stops = ["kept", "withdrawn", "missed", "unproven", "open"].map((state) => stop(state, 0, { state }));
  expect(progressOf(stops)).toEqual({ done: 2, all: 5, missed: 1, unproven: 1 });
});

test("whoever is on the roster of the route or of all routes is on it, each once, until the shift ends", () => {
  const shift = (person: string, name: string, from: number, until: number) =>
    ({ person, route: name, from: iso(from), until: iso(until) }) as ShiftView;
  const shifts = [shift("li", "north", 0, 60), shift("li", "", 0, 60), shift("wu", "south", 0, 60), shift("he", "", 60, 90)];
  expect(onDuty(shifts, "north", ms(30)).map((one) => one.person)).toEqual(["li"]);
  expect(onDuty(shifts, "north", ms(60)).map((one) => one.person)).toEqual(["he"]);
  expect(onDutyAnywhere(shifts, ms(30)).length).toBe(3);
});

test("whoever was on duty when a checkpoint was missed has not walked there", () => {
  const scanned = { people: ["li"], evidence: { source: "wand", key: "1", at: iso(5), medium: "rfid", flags: [] } };
  const [round] = roundsOf([stop("gate", 0, scanned), stop("pump", 0, { state: "missed", people: ["wu"] })], BEATS, ms(10));
  expect(round && walkers(round)).toEqual(["li"]);
});

test("odd scans are those of the round's places and time that have a flag", () => {
  const [round] = roundsOf([stop("gate", 0)], BEATS, ms(10));
  const scan = (place: string, at: number, flags: string[]) => ({ place, at: iso(at), flags, key: `${place}${at}` }) as ScanView;
  const scans = [
    scan("gate", 5, ["too_fast"]),
    scan("gate", 6, []),
    scan("roof", 5, ["too_fast"]),
    scan("gate", -5, ["too_fast"]),
  ];
  expect(round && oddScans(scans, round).map((one) => one.key)).toEqual(["gate5"]);
});

test("the next look is when a window opens or ends, at most a minute and at least a second away", () => {
  expect(nextLookMs([], ms(0))).toBe(60_000);
  expect(nextLookMs([stop("gate", 1)], ms(0.5))).toBe(30_300);
  expect(nextLookMs([stop("gate", 0)], ms(0) - 10)).toBe(1_000);
});

test("a duty that the policy does not know any more has an ordinary gap", () => {
  expect(priorityOf(BEATS, "patrol")).toBe(2);
  expect(priorityOf(BEATS, "gone")).toBe(3);
});
