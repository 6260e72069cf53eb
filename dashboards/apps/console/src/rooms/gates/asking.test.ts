import { describe, expect, it } from "vitest";
import { filterOf, filterText, isReady, NOTHING_TYPED, searchOf } from "./asking";

describe("what passages are asked for", () => {
  it("keeps gate and decision in the address, and takes nothing from it that it does not know", () => {
    const filter = { gate: "barrier-1", decided: "refused" } as const;
    expect(filterOf(new URLSearchParams(filterText(filter)))).toEqual(filter);
    expect(filterOf(new URLSearchParams("decided=maybe"))).toEqual({ gate: "", decided: "all" });
    expect(filterText({ gate: "", decided: "all" })).toBe("");
  });

  it("is searched with a reason, and for something", () => {
    expect(isReady({ ...NOTHING_TYPED, text: "粤B12345" })).toBe(false);
    expect(isReady({ ...NOTHING_TYPED, reason: "失窃" })).toBe(false);
    expect(isReady({ ...NOTHING_TYPED, reason: "失窃", text: " " })).toBe(false);
    expect(isReady({ ...NOTHING_TYPED, reason: "失窃", text: "粤B12345" })).toBe(true);
    expect(isReady({ ...NOTHING_TYPED, reason: "失窃", from: "2026-01-01T08:00" })).toBe(true);
  });

  it("is asked in the estate's time, for one thing and at the chosen gate", () => {
    const typed = { ...NOTHING_TYPED, what: "permit", text: " P-7 ", from: "2026-01-01T08:00", reason: " 失窃 " } as const;
    expect(searchOf(typed, { gate: "door-1", decided: "granted" }, "Asia/Shanghai")).toEqual({
      reason: "失窃",
      gate: "door-1",
      granted: true,
      permit: "P-7",
      from: "2026-01-01T00:00:00.000Z",
      to: null,
    });
  });
});
