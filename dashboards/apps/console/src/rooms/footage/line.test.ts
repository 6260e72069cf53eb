import { describe, expect, it } from "vitest";
import { placeOf, type Stretch, wallAt } from "./line";

const TEN = 1_000_000;
/** Twenty seconds, a hole of a minute, ten seconds. */
const LINE: readonly Stretch[] = [
  { mediaS: 0, lengthS: 10, wallMs: TEN },
  { mediaS: 10, lengthS: 10, wallMs: TEN + 10_020 },
  { mediaS: 20, lengthS: 10, wallMs: TEN + 80_000 },
];

describe("what a player shows", () => {
  it("was filmed at the fragment's time and as much later", () => {
    expect(wallAt(LINE, 3.5)).toBe(TEN + 3_500);
    expect(wallAt(LINE, 24)).toBe(TEN + 84_000);
  });

  it("is nothing without a fragment, and the last picture behind the last one", () => {
    expect(wallAt([], 3)).toBeNull();
    expect(wallAt(LINE, 99)).toBe(TEN + 90_000);
  });
});

describe("a time in a player", () => {
  it("stands where the fragment has it", () => {
    expect(placeOf(LINE, TEN + 84_000)).toEqual({ there: true, mediaS: 24 });
  });

  it("is in a hole where nothing was filmed, with what comes next", () => {
    expect(placeOf(LINE, TEN + 40_000)).toEqual({ there: false, nextMs: TEN + 80_000 });
    expect(placeOf(LINE, TEN + 90_001)).toEqual({ there: false, nextMs: null });
    expect(placeOf(LINE, TEN - 60_000)).toEqual({ there: false, nextMs: TEN });
  });

  it("is in no hole between two fragments that nearly touch", () => {
    expect(placeOf(LINE, TEN + 10_010)).toEqual({ there: true, mediaS: 10 });
  });

  it("comes back as itself", () => {
    for (const wallMs of [TEN, TEN + 9_999, TEN + 15_000, TEN + 89_000]) {
      const place = placeOf(LINE, wallMs);
      expect(place.there && wallAt(LINE, place.mediaS)).toBeCloseTo(wallMs, 1);
    }
  });
});
