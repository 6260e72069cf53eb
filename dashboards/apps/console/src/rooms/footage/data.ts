/** What the room asks the hub: cameras, what is there of a day, what moved, what is held, and incidents. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { ask, type Coverage, type FootageCamera } from "@watchkeeper/api";
import { hubClock, told, useLanguage } from "@watchkeeper/ui";
import { useLive } from "../../live/provider";
import { useSession } from "../../session/session";
import { heldOf } from "./held";
import type { Span } from "./span";
import { type Marked, motionSpans, type Told, type Track } from "./tracks";

const EVERY_MS = 30_000;
const EVENTS = 500;
const MOTION = ["motion_seen", "object_seen"] as const;
const INCIDENTS = 200;
const HOLDS = 500;
/** Of one place and day; what is before is not asked for. */
const PAGES_MAX = 5;

/** All cameras, and what was ever recorded of them. */
export function useCameras() {
  return useQuery({
    queryKey: ["footage", "cameras"],
    queryFn: () => ask("GET /footage/cameras").then((found) => found.cameras),
  });
}

/** Which stream of a camera is looked at: the full picture, or the small one where nothing else was recorded. */
export function useStreamOf(): (device: string) => "main" | "sub" {
  const cameras = useCameras().data ?? [];
  return (device) => {
    const streams = cameras.find((one) => one.device === device)?.streams ?? [];
    return streams.length > 0 && streams.every((one) => one.stream === "sub") ? "sub" : "main";
  };
}

/** What is held, and what was. */
export function useHolds() {
  const { may } = useSession();
  return useQuery({
    queryKey: ["footage", "holds"],
    queryFn: () => ask("GET /footage/holds", { query: { over: true, limit: HOLDS } }),
    enabled: may("GET /footage/holds"),
    refetchInterval: EVERY_MS,
  });
}

/** What a camera is called. */
export function useCameraName(): (id: string) => string {
  const language = useLanguage();
  const cameras = useCameras().data ?? [];
  return (id) => {
    const found = cameras.find((one) => one.device === id);
    return found === undefined ? id : told(found, "name", language);
  };
}

/** An incident, and the cameras that show where it was; undefined: not yet known. */
export function useAbout(no: number | null) {
  const detail = useQuery({
    queryKey: ["incident", no],
    queryFn: () => ask("GET /incidents/{no}", { path: { no: no as number } }),
    enabled: no !== null,
  });
  const incident = detail.data?.incident;
  const near = useQuery({
    queryKey: ["devices", "camera", incident?.place],
    queryFn: () => ask("GET /devices", { query: { kind: "camera", place: incident?.place ?? "" } }),
    enabled: incident !== undefined,
  });
  const cameras = useCameras().data;
  if (incident === undefined || near.data === undefined || cameras === undefined) return undefined;
  const own = cameras.filter((one) => one.device === incident.device).map((one) => one.device);
  return { incident, near: [...new Set([...own, ...near.data.devices.map((one) => one.id)])] };
}

/** The day of each camera, in the order of `devices`; asked again now and then while the day goes on. */
export function useDay(devices: readonly string[], day: string, span: Span): readonly Track[] {
  const { may } = useSession();
  const streamOf = useStreamOf();
  const held = useHolds().data?.holds ?? [];
  const again = span.toMs > hubClock.nowMs() ? EVERY_MS : (false as const);
  const lines = useQueries({
    queries: devices.map((device) => ({
      queryKey: ["footage", "day", device, day, streamOf(device)],
      queryFn: () => ask("GET /footage/{device}/day/{day}", { path: { device, day }, query: { stream: streamOf(device) } }),
      enabled: may("GET /footage/{device}/day/{day}"),
      refetchInterval: again,
    })),
  });
  const motion = useQueries({
    queries: devices.map((device) => ({
      queryKey: ["footage", "motion", device, day],
      queryFn: () => motionOf(device, span),
      enabled: may("GET /events"),
      refetchInterval: again,
    })),
  });
  return devices.map((device, at) => ({
    ...trackOf(device, lines[at]?.data),
    motion: motionSpans(motion[at]?.data ?? [], Math.min(span.toMs, hubClock.nowMs())),
    held: heldOf(held, device, span),
  }));
}

/** What the camera's own analysis and somebody else's told of motion; the newest ones of the day. */
async function motionOf(device: string, span: Span): Promise<readonly Told[]> {
  const query = { device, since: iso(span.fromMs), until: iso(span.toMs), limit: EVENTS };
  const pages = await Promise.all(MOTION.map((kind) => ask("GET /events", { query: { ...query, kind } })));
  return pages.flatMap((page) => page.events);
}

function trackOf(device: string, line: Coverage | undefined): Omit<Track, "motion" | "held"> {
  const spanOf = (one: { from: string; to: string }) => ({ fromMs: Date.parse(one.from), toMs: Date.parse(one.to) });
  const runs = line?.runs ?? [];
  return {
    device,
    sinceMs: line?.since == null ? null : Date.parse(line.since),
    runs: runs.filter((one) => !one.deleted).map(spanOf),
    gone: runs.filter((one) => one.deleted).map(spanOf),
    holes: (line?.holes ?? []).map((one) => ({ ...spanOf(one), zh: one.cause_zh, en: one.cause_en, no: null })),
  };
}

/** Incidents of the places where the cameras stand, in the day. */
export function useMarks(cameras: readonly FootageCamera[], day: Span): readonly Marked[] {
  const { may } = useSession();
  const { incidents } = useLive();
  const places = [...new Set(cameras.map((one) => one.place))];
  const asked = useQueries({
    queries: places.map((place) => ({
      queryKey: ["incident", "footage", place, day.fromMs],
      queryFn: async () => {
        const found = [];
        let cursor: number | null = null;
        for (let page = 0; page < PAGES_MAX; page += 1) {
          const answer: Awaited<ReturnType<typeof incidentPage>> = await incidentPage(place, day, cursor);
          found.push(...answer.incidents);
          cursor = answer.next;
          if (cursor === null) break;
        }
        incidents.put(...found);
        return found.map((one) => ({ no: one.no, atMs: Date.parse(one.opened_at) }));
      },
      enabled: may("GET /incidents"),
    })),
  });
  const marks = asked.flatMap((one) => one.data ?? []).filter((one) => one.atMs >= day.fromMs && one.atMs < day.toMs);
  return [...new Map(marks.map((one) => [one.no, one])).values()].sort((a, b) => a.atMs - b.atMs);
}

function incidentPage(place: string, day: Span, cursor: number | null) {
  return ask("GET /incidents", { query: { place, since: iso(day.fromMs), cursor, limit: INCIDENTS } });
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
