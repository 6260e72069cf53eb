/** What is to sound now: a pure rule over the live incidents, the silences and what sounded before. */
import type { Incident } from "@watchkeeper/api";

export type Tone = "fire" | "p1" | "p2" | "p3" | "stale" | "check_in";

/** How often a tone comes again while its cause calls; null: once for each incident. */
export const EVERY_MS: Readonly<Record<Tone, number | null>> = {
  fire: 1_500,
  p1: 2_000,
  p2: 10_000,
  p3: null,
  stale: 10_000,
  check_in: 10_000,
};
const RANK: readonly Tone[] = ["fire", "p1", "stale", "p2", "check_in", "p3"];

export interface Heard {
  /** When each tone last began, by the hub's time. */
  readonly lastMs: Partial<Record<Tone, number>>;
  /** The incidents whose chime was played. */
  readonly chimed: ReadonlySet<number>;
}
export const NOTHING_HEARD: Heard = { lastMs: {}, chimed: new Set() };

export interface Calling {
  readonly incidents: readonly Incident[];
  readonly silencedUntilMs: number | null;
  readonly stale: boolean;
  readonly checkIn: boolean;
}

/** Everything that calls now. `stale` calls through a silence, as it says that nothing is known any more. */
export function callsNow(calling: Calling, heard: Heard, nowMs: number): ReadonlySet<Tone> {
  const calls = new Set<Tone>();
  if (calling.stale) calls.add("stale");
  if (isSilenced(calling, nowMs)) return calls;
  if (calling.checkIn) calls.add("check_in");
  for (const { sounding, sound, no } of calling.incidents) {
    if (sounding && (sound !== "p3" || !heard.chimed.has(no))) calls.add(sound as Tone);
  }
  return calls;
}

/** The tone that is due, and what is remembered after it. The loudest that calls is the only one that sounds. */
export function due(calling: Calling, heard: Heard, nowMs: number): readonly [Tone | null, Heard] {
  const calls = callsNow(calling, heard, nowMs);
  const loudest = RANK.find((one) => calls.has(one)) ?? null;
  const tone = loudest !== null && isDue(loudest, heard, nowMs) ? loudest : null;
  const present = new Set(calling.incidents.map((incident) => incident.no));
  const chimed = new Set([...heard.chimed].filter((no) => present.has(no)));
  // what came while something louder sounded, or in a silence, has been announced by it
  const announced = loudest !== null || isSilenced(calling, nowMs);
  for (const { sounding, sound, no } of calling.incidents) if (announced && sounding && sound === "p3") chimed.add(no);
  const lastMs = Object.fromEntries(Object.entries(heard.lastMs).filter(([one]) => calls.has(one as Tone)));
  return [tone, { lastMs: tone === null ? lastMs : { ...lastMs, [tone]: nowMs }, chimed }];
}

function isSilenced(calling: Calling, nowMs: number): boolean {
  return calling.silencedUntilMs !== null && nowMs < calling.silencedUntilMs;
}

function isDue(tone: Tone, heard: Heard, nowMs: number): boolean {
  const every = EVERY_MS[tone];
  const last = heard.lastMs[tone];
  return every === null || last === undefined || nowMs - last >= every;
}
