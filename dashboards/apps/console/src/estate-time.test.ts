import { expect, test } from "vitest";
import { lastMoment, localMoment, offsetMinutes, plusDays } from "./estate-time";

test("a time that somebody types is the estate's, and the last one that was", () => {
  const now = "2026-01-01T00:30:00Z";
  expect(offsetMinutes(now, "Asia/Shanghai")).toBe(480);
  expect(lastMoment("08:10", now, "Asia/Shanghai")).toBe("2026-01-01T00:10:00.000Z");
  expect(lastMoment("23:50", now, "Asia/Shanghai")).toBe("2025-12-31T15:50:00.000Z");
  expect(lastMoment("25:00", now, "Asia/Shanghai")).toBeNull();
  expect(lastMoment("", now, "Asia/Shanghai")).toBeNull();
});

test("a day and a time are the zone's, on both sides of a change of its clocks", () => {
  expect(localMoment("2026-01-01T08:10", "Asia/Shanghai")).toBe("2026-01-01T00:10:00.000Z");
  expect(localMoment("2026-03-29T01:30", "Europe/Berlin")).toBe("2026-03-29T00:30:00.000Z");
  expect(localMoment("2026-03-29T03:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
  expect(localMoment("soon", "Asia/Shanghai")).toBeNull();
});

test("days are counted over the end of a month", () => {
  expect(plusDays("2026-03-01", -1)).toBe("2026-02-28");
});
