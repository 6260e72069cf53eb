import { describe, expect, it } from "vitest";
import { around, at, clipped, DAY, kept, LENGTHS, lengthOf, moved, ticks, zoomed } from "./span";

const TODAY = { fromMs: 0, toMs: DAY };
const HOUR = 3_600_000;

describe("what a time line shows", () => {
  it("goes from a day to seven minutes and back, step by step", () => {
    let span = TODAY;
    for (const length of [...LENGTHS].reverse().slice(1)) {
      span = zoomed(span, 1, DAY / 2, TODAY);
      expect(lengthOf(span)).toBe(length);
    }
    expect(lengthOf(zoomed(span, 1, DAY / 2, TODAY))).toBe(LENGTHS[0]);
    expect(zoomed({ fromMs: 0, toMs: 4 * HOUR }, -1, 0, TODAY)).toEqual(TODAY);
  });

  it("keeps the moment where it stands", () => {
    const span = zoomed(TODAY, 1, DAY / 4, TODAY);
    expect((DAY / 4 - span.fromMs) / lengthOf(span)).toBeCloseTo(0.25);
  });

  it("stays within its day", () => {
    expect(moved({ fromMs: 0, toMs: HOUR }, -0.5, TODAY)).toEqual({ fromMs: 0, toMs: HOUR });
    expect(kept({ fromMs: DAY - 10, toMs: DAY + HOUR - 10 }, TODAY)).toEqual({ fromMs: DAY - HOUR, toMs: DAY });
  });

  it("is -2 and +5 minutes around an incident", () => {
    expect(around(600_000)).toEqual({ fromMs: 480_000, toMs: 900_000 });
  });

  it("has round times, few enough to read", () => {
    expect(ticks({ fromMs: 30_000, toMs: 450_000 }, 0)).toEqual([60_000, 120_000, 180_000, 240_000, 300_000, 360_000, 420_000]);
    expect(ticks(TODAY, 0)).toHaveLength(9);
  });
});

describe("things in it", () => {
  it("are seen as far as they reach in", () => {
    expect(clipped({ fromMs: 5, toMs: 20, name: "x" }, { fromMs: 10, toMs: 30 })).toEqual({ fromMs: 10, toMs: 20, name: "x" });
    expect(clipped({ fromMs: 5, toMs: 10 }, { fromMs: 10, toMs: 30 })).toBeNull();
  });

  it("are found by a moment", () => {
    expect(at([{ fromMs: 5, toMs: 10 }], 9)).toEqual({ fromMs: 5, toMs: 10 });
    expect(at([{ fromMs: 5, toMs: 10 }], 10)).toBeUndefined();
  });
});
