import { expect, test } from "vitest";
import { spanOf } from "./spans";

test("spans end today, but the month before ends with its last day", () => {
  const today = "2026-03-01";
  expect(spanOf("today", today)).toEqual({ from: today, to: today });
  expect(spanOf("week", today)).toEqual({ from: "2026-02-23", to: today });
  expect(spanOf("weeks", today)).toEqual({ from: "2026-02-02", to: today });
  expect(spanOf("month", today)).toEqual({ from: "2026-03-01", to: today });
  expect(spanOf("before", today)).toEqual({ from: "2026-02-01", to: "2026-02-28" });
});
