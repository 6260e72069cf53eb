/** Which rows stand where: newest on top, and none moves because of what happens to it. Pure. */

/** What the list is to show: new rows come on top at once; rows that ended, or fit the filter no more, stay until `sweep`. */
export function merged(shown: readonly number[], fitting: readonly number[]): readonly number[] {
  const known = new Set(shown);
  const fresh = fitting.filter((no) => !known.has(no));
  if (fresh.length === 0) return shown;
  return [...shown, ...fresh].sort((a, b) => b - a);
}

/** The rows without those that no longer belong there. The one that is selected stays: nobody's work is taken away from under
 * the hands. */
export function swept(shown: readonly number[], fitting: readonly number[], selected: number | null): readonly number[] {
  const wanted = new Set(fitting);
  const left = shown.filter((no) => wanted.has(no) || no === selected);
  return left.length === shown.length ? shown : left;
}

/** How far to scroll so that the anchor stays where it is on the screen, and how many rows it would still be off.
 * All lengths in pixels. */
export function anchored(
  before: readonly number[],
  after: readonly number[],
  anchor: number | null,
  scrollPx: number,
  rowPx: number,
): number {
  const [was, is] = anchor === null ? [-1, -1] : [before.indexOf(anchor), after.indexOf(anchor)];
  return was < 0 || is < 0 ? scrollPx : scrollPx + (is - was) * rowPx;
}

/** Whether rows can be taken out with the anchor staying in place: a list cannot scroll above its top. */
export function canSweep(
  before: readonly number[],
  after: readonly number[],
  anchor: number | null,
  scrollPx: number,
  rowPx: number,
): boolean {
  return anchored(before, after, anchor, scrollPx, rowPx) >= 0;
}

/** The neighbour of a row: `step` 1 is below. Without a row, the first or the last one. */
export function neighbour(shown: readonly number[], no: number | null, step: 1 | -1): number | null {
  const at = no === null ? -1 : shown.indexOf(no);
  if (at < 0) return shown[step === 1 ? 0 : shown.length - 1] ?? null;
  return shown[at + step] ?? no;
}
