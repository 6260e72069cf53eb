/** What the room asks the hub: cameras, what is there of a day, what moved, what is held, and incidents. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { ask, type DeviceState } from "@watchkeeper/api";
import { told, useLanguage } from "@watchkeeper/ui";
import { useLive } from "../../live/provider";
import { useSession } from "../../session/session";
import type { Span } from "./span";
import { type Marked, type Track, together } from "./tracks";

const EVERY_MS = 30_000;
const EVENTS = 500;
const INCIDENTS = 200;
/** Of one place and day; what is before is not asked for. */
const PAGES_MAX = 5;

export function useCameras() {
  return useQuery({
    queryKey: ["devices", "footage"],
    queryFn: () => ask("GET /devices", { query: { kind: "camera" } }).then((found) => found.devices),
  });
}

/** What a camera is called. */
export function useCameraName(): (id: string) => string {
  const language = useLanguage();
  const cameras = useCameras().data ?? [];
  return (id) => {
    const found = cameras.find((one) => one.id === id);
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
  const own = cameras.filter((one) => one.id === incident.device).map((one) => one.id);
  return { incident, near: [...new Set([...own, ...near.data.devices.map((one) => one.id)])] };
}

/** The day of each camera, in the order of `devices`; asked again now and then while the day goes on. */
export function useDay(devices: readonly string[], day: string, span: Span): readonly Track[] {
  const { may } = useSession();
  const held = useHolds().data ?? [];
  const lines = useQueries({
    queries: devices.map((device) => ({
      queryKey: ["footage", "day", device, day],
      queryFn: () => null,
      enabled: may("GET /footage/{device}/day/{day}" as never),
      refetchInterval: span.toMs > Date.now() ? EVERY_MS : (false as const),
    })),
  });
  const motion = useQueries({
    queries: devices.map((device) => ({
      queryKey: ["footage", "motion", device, day],
      queryFn: () => ask("GET /events", { query: { device, kind: "object_seen", since: iso(span.fromMs), until: iso(span.toMs), limit: EVENTS } }),
      enabled: may("GET /events"),
      refetchInterval: span.toMs > Date.now() ? EVERY_MS : (false as const),
    })),
  });
  return devices.map((device, at) => {
    const line = lines[at]?.data;
    const seen = motion[at]?.data?.events ?? [];
    return { ...trackOf(device, line), motion: together(seen.map((one) => Date.parse(one.at))), held: heldOf(held, device, span) };
  });
}

/** Incidents of the places where the cameras stand, in the day. */
export function useMarks(cameras: readonly DeviceState[], day: Span): readonly Marked[] {
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
function useHolds() {
  return { data: [] as never[] };
}
function trackOf(device: string, _line: unknown): Track {
  return { device, sinceMs: null, runs: [], holes: [], gone: [], motion: [], held: [] };
}
function heldOf(_held: never[], _device: string, _span: Span) {
  return [];
}
