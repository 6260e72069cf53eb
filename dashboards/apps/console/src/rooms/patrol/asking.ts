/** What the room asks of the hub. The first word of each key stands in live/topics.ts, so that changes renew it. */
import { useQuery } from "@tanstack/react-query";
import { ask, type ScanView, type WindowView } from "@watchkeeper/api";
import { hubClock, localDay, plusDays, useLanguage } from "@watchkeeper/ui";
import { useSession } from "../../session/session";
import { type Beat, beatsOf, nextLookMs } from "./rounds";
import { dayBounds } from "./spans";

export const ROUTES_MAX = 30;
/** So many routes are shown live. */
const PAGE_ROWS = 200;
const PLACES_MAX = 200;
const ROUNDS_BACK = 6;
const WINDOWS_MAX = 500;
const BACK_MS = 3_600_000;
const DAY_MS = 86_400_000;
const SCANS_EVERY_MS = 10_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** The routes that guards walk. */
export function useBeats() {
  const asked = useQuery({ queryKey: ["estate", "duties"], queryFn: () => ask("GET /duties") });
  return { ...asked, beats: asked.data === undefined ? undefined : beatsOf(asked.data.duties) };
}

/** Of each route the windows that are open, the last that ended, and the next that open. */
export function useLiveWindows(beats: readonly Beat[] | undefined) {
  const shown = beats?.slice(0, ROUTES_MAX) ?? [];
  return useQuery({
    queryKey: ["windows", "live", shown.map((beat) => beat.route.id)],
    queryFn: async ({ signal }) =>
      (await Promise.all(shown.map((beat) => windowsOf(beat, hubClock.nowMs(), signal)))).flat() as readonly WindowView[],
    enabled: beats !== undefined,
    refetchInterval: (query) => nextLookMs(query.state.data ?? [], hubClock.nowMs()),
  });
}

async function windowsOf({ route, duty }: Beat, nowMs: number, signal: AbortSignal): Promise<WindowView[]> {
  const places = Math.min(route.places.length, PLACES_MAX);
  const query = { route: route.id, duty: duty.duty };
  const [begun, next] = await Promise.all([
    ask("GET /duties/windows", {
      // newest end first: those that are open may be several, and the last that has ended comes after them
      query: { ...query, from: iso(nowMs - BACK_MS), to: iso(nowMs + 1_000), limit: Math.min(places * ROUNDS_BACK, WINDOWS_MAX) },
      signal,
    }),
    ask("GET /duties/windows", { query: { ...query, only: "next", limit: places }, signal }),
  ]);
  return [...begun.windows, ...next.windows];
}

/** The scans since then, newest first: only the odd ones are shown. They cause no change that is told, so they are asked again. */
export function useScansSince(sinceMs: number | null) {
  return useQuery({
    queryKey: ["windows", "scans", sinceMs],
    queryFn: () => ask("GET /duties/scans", { query: { from: iso(sinceMs as number), limit: PAGE_ROWS } }),
    enabled: sinceMs !== null,
    refetchInterval: SCANS_EVERY_MS,
    placeholderData: (before) => before,
  });
}

/** Today's figures, by duty. */
export function useToday(duties: readonly string[] | undefined) {
  const { zone } = useSession();
  const today = localDay(iso(hubClock.nowMs()), zone);
  return useQuery({
    queryKey: ["compliance", "today", today, duties],
    queryFn: () => ask("GET /reports/compliance", { query: { from: today, to: today, by: "duty", duty: [...(duties ?? [])] } }),
    enabled: duties !== undefined && duties.length > 0,
  });
}

/** People's names by their ids. */
export function useStaff() {
  const language = useLanguage();
  const asked = useQuery({ queryKey: ["estate", "staff"], queryFn: () => ask("GET /roster/staff") });
  const staff = asked.data?.staff ?? [];
  const names = new Map(staff.map((one) => [one.id, language === "zh" ? one.name_zh : one.name_en]));
  return { staff, nameOf: (id: string) => names.get(id) ?? id };
}

/** The roster of today and tomorrow, the first shift first. */
export function useRoster() {
  const { zone } = useSession();
  const today = localDay(iso(hubClock.nowMs()), zone);
  const { from } = dayBounds(today, zone);
  const to = dayBounds(plusDays(today, 1), zone).to;
  return useQuery({
    queryKey: ["roster", today],
    queryFn: async () => (await ask("GET /roster", { query: { from, to, limit: 500 } })).shifts.toReversed(),
  });
}

/** The newest scan of each of these people within 24 hours. */
export function useLastScans(people: readonly string[]) {
  return useQuery({
    queryKey: ["windows", "last-scans", people],
    queryFn: async () => {
      const from = iso(hubClock.nowMs() - DAY_MS);
      const found = await Promise.all(
        people.map(async (person) => {
          const page = await ask("GET /duties/scans", { query: { person, from, limit: 1 } });
          return [person, page.scans[0]] as [string, ScanView | undefined];
        }),
      );
      return new Map(found);
    },
    enabled: people.length > 0,
    placeholderData: (before) => before,
  });
}
