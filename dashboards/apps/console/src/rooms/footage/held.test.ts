import type { HoldView } from "@watchkeeper/api";
import { expect, it } from "vitest";
import { heldOf, holdsOn } from "./held";

function hold(more: Partial<HoldView>): HoldView {
  const whole = {
    id: "h",
    cameras: ["a"],
    from_at: "2026-01-01T00:00:00Z",
    to_at: "2026-01-01T01:00:00Z",
    reason: "police",
    keeps: true,
  };
  return { ...whole, ...more } as HoldView;
}

const MS = Date.parse("2026-01-01T00:30:00Z");
const SPAN = { fromMs: MS, toMs: MS + 86_400_000 };

it("a hold keeps its cameras' time, as far as it reaches in", () => {
  expect(heldOf([hold({})], "a", SPAN)).toEqual([{ fromMs: MS, toMs: MS + 1_800_000, hold: "h", reason: "police" }]);
  expect(heldOf([hold({})], "b", SPAN)).toEqual([]);
});

it("one without an end goes on", () => {
  expect(heldOf([hold({ to_at: null })], "a", SPAN)[0]?.toMs).toBe(SPAN.toMs);
});

it("one that is over, or of another time, keeps nothing", () => {
  expect(holdsOn([hold({ keeps: false }), hold({ to_at: "2026-01-01T00:10:00Z" })], "a", SPAN)).toEqual([]);
});
