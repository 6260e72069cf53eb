/** What of a camera's day is there, what is missing and why, what moved and what is held: rows for the time line and the table. Pure. */
import type { Span } from "./span";

/** Nothing shows this time. What it is due to, in both languages; empty: nobody has said. */
export interface Hole extends Span {
  readonly zh: string;
  readonly en: string;
  /** The incident about it; null: there is none. */
  readonly no: number | null;
}

export interface Held extends Span {
  readonly hold: string;
  readonly reason: string;
}

export interface Track {
  readonly device: string;
  /** Since when it records; null: it never did. */
  readonly sinceMs: number | null;
  readonly runs: readonly Span[];
  readonly holes: readonly Hole[];
  /** What was deleted on its day. */
  readonly gone: readonly Span[];
  readonly motion: readonly Span[];
  readonly held: readonly Held[];
}

export interface Marked {
  readonly no: number;
  readonly atMs: number;
}

export type RowKind = "covered" | "hole" | "gone_due" | "motion" | "held" | "incidents";

/** One line of the table. */
export interface Row extends Span {
  readonly kind: RowKind;
  readonly device: string;
  /** In words of both languages: a hole's cause, a hold's reason. */
  readonly zh: string;
  readonly en: string;
  readonly no: number | null;
}

/** Motion that goes on within this is one. */
const TOGETHER_MS = 10_000;

/** Everything in the order of its beginning. */
export function rowsOf(tracks: readonly Track[], incidents: readonly Marked[]): readonly Row[] {
  const none = { zh: "", en: "", no: null };
  const rows: Row[] = tracks.flatMap((track) => {
    const { device } = track;
    return [
      ...track.runs.map((one) => ({ ...none, ...one, kind: "covered" as const, device })),
      ...track.holes.map((one) => ({ ...one, kind: "hole" as const, device })),
      ...track.gone.map((one) => ({ ...none, ...one, kind: "gone_due" as const, device })),
      ...track.motion.map((one) => ({ ...none, ...one, kind: "motion" as const, device })),
      ...track.held.map((one) => ({
        ...none,
        fromMs: one.fromMs,
        toMs: one.toMs,
        zh: one.reason,
        en: one.reason,
        kind: "held" as const,
        device,
      })),
    ];
  });
  const marks = incidents.map(({ no, atMs }) => ({
    ...none,
    no,
    fromMs: atMs,
    toMs: atMs,
    kind: "incidents" as const,
    device: "",
  }));
  return [...rows, ...marks].sort((a, b) => a.fromMs - b.fromMs || a.device.localeCompare(b.device));
}

/** Moments as spans, those that are close together as one. */
export function together(moments: readonly number[]): readonly Span[] {
  const found: { fromMs: number; toMs: number }[] = [];
  for (const ms of [...moments].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && ms - last.toMs <= TOGETHER_MS) last.toMs = ms;
    else found.push({ fromMs: ms, toMs: ms + 1_000 });
  }
  return found;
}
