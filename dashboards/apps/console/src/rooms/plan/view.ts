/** Which part of a drawing is seen: a point of the drawing is at `k * point + (x, y)` pixels of the window. Pure. */
import type { Point } from "./layout";

export interface View {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}
export interface Box {
  readonly width: number;
  readonly height: number;
}

const MARGIN = 0.96;
/** Of the whole sheet: how much smaller and larger it may be drawn. */
const SMALLEST = 0.7;
const LARGEST = 30;
/** How near one is brought to an incident: so many times the whole sheet, where one is not nearer already. */
const NEAR = 2.5;

/** The whole sheet in the middle of the window. */
export function fitted(sheet: Box, window: Box): View {
  const k = Math.max(1e-6, Math.min(window.width / sheet.width, window.height / sheet.height) * MARGIN);
  return centred({ x: sheet.width / 2, y: sheet.height / 2 }, k, window);
}

/** The point in the middle of the window, at that scale. */
export function centred(point: Point, k: number, window: Box): View {
  return { k, x: window.width / 2 - k * point.x, y: window.height / 2 - k * point.y };
}

/** Which point of the drawing is in the middle of the window. */
export function centreOf(view: View, window: Box): Point {
  return { x: (window.width / 2 - view.x) / view.k, y: (window.height / 2 - view.y) / view.k };
}

export function limits(sheet: Box, window: Box): readonly [number, number] {
  const { k } = fitted(sheet, window);
  return [k * SMALLEST, k * LARGEST];
}

/** The view that shows the point: never farther away than one already is. */
export function nearTo(point: Point, view: View, sheet: Box, window: Box): View {
  return centred(point, Math.max(view.k, fitted(sheet, window).k * NEAR), window);
}

/** The same middle in a window of another size; what was seen whole is seen whole again. */
export function resized(view: View, sheet: Box, before: Box, after: Box): View {
  const whole = fitted(sheet, before);
  if (before.width === 0 || same(view, whole)) return fitted(sheet, after);
  return centred(centreOf(view, before), view.k, after);
}

function same(a: View, b: View): boolean {
  return Math.abs(a.k - b.k) < 1e-3 * b.k && Math.abs(a.x - b.x) < 1 && Math.abs(a.y - b.y) < 1;
}

/** A step of the way from one view to another: `share` 0 to 1, slow at both ends. */
export function between(from: View, to: View, share: number, window: Box): View {
  if (share >= 1) return to;
  const eased = share * share * (3 - 2 * share);
  const k = from.k * (to.k / from.k) ** eased;
  const [a, b] = [centreOf(from, window), centreOf(to, window)];
  return centred({ x: a.x + (b.x - a.x) * eased, y: a.y + (b.y - a.y) * eased }, k, window);
}

/** Whether the point is in the window, with so many pixels of margin. */
export function isSeen(point: Point, view: View, window: Box, marginPx = 0): boolean {
  const [x, y] = [view.k * point.x + view.x, view.k * point.y + view.y];
  return x >= marginPx && y >= marginPx && x <= window.width - marginPx && y <= window.height - marginPx;
}
