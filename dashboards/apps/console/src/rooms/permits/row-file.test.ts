import { expect, test } from "vitest";
import { COLUMNS, fileOf, type Row } from "./row-file";

test("a cell may hold commas and quotes, and keeps its column", () => {
  const row = { ...Object.fromEntries(COLUMNS.map((name) => [name, ""])), name: ' 李"雷 ', card: "12,34567" } as Row;
  const [header, line] = fileOf(row).split("\n");
  expect(header).toBe(COLUMNS.join(","));
  expect(line?.startsWith('"李""雷","",')).toBe(true);
  expect(line).toContain('"12,34567"');
});
