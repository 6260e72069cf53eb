import type { VisitView } from "@watchkeeper/api";
import { describe, expect, it } from "vitest";
import { listed } from "./lists";

function visit(id: string, state: VisitView["state"], due_at: string | null): VisitView {
  return { id, state, due_at } as VisitView;
}

describe("the lists of a day", () => {
  it("puts overstays on top, and what ends first before the rest", () => {
    const inside = [visit("a", "inside", "2026-01-01T10:00:00Z"), visit("b", "overstayed", "2026-01-02T09:00:00Z")];
    const before = [
      visit("c", "registered", "2026-01-01T20:00:00Z"),
      visit("d", "asked", "2026-01-01T08:10:00Z"),
      visit("e", "confirmed", "2026-01-01T20:00:00Z"),
    ];
    const found = listed(inside, before, [...inside, ...before, visit("f", "left", null)]);
    expect(found.map((one) => [one.word, one.visits.map((row) => row.id)])).toEqual([
      ["overstays", ["b"]],
      ["waiting", ["d", "c"]],
      ["confirmed", ["e"]],
      ["inside", ["a"]],
      ["ended", ["f"]],
    ]);
  });

  it("has no list of overstays where nobody overstays", () => {
    expect(listed([], [], []).map((one) => one.word)).toEqual(["waiting", "confirmed", "inside", "ended"]);
  });
});
