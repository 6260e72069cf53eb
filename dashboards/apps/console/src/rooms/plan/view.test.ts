import { expect, test } from "vitest";
import { between, centred, centreOf, fitted, isSeen, nearTo, resized } from "./view";

const SHEET = { width: 1200, height: 800 };
const WINDOW = { width: 1000, height: 600 };

test("the whole sheet is seen in the middle of the window", () => {
  const view = fitted(SHEET, WINDOW);
  expect(view.k).toBeCloseTo(0.72);
  expect(centreOf(view, WINDOW)).toEqual({ x: 600, y: 400 });
  for (const corner of [
    { x: 0, y: 0 },
    { x: 1200, y: 800 },
  ])
    expect(isSeen(corner, view, WINDOW)).toBe(true);
});

test("a point is brought to the middle and near, and never farther away than one is", () => {
  const point = { x: 100, y: 50 };
  const near = nearTo(point, fitted(SHEET, WINDOW), SHEET, WINDOW);
  expect(near.k).toBeCloseTo(0.72 * 2.5);
  const { x, y } = centreOf(near, WINDOW);
  expect([x, y].map(Math.round)).toEqual([100, 50]);
  expect(nearTo(point, { ...near, k: 9 }, SHEET, WINDOW).k).toBe(9);
});

test("a window of another size keeps the middle, and what was seen whole is seen whole", () => {
  const wide = { width: 500, height: 600 };
  expect(resized(fitted(SHEET, WINDOW), SHEET, WINDOW, wide)).toEqual(fitted(SHEET, wide));
  const view = centred({ x: 300, y: 200 }, 4, WINDOW);
  const after = resized(view, SHEET, WINDOW, wide);
  expect(after.k).toBe(4);
  expect(centreOf(after, wide)).toEqual({ x: 300, y: 200 });
});

test("the first size of a window shows the whole sheet", () => {
  expect(resized({ k: 1, x: 0, y: 0 }, SHEET, { width: 0, height: 0 }, WINDOW)).toEqual(fitted(SHEET, WINDOW));
});

test("the way from one view to another begins at the one and ends at the other", () => {
  const [from, to] = [fitted(SHEET, WINDOW), centred({ x: 100, y: 100 }, 5, WINDOW)];
  expect(between(from, to, 1, WINDOW)).toBe(to);
  expect(between(from, to, 0, WINDOW).k).toBeCloseTo(from.k);
  const half = between(from, to, 0.5, WINDOW);
  expect(half.k).toBeCloseTo(Math.sqrt(from.k * to.k));
  expect(centreOf(half, WINDOW).x).toBeCloseTo(350);
});
