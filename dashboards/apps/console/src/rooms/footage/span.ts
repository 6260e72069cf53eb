/** The piece of time that a time line shows, and what is seen of things in it. Pure; milliseconds since the epoch. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** How much may be shown at once; the first is the least, the last a day. */
export const LENGTHS = [7 * MINUTE, 20 * MINUTE, HOUR, 4 * HOUR, DAY] as const;
/** Around an incident. */
export const BEFORE_MS = 2 * MINUTE;
export const AFTER_MS = 5 * MINUTE;
/** So long before an incident its footage begins to play. */
export const LEAD_MS = 10_000;
const TICKS = [MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR] as const;
const TICKS_MAX = 12;

export function lengthOf(span: Span): number {
  return span.toMs - span.fromMs;
}

/** −2 and +5 minutes around a moment. */
export function around(atMs: number): Span {
  return { fromMs: atMs - BEFORE_MS, toMs: atMs + AFTER_MS };
}

/** A step nearer (1) or farther (-1), around a moment, within the day. */
export function zoomed(span: Span, step: 1 | -1, atMs: number, day: Span): Span {
  const length = lengthOf(span);
  const shorter = LENGTHS.filter((one) => one < length);
  const longer = LENGTHS.filter((one) => one > length);
  const next = step === 1 ? (shorter.at(-1) ?? length) : (longer[0] ?? lengthOf(day));
  const middle = Math.max(span.fromMs, Math.min(span.toMs, atMs));
  const share = (middle - span.fromMs) / length;
  return kept({ fromMs: middle - next * share, toMs: middle + next * (1 - share) }, day);
}

/** Moved by a share of itself, within the day. */
export function moved(span: Span, share: number, day: Span): Span {
  const by = lengthOf(span) * share;
  return kept({ fromMs: span.fromMs + by, toMs: span.toMs + by }, day);
}

/** Moved as little as it takes to lie in the day; not longer than it. */
export function kept(span: Span, day: Span): Span {
  const length = Math.min(lengthOf(span), lengthOf(day));
  const fromMs = Math.max(day.fromMs, Math.min(span.fromMs, day.toMs - length));
  return { fromMs, toMs: fromMs + length };
}

/** What of it is within; null: nothing. */
export function clipped<T extends Span>(one: T, span: Span): T | null {
  const fromMs = Math.max(one.fromMs, span.fromMs);
  const toMs = Math.min(one.toMs, span.toMs);
  return fromMs < toMs ? { ...one, fromMs, toMs } : null;
}

/** Round times within, not too many. */
export function ticks(span: Span, dayFromMs: number): readonly number[] {
  const every = TICKS.find((one) => lengthOf(span) / one <= TICKS_MAX) ?? (TICKS.at(-1) as number);
  const first = dayFromMs + Math.ceil((span.fromMs - dayFromMs) / every) * every;
  const found: number[] = [];
  for (let at = first; at <= span.toMs; at += every) found.push(at);
  return found;
}

/** The hole, or whatever else, that a moment lies in. */
export function at<T extends Span>(all: readonly T[], ms: number): T | undefined {
  return all.find((one) => one.fromMs <= ms && ms < one.toMs);
}
