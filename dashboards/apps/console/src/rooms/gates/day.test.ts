import type { GateDay } from "@watchkeeper/api";
import { describe, expect, it } from "vitest";
import { countsOf, dayOf, totalOf } from "./day";
import { EXPLANATIONS } from "./terms";

function gate(openings: number, unexplained: number, by: GateDay["by"]): GateDay {
  return { gate: "g", name_zh: "门", name_en: "gate", openings, unexplained, by };
}

describe("a day's openings", () => {
  it("are of the day in the address, or of today where that is no day or is still to come", () => {
    expect(dayOf("2026-01-30", "2026-01-31")).toBe("2026-01-30");
    for (const wrong of [null, "", "yesterday", "2026-02-30", "2026-13-01", "2026-02-01"])
      expect(dayOf(wrong, "2026-01-31")).toBe("2026-01-31");
  });

  it("are summed over all gates", () => {
    expect(totalOf([gate(3, 1, []), gate(2, 0, [])])).toEqual({ openings: 5, unexplained: 1 });
    expect(totalOf([])).toEqual({ openings: 0, unexplained: 0 });
  });

  it("have a column for each explanation, empty or not, and none for what nothing explains", () => {
    const by = [
      { explained: "card", count: 2 },
      { explained: "", count: 1 },
    ];
    const counts = countsOf(gate(3, 1, by), EXPLANATIONS);
    expect(counts.map((one) => one.name)).toEqual([...EXPLANATIONS]);
    expect(counts.filter((one) => one.count > 0)).toEqual([{ name: "card", count: 2 }]);
  });
});
