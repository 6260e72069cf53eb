/** Several players, one time. What is decided each tick for who leads, who is put right, and whether all wait. Pure. */

/** A player as it stands: `ready` shows a picture and can go on; `waiting` has to load; `hole` has nothing for this time;
 * `off` will never have anything: it failed, or its footage is over. */
export type Standing = "ready" | "waiting" | "hole" | "off";

/** How a player comes back in step: as it is, a little faster or slower, or by going to the time itself. */
export type Correction =
  | { readonly how: "in_step"; readonly rate: number }
  | { readonly how: "nudge"; readonly rate: number }
  | { readonly how: "seek" };

export const SPEEDS = [0.5, 1, 2, 4, 8] as const;
export type Speed = (typeof SPEEDS)[number];

/** Off by less than this nobody sees. */
export const IN_STEP_MS = 30;
/** Off by more than this a player goes to the time itself. */
export const SEEK_MS = 150;
/** A player that went there and is off again may be on a machine that cannot do it: it is not sent there all the time. */
export const SEEK_EVERY_MS = 2_000;
/** All wait for one that loads for so long; then they go on without it. */
export const WAIT_MS = 8_000;
const NUDGE_MAX = 0.15;
const NUDGE_PER_S = 1;

/** `behindMs`: how far the player is behind the time that all show; below zero: ahead of it. */
export function correction(behindMs: number, speed: number, sinceSeekMs: number): Correction {
  const scaled = behindMs / Math.max(1, speed);
  if (Math.abs(scaled) <= IN_STEP_MS) return { how: "in_step", rate: speed };
  if (Math.abs(scaled) > SEEK_MS && sinceSeekMs >= SEEK_EVERY_MS) return { how: "seek" };
  const share = Math.max(-NUDGE_MAX, Math.min(NUDGE_MAX, (scaled / 1_000) * NUDGE_PER_S));
  return { how: "nudge", rate: speed * (1 + share) };
}

/** Whose time is everybody's: the one that it was, as long as it is ready, or else the first that is; -1: nobody. */
export function leader(standings: readonly Standing[], before: number): number {
  return standings[before] === "ready" ? before : standings.indexOf("ready");
}

/** Whether all stand still until one has loaded. `waitedMs`: for how long they have, by player. */
export function holdsAll(standings: readonly Standing[], waitedMs: readonly number[]): boolean {
  return standings.some((one, at) => one === "waiting" && (waitedMs[at] ?? 0) < WAIT_MS);
}

/** How long each has been waiting, a tick later. One that does not wait starts anew. */
export function waited(standings: readonly Standing[], before: readonly number[], tickMs: number): readonly number[] {
  return standings.map((one, at) => (one === "waiting" ? (before[at] ?? 0) + tickMs : 0));
}

/** The speed one step on; the last one stays. */
export function faster(speed: Speed, step: 1 | -1): Speed {
  const at = SPEEDS.indexOf(speed) + step;
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))] as Speed;
}
