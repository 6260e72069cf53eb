import { expect, it } from "vitest";
import { daysOf, plusMonths } from "./month";

it("months follow one another over the years", () => {
  expect(plusMonths("2026-12", 1)).toBe("2027-01");
  expect(plusMonths("2026-01", -1)).toBe("2025-12");
});

it("a month has its days", () => {
  expect(daysOf("2028-02")).toHaveLength(29);
  expect(daysOf("2026-11").at(-1)).toBe("2026-11-30");
});
