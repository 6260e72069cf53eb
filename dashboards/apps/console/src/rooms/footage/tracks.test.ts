import { expect, it } from "vitest";
import { motionSpans, rowsOf, type Told, type Track } from "./tracks";

const TRACK: Track = {
  device: "a",
  sinceMs: 0,
  runs: [
    { fromMs: 0, toMs: 10 },
    { fromMs: 30, toMs: 40 },
  ],
  holes: [{ fromMs: 10, toMs: 30, zh: "断电", en: "no power", no: 3 }],
  gone: [],
  motion: [{ fromMs: 5, toMs: 6 }],
  held: [{ fromMs: 4, toMs: 35, hold: "h1", reason: "police" }],
};

it("the table has everything in its order, a hole with its cause", () => {
  const rows = rowsOf([TRACK], [{ no: 9, atMs: 12 }]);
  expect(rows.map((one) => one.kind)).toEqual(["covered", "held", "motion", "hole", "incidents", "covered"]);
  expect(rows[3]).toMatchObject({ zh: "断电", en: "no power", no: 3, device: "a" });
  expect(rows[1]).toMatchObject({ zh: "police" });
});

const at = (ms: number) => new Date(ms).toISOString();
const seen = (ms: number): Told => ({ kind: "object_seen", at: at(ms), reading: {} });
const moved = (ms: number, active: boolean, more = {}): Told => ({
  kind: "motion_seen",
  at: at(ms),
  reading: { active, ...more },
});

it("motion that goes on is one piece", () => {
  expect(motionSpans([50_000, 0, 9_000, 18_000].map(seen), 99_000)).toEqual([
    { fromMs: 0, toMs: 19_000 },
    { fromMs: 50_000, toMs: 51_000 },
  ]);
});

it("motion lasts from its beginning to its end, each zone by itself, and until now where it goes on", () => {
  const told = [
    moved(0, true, { zone: "door" }),
    moved(5_000, true),
    moved(8_000, false, { zone: "door" }),
    moved(40_000, false),
  ];
  expect(motionSpans([...told, moved(90_000, true)].reverse(), 99_000)).toEqual([
    { fromMs: 0, toMs: 40_000 },
    { fromMs: 90_000, toMs: 99_000 },
  ]);
});

it("motion that began before what is asked for is as long as its end says", () => {
  const end = moved(30_000, false, { began_us: 1_000_000, ended_us: 21_000_000 });
  expect(motionSpans([end], 99_000)).toEqual([{ fromMs: 10_000, toMs: 30_000 }]);
});
