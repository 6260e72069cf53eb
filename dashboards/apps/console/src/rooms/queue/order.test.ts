import { expect, test } from "vitest";
import { anchored, canSweep, merged, neighbour, swept } from "./order";

test("new rows come on top, and those that are there keep their order", () => {
  expect(merged([5, 3, 1], [7, 5, 3, 1])).toEqual([7, 5, 3, 1]);
});

test("a row that ended stays where it is until the list is swept", () => {
  expect(merged([5, 3, 1], [5, 1])).toEqual([5, 3, 1]);
  expect(swept([5, 3, 1], [5, 1], null)).toEqual([5, 1]);
});

test("a selected row is not swept away from under the hands", () => {
  expect(swept([5, 3, 1], [5, 1], 3)).toEqual([5, 3, 1]);
});

test("a list that does not change is the same one, so that nothing is drawn anew", () => {
  const shown = [5, 3];
  expect(merged(shown, [5, 3])).toBe(shown);
  expect(swept(shown, [5, 3], null)).toBe(shown);
});

test("the anchor keeps its place on the screen while rows come above it", () => {
  expect(anchored([5, 3, 1], [9, 8, 5, 3, 1], 3, 100, 44)).toBe(188);
});

test("without an anchor the list stays at its scroll, so that the top shows what is new", () => {
  expect(anchored([5, 3], [9, 5, 3], null, 0, 44)).toBe(0);
});

test("a list at its top does not sweep rows above the anchor, since it could not scroll to hold it", () => {
  expect(canSweep([5, 3, 1], [3, 1], 3, 0, 44)).toBe(false);
  expect(canSweep([5, 3, 1], [3, 1], 3, 44, 44)).toBe(true);
});

test("the keys go to the neighbour and stop at the ends", () => {
  expect(neighbour([5, 3, 1], 5, 1)).toBe(3);
  expect(neighbour([5, 3, 1], 1, 1)).toBe(1);
  expect(neighbour([5, 3, 1], null, 1)).toBe(5);
  expect(neighbour([], null, -1)).toBeNull();
});
