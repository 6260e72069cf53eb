import { expect, test } from "vitest";
import { found, moved, nextSorting, plainly, sorted } from "./columns";

const ROWS = [
  { id: "door-10", name_zh: "东门" },
  { id: "door-2", name_zh: "西门", watches: ["gate", "lobby"] },
  { id: "cam-1", name_zh: "大堂", options: { held_s: 30 } },
];
const ids = (rows: readonly { id: string }[]) => rows.map((row) => row.id);

test("a search finds every word anywhere in the row", () => {
  expect(ids(found(ROWS, "DOOR 门", ["id", "name_zh"], plainly))).toEqual(["door-10", "door-2"]);
  expect(ids(found(ROWS, "lobby", ["watches"], plainly))).toEqual(["door-2"]);
  expect(ids(found(ROWS, "held_s=30", ["options"], plainly))).toEqual(["cam-1"]);
  expect(found(ROWS, " ", ["id"], plainly)).toBe(ROWS);
});

test("numbers in names are sorted as numbers, and the third click is the order of the document", () => {
  expect(ids(sorted(ROWS, { field: "id", down: false }, plainly))).toEqual(["cam-1", "door-2", "door-10"]);
  expect(ids(sorted(ROWS, { field: "id", down: true }, plainly))).toEqual(["door-10", "door-2", "cam-1"]);
  const down = nextSorting(nextSorting(null, "id"), "id");
  expect(down).toEqual({ field: "id", down: true });
  expect(nextSorting(down, "id")).toBeNull();
  expect(sorted(ROWS, null, plainly)).toBe(ROWS);
});

test("a thing is moved, and at an end it stays", () => {
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  const list = ["a", "b"];
  expect(moved(list, 0, -1)).toBe(list);
});
