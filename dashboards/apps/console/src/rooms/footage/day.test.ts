import { expect, it } from "vitest";
import { dayOf } from "./day";

it("a day begins and ends at the estate's midnight", () => {
  const day = dayOf("2026-11-30", "Asia/Shanghai");
  expect(new Date(day.fromMs).toISOString()).toBe("2026-11-29T16:00:00.000Z");
  expect(day.toMs - day.fromMs).toBe(86_400_000);
});

it("the day on which clocks are set has another length", () => {
  const day = dayOf("2026-10-25", "Europe/Berlin");
  expect(day.toMs - day.fromMs).toBe(25 * 3_600_000);
});
