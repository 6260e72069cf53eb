import { expect, test } from "vitest";
import { failedRows, runs } from "./taken";

const wrong = (row: number) => ({
  row,
  column: "",
  column_zh: "",
  code: "",
  what_zh: "",
  what_en: "",
  write_zh: "",
  write_en: "",
});

test("a row with two wrong cells failed once, and what is no row is none", () => {
  expect(failedRows([wrong(7), wrong(3), wrong(7), wrong(0)])).toEqual([3, 7]);
});

test("neighbouring rows are one run", () => {
  expect(runs([2, 3, 4, 7, 9, 10])).toBe("2–4, 7, 9–10");
  expect(runs([])).toBe("");
});
