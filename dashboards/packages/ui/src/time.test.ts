import { expect, test } from "vitest";
import { clockTime, dateTime, duration } from "./time";

test("times are the estate's, wherever the browser stands", () => {
  expect(dateTime("2026-11-21T11:05:32.000000Z", "Asia/Shanghai")).toBe("2026-11-21 19:05:32");
  expect(clockTime("2026-11-20T16:00:00Z", "Asia/Shanghai")).toBe("00:00:00");
});

test("an age is minutes and seconds, then hours, then days", () => {
  expect([59, 3_599, 7_500, 180_000].map((s) => duration(s, "zh"))).toEqual(["00:59", "59:59", "2小时05分", "2天02小时"]);
  expect(duration(7_500, "en")).toBe("2 h 05 min");
  expect(duration(-5, "zh")).toBe("00:00");
});
