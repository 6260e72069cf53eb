/** The sound of this monitoring room: one window of all that are open sounds, the first that took the lock. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { hubClock } from "@watchkeeper/ui";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useChannel, useLive } from "../live/provider";
import { type Calling, callsNow, due, NOTHING_HEARD, type Tone } from "./due";
import { Siren } from "./siren";

const LOCK = "watchkeeper-sound";
const TICK_MS = 150;
const POST_KEPT = "watchkeeper:post";

interface Sound {
  /** The browser keeps this window, which is to sound, from sounding. */
  readonly blocked: boolean;
  /** Another window sounds. */
  readonly elsewhere: boolean;
  readonly silencedUntilMs: number | null;
  readonly post: string;
  enable(): void;
  test(): void;
  /** A 查岗 that is to be heard. */
  setCheckIn(calls: boolean): void;
}

const SoundContext = createContext<Sound | null>(null);

/** The post that this window stands at, for silences. */
export function post(): string {
  return localStorage.getItem(POST_KEPT) ?? "monitor";
}

export function SoundProvider({ children }: { children: ReactNode }) {
  const { incidents } = useLive();
  const channel = useChannel();
  const siren = useMemo(() => new Siren(), []);
  const [blocked, setBlocked] = useState(siren.blocked);
  const leads = useLeading();
  const alarms = useQuery({ queryKey: ["alarms"], queryFn: () => ask("GET /alarms") });
  const silence = alarms.data?.silences.find((one) => one.post === "" || one.post === post());
  const silencedUntilMs = silence === undefined ? null : Date.parse(silence.until);
  const checkIn = useRef(false);
  const latest = useRef({ silencedUntilMs, stale: false, leads });
  latest.current = { silencedUntilMs, stale: channel.state === "stale", leads };
  useEffect(() => {
    siren.watch(() => setBlocked(siren.blocked));
    const wake = () => void siren.unblock();
    document.addEventListener("pointerdown", wake, { passive: true });
    document.addEventListener("keydown", wake, { passive: true });
    let heard = NOTHING_HEARD;
    let playing: Tone | null = null;
    const look = () => {
      const { silencedUntilMs: until, stale, leads: sounds } = latest.current;
      const sounding = incidents
        .numbers()
        .flatMap((no) => incidents.get(no) ?? [])
        .filter((one) => one.sounding);
      const calling: Calling = { incidents: sounding, silencedUntilMs: until, stale, checkIn: checkIn.current };
      const [tone, after] = due(calling, heard, hubClock.nowMs());
      heard = after;
      // at once: what somebody has acknowledged is not heard to its end. A chime is short, and ends by itself.
      if (playing === "p3" ? !siren.sounding : playing !== null && !callsNow(calling, heard, hubClock.nowMs()).has(playing)) {
        siren.stop();
        playing = null;
      }
      if (tone !== null && sounds && !siren.blocked) {
        siren.play(tone);
        playing = tone;
      }
      // for whoever looks from outside, a test or a person with the inspector
      document.documentElement.dataset.tone = playing ?? "";
    };
    const timer = window.setInterval(look, TICK_MS);
    const unwatch = incidents.watchAll(look);
    return () => {
      window.clearInterval(timer);
      unwatch();
      siren.stop();
      document.removeEventListener("pointerdown", wake);
      document.removeEventListener("keydown", wake);
    };
  }, [siren, incidents]);
  const value = useMemo<Sound>(
    () => ({
      blocked: blocked && leads,
      elsewhere: !leads,
      silencedUntilMs,
      post: post(),
      enable: () => void siren.unblock(),
      test: () => void siren.unblock().then(() => siren.play("p1")),
      setCheckIn: (calls) => {
        checkIn.current = calls;
      },
    }),
    [blocked, leads, silencedUntilMs, siren],
  );
  return <SoundContext value={value}>{children}</SoundContext>;
}

export function useSound(): Sound {
  const sound = useContext(SoundContext);
  if (sound === null) throw new Error("outside of SoundProvider");
  return sound;
}

/** Whether this window has the lock. When the one that has it is closed, the next one has. */
function useLeading(): boolean {
  const [leads, setLeads] = useState(false);
  useEffect(() => {
    const end = new AbortController();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    navigator.locks
      .request(LOCK, { signal: end.signal }, () => {
        setLeads(true);
        return held;
      })
      .catch(() => undefined);
    return () => {
      end.abort();
      release();
    };
  }, []);
  return leads;
}
