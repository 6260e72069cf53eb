import type { HeatReport } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { columnWord, DARK, drawn, inkOf, LIGHT, shadeOf } from "./heatmap";

const cell = (line: string, column: string, due: number, kept: number, percent: string, withdrawn = 0) => ({
  line,
  column,
  due,
  kept,
  missed: due - kept - withdrawn,
  unproven: 0,
  withdrawn,
  percent,
});
const report = {
  by: "hour",
  lines: [{ key: "1" }, { key: "2" }],
  columns: ["08", "09"],
  cells: [cell("1", "08", 3, 3, "100.0"), cell("1", "09", 1000, 999, "99.9"), cell("2", "09", 2, 0, "0.0", 1)],
} as unknown as HeatReport;

test("every cell of the grid is drawn, and what had nothing due has neither number nor shade", () => {
  const found = drawn(report);
  expect(found.map((one) => [one.line, one.column, one.text])).toEqual([
    [0, 0, "100"],
    [0, 1, "99"],
    [1, 0, ""],
    [1, 1, "0"],
  ]);
  expect(found[2]?.shade).toBeNull();
});

test("a hundred means every one: a percent is cut off and never rounded up", () => {
  expect(drawn(report)[1]?.text).toBe("99");
});

test("withdrawn gaps count as done in the shade, as in the percent", () => {
  expect(drawn(report)[3]?.shade).toBe(shadeOf(0.5));
});

test("worse is darker, and all is grey", () => {
  expect([shadeOf(0), shadeOf(1)]).toEqual([DARK.toLowerCase(), LIGHT.toLowerCase()]);
  const steps = [0, 0.2, 0.4, 0.6, 0.8, 1].map((done) => luminance(shadeOf(done)));
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  for (const done of [0, 0.3, 0.7, 1]) {
    const [red, green, blue] = channels(shadeOf(done)) as [number, number, number];
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(20);
  }
});

test("the number can be read on every shade", () => {
  for (let done = 0; done <= 1; done += 0.01) {
    const [low, high] = [luminance(shadeOf(done)), luminance(inkOf(done))].sort((a, b) => a - b) as [number, number];
    expect((high + 0.05) / (low + 0.05)).toBeGreaterThan(4.5);
  }
});

test("a day's head is its month and day, an hour's is the hour", () => {
  expect(columnWord(report, "09")).toBe("09");
  expect(columnWord({ ...report, by: "place" }, "2026-01-31")).toBe("01-31");
});

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
