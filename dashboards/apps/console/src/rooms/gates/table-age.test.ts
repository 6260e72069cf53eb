import type { TableView } from "@watchkeeper/api";
import { describe, expect, it } from "vitest";
import { tableAge } from "./table-age";

const NOW = Date.parse("2026-01-01T08:00:00Z");

function ago(s: number): string {
  return new Date(NOW - s * 1_000).toISOString();
}

function held(more: Partial<TableView>): TableView {
  const plain = { portals: ["reader-1"], no: 7, held_no: 7, current: true, made_at: ago(86_400), told_at: ago(3) };
  return { ...plain, ...more } as TableView;
}

describe("the table that a gate decides by", () => {
  it("is the newest, and says when that was last looked at", () => {
    expect(tableAge(held({}), NOW)).toEqual({ state: "current", no: 7, newest: 7, checkedS: 3, abnormal: false });
  });

  it("may be behind for a minute after a change, and is abnormal from then on", () => {
    const behind = { held_no: 6, current: false };
    expect(tableAge(held({ ...behind, made_at: ago(5) }), NOW)).toMatchObject({
      state: "behind",
      no: 6,
      newest: 7,
      abnormal: false,
    });
    expect(tableAge(held({ ...behind, made_at: ago(61) }), NOW)).toMatchObject({ state: "behind", abnormal: true });
  });

  it("is abnormal where its agent has been silent for more than a minute, though it was the newest", () => {
    expect(tableAge(held({ told_at: ago(60) }), NOW).abnormal).toBe(false);
    expect(tableAge(held({ told_at: ago(61) }), NOW)).toMatchObject({ state: "current", abnormal: true });
  });

  it("is missing where the agent says that it holds none, and unheard where the agent has said nothing", () => {
    expect(tableAge(held({ held_no: null, current: false }), NOW)).toMatchObject({ state: "missing", abnormal: true });
    expect(tableAge(held({ held_no: null, current: false, told_at: null }), NOW)).toMatchObject({
      state: "unheard",
      abnormal: false,
    });
  });

  it("is none where the agent has no gates that decide by one", () => {
    expect(tableAge(undefined, NOW).state).toBe("none");
    expect(tableAge(held({ portals: [] }), NOW).state).toBe("none");
  });

  it("is never looked at in the future, whatever the clocks say", () => {
    expect(tableAge(held({ told_at: ago(-5) }), NOW).checkedS).toBe(0);
  });
});
