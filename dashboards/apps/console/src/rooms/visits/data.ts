/** What the room asks of the hub. Guards have no live channel: the clock asks for them as well. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { useSession } from "../../session/session";
import { table } from "./words";

const EVERY_MS = 5_000;
const SELDOM_MS = 30_000;
export const ROWS = 200;
export const SOME = 50;
const PEOPLE_MAX = 50;

type View = "today" | "waiting" | "inside";

export function useVisits(view: View) {
  return useQuery({
    queryKey: ["visits", "list", view],
    queryFn: async () => (await ask("GET /visits", { query: { view, limit: ROWS } })).visits,
    refetchInterval: EVERY_MS,
  });
}

export function useVisit(visit: string) {
  return useQuery({
    queryKey: ["visits", "one", visit],
    queryFn: () => ask("GET /visits/{visit}", { path: { visit } }),
    refetchInterval: EVERY_MS,
  });
}

export function useKinds() {
  return useQuery({
    queryKey: ["visit-kinds"],
    queryFn: async () => (await ask("GET /visit-kinds")).kinds,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useSpaces() {
  return useQuery({
    queryKey: ["visit-places", "spaces"],
    queryFn: async () => (await ask("GET /visit-spaces")).spaces,
    refetchInterval: SELDOM_MS,
  });
}

export function useRoutes() {
  return useQuery({
    queryKey: ["visit-places", "routes"],
    queryFn: async () => (await ask("GET /visit-routes")).routes,
    refetchInterval: SELDOM_MS,
  });
}

/** The rules that a truck's driver is told, and those before. */
export function useVisitRules() {
  return useQuery({
    queryKey: ["visit-places", "rules"],
    queryFn: () => ask("GET /visit-rules"),
    refetchInterval: SELDOM_MS,
  });
}

/** What lies at drop-off points. */
export function useDeliveries() {
  return useQuery({
    queryKey: ["deliveries", "here"],
    queryFn: async () => (await ask("GET /deliveries", { query: { state: "dropped", limit: ROWS } })).deliveries,
    refetchInterval: EVERY_MS,
  });
}

/** What was done with a delivery, and who was told of it; asked for while it is looked at. */
export function useDelivery(delivery: string) {
  return useQuery({
    queryKey: ["deliveries", "one", delivery],
    queryFn: () => ask("GET /deliveries/{delivery}", { path: { delivery } }),
    refetchInterval: EVERY_MS,
  });
}

const GONE = ["carried", "collected", "returned"] as const;

/** What lay there lately, what went last first. */
export function useGone() {
  return useQuery({
    queryKey: ["deliveries", "gone"],
    queryFn: async () => {
      const lists = await Promise.all(GONE.map((state) => ask("GET /deliveries", { query: { state, limit: SOME } })));
      const all = lists.flatMap((one) => one.deliveries);
      return all.toSorted((a, b) => (b.ended_at ?? "").localeCompare(a.ended_at ?? "")).slice(0, SOME);
    },
    refetchInterval: SELDOM_MS,
  });
}

export function useNotices(state: "waiting" | "failed") {
  return useQuery({
    queryKey: ["visits", "notices", state],
    queryFn: async () => (await ask("GET /visits/notices", { query: { state, limit: SOME } })).notices,
    refetchInterval: EVERY_MS,
  });
}

interface Resident {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
}

/** The residents behind a door: with their phones for whoever may look them up, with masked names for a guard. */
export function useResidents(household: string, wanted = true) {
  const { may } = useSession();
  const w = useWords(table);
  return useQuery({
    queryKey: ["visit-residents", household],
    queryFn: async (): Promise<readonly Resident[]> => {
      if (may("GET /access/holders"))
        return (await ask("GET /access/holders", { query: { household, kind: "resident", limit: PEOPLE_MAX } })).holders;
      const found = await ask("GET /access/households", { query: { id: household, reason: w.roomReason } });
      return found.households.flatMap((one) => one.residents ?? []).map((one) => ({ ...one, phone: "" }));
    },
    enabled: wanted && household !== "" && may("GET /access/households"),
  });
}
