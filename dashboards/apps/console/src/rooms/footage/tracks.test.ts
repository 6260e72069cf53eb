import { expect, it } from "vitest";
import { rowsOf, type Track, together } from "./tracks";

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

it("motion that goes on is one piece", () => {
  expect(together([50_000, 0, 9_000, 18_000])).toEqual([
    { fromMs: 0, toMs: 18_000 },
    { fromMs: 50_000, toMs: 51_000 },
  ]);
});
