import { expect, test } from "vitest";
import { byPhase, phaseOf, timesOf } from "./windows";

const NOW = Date.parse("2026-11-21T04:00:00Z");
const window = (from: string, until: string, ended: string | null = null) => ({ from, until, ended_at: ended });
const current = window("2026-11-21T03:00:00Z", "2026-11-21T05:00:00Z");
const coming = window("2026-11-21T06:00:00Z", "2026-11-21T07:00:00Z");
const early = window("2026-11-21T03:00:00Z", "2026-11-21T09:00:00Z", "2026-11-21T03:30:00Z");

test("a window lasts between its times unless somebody has ended it", () => {
  expect(phaseOf(current, NOW)).toBe("current");
  expect(phaseOf(coming, NOW)).toBe("coming");
  expect(phaseOf(early, NOW)).toBe("past");
  expect(phaseOf(current, Date.parse(current.until))).toBe("past");
});

test("what ends next stands first, what ended last stands first", () => {
  const longer = window(current.from, "2026-11-21T05:30:00Z");
  const older = window("2026-11-20T00:00:00Z", "2026-11-20T01:00:00Z", "2026-11-20T01:00:00Z");
  const found = byPhase([longer, older, coming, early, current], NOW);
  expect(found).toEqual({ current: [current, longer], coming: [coming], past: [early, older] });
});

test("a window that begins now says no beginning, so that the hub's clock counts", () => {
  expect(timesOf(null, 2, NOW)).toEqual({ from: null, until: "2026-11-21T06:00:00.000Z" });
  expect(timesOf("2026-11-22T00:00:00Z", 12, NOW)).toEqual({ from: "2026-11-22T00:00:00Z", until: "2026-11-22T12:00:00.000Z" });
});
