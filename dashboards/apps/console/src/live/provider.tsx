/** The live channel of this window, and what rooms read of it. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type Change, type ChannelState, type Incident, LiveChannel } from "@watchkeeper/api";
import { hubClock } from "@watchkeeper/ui";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { useSession } from "../session/session";
import { Incidents } from "./incidents";
import { Selection } from "./selection";
import { Renewing } from "./topics";

export interface Channel {
  readonly state: ChannelState;
  /** Since when nothing was heard, by `Date.now()`. */
  readonly silentSinceMs: number;
}
interface Live {
  readonly incidents: Incidents;
  readonly selection: Selection;
  /** Hears every batch of changes, for what is no row and no query: a tone, a flash. */
  onChanges(hear: (changes: readonly Change[]) => void): () => void;
  retry(): void;
}

const LiveContext = createContext<Live | null>(null);
const ChannelContext = createContext<Channel>({ state: "connecting", silentSinceMs: 0 });
const ASK_WHO_EVERY_MS = 5_000;
const HIDDEN_FRAME_MS = 250;

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { may } = useSession();
  const isAllowed = may("LIVE /live");
  const [channel, setChannel] = useState<Channel>({ state: "connecting", silentSinceMs: Date.now() });
  const hearers = useMemo(() => new Set<(changes: readonly Change[]) => void>(), []);
  const [incidents] = useState(() => new Incidents());
  const [selection] = useState(() => new Selection());
  const [open, setOpen] = useState<LiveChannel | null>(null);
  useEffect(() => {
    // who may not listen is not told that news has stopped: rooms ask by the clock
    if (!isAllowed) return;
    const renewing = new Renewing(queries);
    const whoAsked = throttle(ASK_WHO_EVERY_MS);
    const live = new LiveChannel(
      `${location.origin.replace(/^http/, "ws")}/live`,
      {
        snapshot: (chunk, first) => {
          incidents.snapshot(chunk.incidents as readonly Incident[], first, chunk.last, chunk.more);
          if (chunk.last) renewing.renewAll();
        },
        changes: (batch) => {
          incidents.take(batch);
          renewing.take(batch);
          for (const hear of hearers) hear(batch);
        },
        state: (state, silentSince) => {
          const silentSinceMs = Date.now() - (performance.now() - silentSince);
          setChannel((before) => (before.state === state ? before : { state, silentSinceMs }));
          // as with the tone (sound/provider.tsx), for whoever looks from outside
          document.documentElement.dataset.channel = state;
          // a browser is not told why a socket was refused: whether one is still signed in has to be asked
          if (state !== "live" && whoAsked()) ask("GET /me").catch(() => undefined);
        },
        heard: (at) => hubClock.heard(at),
      },
      nextFrame,
    );
    setOpen(live);
    return () => live.close();
  }, [queries, hearers, incidents, isAllowed]);
  const value = useMemo<Live>(
    () => ({
      incidents,
      selection,
      onChanges: (hear) => {
        hearers.add(hear);
        return () => hearers.delete(hear);
      },
      retry: () => open?.retry(),
    }),
    [incidents, selection, hearers, open],
  );
  return (
    <LiveContext value={value}>
      <ChannelContext value={channel}>{children}</ChannelContext>
    </LiveContext>
  );
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("outside of LiveProvider");
  return live;
}

/** Whether news comes in, and since when not. */
export function useChannel(): Channel {
  return useContext(ChannelContext);
}

/** One incident; redrawn when it changes, and only then. */
export function useIncident(no: number): Incident | undefined {
  const { incidents } = useLive();
  const watch = useCallback((watcher: () => void) => incidents.watch(no, watcher), [incidents, no]);
  return useSyncExternalStore(watch, () => incidents.get(no));
}

/** The incident that all windows look at. */
export function useSelected(): number | null {
  const { selection } = useLive();
  return useSyncExternalStore(selection.watch, selection.read);
}

/** Redraws with every batch of changes; for sums over all incidents. */
export function useIncidentChanges(): number {
  const { incidents } = useLive();
  return useSyncExternalStore(incidents.watchAll, () => incidents.changes);
}

/** The next frame, or soon where a hidden window draws none. */
function nextFrame(run: () => void): void {
  let done = false;
  const once = () => {
    if (!done) run();
    done = true;
  };
  requestAnimationFrame(once);
  window.setTimeout(once, HIDDEN_FRAME_MS);
}

function throttle(ms: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last < ms) return false;
    last = performance.now();
    return true;
  };
}
