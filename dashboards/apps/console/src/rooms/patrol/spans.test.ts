import { instantOf, plusDays } from "@watchkeeper/ui";
import { expect, test } from "vitest";
import { dayBounds, shiftTimes, spanOf } from "./spans";

test("a week begins on Monday, also when today is one or is Sunday", () => {
  expect(spanOf("week", "2026-11-25")).toEqual({ from: "2026-11-23", to: "2026-11-25" });
  expect(spanOf("week", "2026-11-23")).toEqual({ from: "2026-11-23", to: "2026-11-23" });
  expect(spanOf("week", "2026-11-29")).toEqual({ from: "2026-11-23", to: "2026-11-29" });
});

test("four weeks have each weekday four times, and months are whole", () => {
  expect(spanOf("weeks", "2026-03-01")).toEqual({ from: "2026-02-02", to: "2026-03-01" });
  expect(spanOf("month", "2026-03-15")).toEqual({ from: "2026-03-01", to: "2026-03-15" });
  expect(spanOf("before", "2026-01-15")).toEqual({ from: "2025-12-01", to: "2025-12-31" });
  expect(plusDays("2024-02-28", 1)).toBe("2024-02-29");
});

test("a local day begins when the estate's clocks say so, wherever the browser stands", () => {
  expect(dayBounds("2026-01-01", "Asia/Shanghai")).toEqual({ from: "2025-12-31T16:00:00.000Z", to: "2026-01-01T16:00:00.000Z" });
  expect(dayBounds("2026-03-29", "Europe/Berlin")).toEqual({ from: "2026-03-28T23:00:00.000Z", to: "2026-03-29T22:00:00.000Z" });
  expect(dayBounds("2026-10-25", "Europe/Berlin")).toEqual({ from: "2026-10-24T22:00:00.000Z", to: "2026-10-25T23:00:00.000Z" });
  expect(dayBounds("2026-01-01", "America/New_York").from).toBe("2026-01-01T05:00:00.000Z");
});

test("a time that comes twice is the first, and one that is skipped lies just after the change", () => {
  expect(instantOf("2026-10-25", "02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
  expect(instantOf("2026-03-29", "02:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
});

test("a night shift ends on the next day", () => {
  const night = shiftTimes("2026-01-01", "19:00", "07:00", "Asia/Shanghai");
  expect(night).toEqual({ from: "2026-01-01T11:00:00.000Z", until: "2026-01-01T23:00:00.000Z" });
  const day = shiftTimes("2026-01-01", "07:00", "19:00", "Asia/Shanghai");
  expect(day).toEqual({ from: "2025-12-31T23:00:00.000Z", until: "2026-01-01T11:00:00.000Z" });
});
