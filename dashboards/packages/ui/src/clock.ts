/** The hub's time as this window knows it. The browser's clock may be wrong; what is shown goes by the hub's. */
import { useSyncExternalStore } from "react";

const SKEW_WARN_MS = 2_000;
const SAMPLES_MAX = 8;

/** Learns how far the browser's clock is off, and ticks once a second for whoever shows an age. */
export class HubClock {
  private samples: number[] = [];
  private watchers = new Set<() => void>();
  private timer: number | undefined;
  private second = Date.now();

  /** The hub has just said what time it is. The sample that was least delayed is the truest: the largest. */
  heard(atIso: string): void {
    this.samples = [...this.samples, Date.parse(atIso) - Date.now()].slice(-SAMPLES_MAX);
  }

  get offsetMs(): number {
    return this.samples.length === 0 ? 0 : Math.max(...this.samples);
  }

  /** Whether people are to be warned: over 2 s off. */
  get skewed(): boolean {
    return Math.abs(this.offsetMs) > SKEW_WARN_MS;
  }

  nowMs(): number {
    return Date.now() + this.offsetMs;
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    this.timer ??= window.setInterval(() => {
      this.second = this.nowMs();
      for (const one of this.watchers) one();
    }, 1_000);
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size === 0) {
        window.clearInterval(this.timer);
        this.timer = undefined;
      }
    };
  };

  readonly read = (): number => this.second;
}

export const hubClock = new HubClock();

/** The hub's time in milliseconds, once a second. */
export function useNow(): number {
  return useSyncExternalStore(hubClock.watch, hubClock.read);
}
