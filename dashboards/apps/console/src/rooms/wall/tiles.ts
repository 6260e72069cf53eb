/** Which cameras stand where on the wall, how old a picture may be, and when the page turns. Pure. */
import type { DeviceState, Incident } from "@watchkeeper/api";

export const SIZES = [2, 3, 4] as const;
export type Size = (typeof SIZES)[number];
export const STOPPED_MS = 30_000;
/** A picture older than this is not what the camera shows now. */
export const TURN_MS = 15_000;

const NOTHING = 9;

/** Cameras with live incidents first, the weightiest of them on top; then as the estate's file has them. */
export function ordered(cameras: readonly DeviceState[], incident: (no: number) => Incident | undefined): readonly DeviceState[] {
  const weight = (camera: DeviceState) => Math.min(NOTHING, ...camera.live_incidents.map((no) => incident(no)?.priority ?? 4));
  return cameras
    .map((camera, at) => ({ camera, at, weight: weight(camera) }))
    .sort((a, b) => a.weight - b.weight || a.at - b.at)
    .map(({ camera }) => camera);
}

export function pagesOf(cameras: number, size: Size): number {
  return Math.max(1, Math.ceil(cameras / (size * size)));
}

/** The page one step on, round and round; a page that is no longer there is the last one. */
export function turned(page: number, pages: number, step: number): number {
  return (((Math.min(page, pages - 1) + step) % pages) + pages) % pages;
}

export function onPage<T>(all: readonly T[], page: number, size: Size): readonly T[] {
  return all.slice(page * size * size, (page + 1) * size * size);
}

/** `none`: there is no picture. `stopped`: the newest is too old to be what is there now. */
export type Freshness = "none" | "live" | "stopped";

export function freshness(atMs: number | null, nowMs: number): Freshness {
  if (atMs === null) return "none";
  return nowMs - atMs > STOPPED_MS ? "stopped" : "live";
}

/** Whether a camera's own state forbids to take its picture for what is there: it is lost, dark, frozen or not heard. */
export function troubled(camera: DeviceState): boolean {
  return camera.condition.name !== "live";
}
