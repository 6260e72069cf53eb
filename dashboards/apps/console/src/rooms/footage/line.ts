/** Between a player's own seconds and the time that was filmed. A playlist leaves holes out; a viewer must not. Pure. */

/** A fragment: from `mediaS` on the player's line it shows what was filmed from `wallMs`, for `lengthS`. */
export interface Stretch {
  readonly mediaS: number;
  readonly lengthS: number;
  readonly wallMs: number;
}

/** Where a time stands in a player: there, or in a hole, with the next time that was filmed; null: nothing was from then on. */
export type Place = { readonly there: true; readonly mediaS: number } | { readonly there: false; readonly nextMs: number | null };

/** What ends and goes on within this is no hole: fragments are told to the millisecond, and clocks are set. */
export const JOIN_MS = 500;
/** A player that was sent to a fragment says a time that is less by the error of its arithmetic. */
const INTO_S = 0.000_5;

/** When that was filmed which the player shows; null: it has nothing there. */
export function wallAt(line: readonly Stretch[], mediaS: number): number | null {
  const at = lastAtOrBefore(line, (one) => one.mediaS <= mediaS + INTO_S);
  const one = line[at] ?? line[0];
  if (one === undefined || mediaS < one.mediaS - 1) return null;
  return one.wallMs + Math.min(Math.max(0, mediaS - one.mediaS), one.lengthS) * 1_000;
}

/** Where a time stands in the player. */
export function placeOf(line: readonly Stretch[], wallMs: number): Place {
  const at = lastAtOrBefore(line, (one) => one.wallMs <= wallMs);
  const one = line[at];
  const next = line[at + 1];
  if (one !== undefined) {
    const intoMs = wallMs - one.wallMs;
    const lengthMs = one.lengthS * 1_000;
    const isJoined = next !== undefined && next.wallMs - (one.wallMs + lengthMs) <= JOIN_MS;
    if (intoMs < lengthMs || isJoined) return { there: true, mediaS: one.mediaS + Math.min(intoMs, lengthMs) / 1_000 };
  }
  if (next === undefined) return { there: false, nextMs: null };
  if (next.wallMs - wallMs <= JOIN_MS && one === undefined) return { there: true, mediaS: next.mediaS };
  return { there: false, nextMs: next.wallMs };
}

/** The last one that `holds`, of a row in which those that do stand before those that do not; -1: none. */
function lastAtOrBefore(line: readonly Stretch[], holds: (one: Stretch) => boolean): number {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(line[middle] as Stretch)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
