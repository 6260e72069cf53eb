/** 查岗: which check-in is shown, how long it still can be answered, when it sounds, and when to ask anew. Pure. */
import type { CheckInState, CheckInWindow, Post } from "@watchkeeper/api";

export const SOUND_LAST_S = 60;
const LOOK_MS = 20_000;
/** A random schedule foretells nothing, so one looks again at least so often. */
const SOON_MS = 300;

export type Stage = "waiting" | "open" | "sounding" | "over";

/** How far an unanswered check-in has come at a time. It sounds from `sounds_at` on, and in its last minute at the latest. */
export function stageOf(window: CheckInWindow, nowMs: number): Stage {
  if (nowMs < Date.parse(window.opens_at)) return "waiting";
  const leftMs = Date.parse(window.ends_at) - nowMs;
  if (leftMs <= 0) return "over";
  const soundsMs = Math.min(Date.parse(window.sounds_at), Date.parse(window.ends_at) - SOUND_LAST_S * 1_000);
  return nowMs >= soundsMs ? "sounding" : "open";
}

/** Seconds until its end; never below zero. */
export function leftS(window: CheckInWindow, nowMs: number): number {
  return Math.max(0, (Date.parse(window.ends_at) - nowMs) / 1_000);
}

/** The posts that somebody has to answer for now, the one that ends first on top. */
export function calling(state: CheckInState | undefined, nowMs: number): readonly (Post & { current: CheckInWindow })[] {
  const open = (state?.posts ?? []).filter(
    (post): post is Post & { current: CheckInWindow } =>
      post.current?.state === "open" && ["open", "sounding"].includes(stageOf(post.current, nowMs)),
  );
  return open.sort((a, b) => Date.parse(a.current.ends_at) - Date.parse(b.current.ends_at));
}

/** Whether one of them is to be heard. */
export function sounds(state: CheckInState | undefined, nowMs: number): boolean {
  return calling(state, nowMs).some((post) => stageOf(post.current, nowMs) === "sounding");
}

/** A missed one is told of until the next has been answered or so long after its end. */
export const MISSED_SHOWN_MS = 600_000;

/** The posts whose last check-in was missed a short while ago. */
export function missed(state: CheckInState | undefined, nowMs: number): readonly (Post & { last: CheckInWindow })[] {
  return (state?.posts ?? []).filter(
    (post): post is Post & { last: CheckInWindow } =>
      post.last !== null &&
      ["missed", "unproven"].includes(post.last.state) &&
      nowMs - Date.parse(post.last.ends_at) < MISSED_SHOWN_MS &&
      post.current?.state !== "kept",
  );
}

/** In how many milliseconds to ask anew: when the next window opens or one ends, and each 20 s. */
export function nextLookMs(state: CheckInState | undefined, nowMs: number): number {
  const bounds = (state?.posts ?? []).flatMap((post) =>
    [post.next?.opens_at, post.current?.ends_at].flatMap((at) => (at === undefined ? [] : [Date.parse(at) - nowMs + SOON_MS])),
  );
  return Math.max(SOON_MS, Math.min(LOOK_MS, ...bounds.filter((ms) => ms > 0)));
}

/** How long after its opening it was answered, in seconds; null: it was not, or nobody knows when. */
export function answeredInS(window: { state: string; opens_at: string; settled_at: string | null }): number | null {
  if (window.state !== "kept" || window.settled_at === null) return null;
  return Math.max(0, (Date.parse(window.settled_at) - Date.parse(window.opens_at)) / 1_000);
}
