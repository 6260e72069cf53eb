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

/** What a camera's analysis said: a thing was seen, or motion in a zone began or ended. As the events' own fields. */
export interface Told {
  readonly kind: string;
  readonly at: string;
  readonly reading: Readonly<Record<string, unknown>>;
}

/** When something moved. Motion that has not ended goes on until `untilMs`; of one whose beginning is not among what was told, the
 * end says how long it was. Those that are close together are one. */
export function motionSpans(told: readonly Told[], untilMs: number): readonly Span[] {
  const begun = new Map<string, number>();
  const found: Span[] = [];
  for (const one of [...told].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const ms = Date.parse(one.at);
    if (one.kind !== "motion_seen") {
      found.push({ fromMs: ms, toMs: ms + 1_000 });
      continue;
    }
    const zone = `${one.reading.what ?? "motion"}/${one.reading.zone ?? ""}`;
    if (one.reading.active === true) begun.set(zone, ms);
    else {
      const { began_us: began, ended_us: ended } = one.reading;
      const lasted = typeof began === "number" && typeof ended === "number" ? (ended - began) / 1_000 : 0;
      const fromMs = begun.get(zone) ?? ms - lasted;
      begun.delete(zone);
      if (ms > fromMs) found.push({ fromMs, toMs: ms });
    }
  }
  return together([...found, ...[...begun.values()].map((fromMs) => ({ fromMs, toMs: Math.max(untilMs, fromMs) }))]);
}

/** Spans in order, those that are close together as one. */
function together(spans: readonly Span[]): readonly Span[] {
  const found: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = found.at(-1);
    if (last !== undefined && fromMs - last.toMs <= TOGETHER_MS) last.toMs = Math.max(last.toMs, toMs);
    else found.push({ fromMs, toMs });
  }
  return found;
}
