/** The code of every room is fetched while the hub can be reached: one goes from room to room when it cannot. */
import { useEffect } from "react";
import type { Room } from "../rooms";

const CALM_MS = 3_000;
/** First what was asked for has its turn. */

export function useFetchAhead(rooms: readonly Room[]): void {
  const paths = rooms.map((room) => room.path).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rooms are the same as long as their paths are
  useEffect(() => {
    let isOver = false;
    const timer = window.setTimeout(async () => {
      for (const room of rooms) {
        if (isOver) return;
        // one that does not come now is asked for when one goes there
        await room.load().catch(() => undefined);
      }
    }, CALM_MS);
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [paths]);
}
