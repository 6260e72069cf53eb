/** What the room's pages ask of passages. The live topic `gate` renews them; the clock asks again in case a page is looked at for long. */
import { useQuery } from "@tanstack/react-query";
import { ask, type GateState, type TableView } from "@watchkeeper/api";
import { useLanguage } from "@watchkeeper/ui";
import type { Choice } from "../../names";
import { useSession } from "../../session/session";
import { type Filter, grantedOf } from "./asking";
import { useGateDevices } from "./data";

const EVERY_MS = 30_000;
const TABLES_EVERY_MS = 5_000;
export const PAGE_ROWS = 50;
const LAST_ROWS = 5;
const WATCHED_MAX = 100;

/** The last decision at each gate, by the gate's id. Empty for whoever may not see passages. */
export function useGateStates(): ReadonlyMap<string, GateState> {
  const { may } = useSession();
  const asked = useQuery({
    queryKey: ["gates"],
    queryFn: () => ask("GET /gates").then((found) => found.gates),
    enabled: may("GET /gates"),
    refetchInterval: EVERY_MS,
  });
  return new Map((asked.data ?? []).map((gate) => [gate.gate, gate]));
}

/** The agents' tables of permits, by the agent's id; undefined: not known yet, or not for this person. */
export function useTables(): ReadonlyMap<string, TableView> | undefined {
  const { may } = useSession();
  const asked = useQuery({
    queryKey: ["permit-tables"],
    queryFn: () => ask("GET /access/tables").then((found) => found.tables),
    enabled: may("GET /access/tables"),
    refetchInterval: TABLES_EVERY_MS,
  });
  return asked.data === undefined ? undefined : new Map(asked.data.map((table) => [table.agent, table]));
}

export function usePassages(filter: Filter, cursor: string | null) {
  const query = { gate: filter.gate, granted: grantedOf(filter.decided), cursor, limit: PAGE_ROWS };
  return useQuery({ queryKey: ["passages", query], queryFn: () => ask("GET /passages", { query }), refetchInterval: EVERY_MS });
}

export function useLastPassages(gate: string) {
  const { may } = useSession();
  return useQuery({
    queryKey: ["passages", "last", gate],
    queryFn: () => ask("GET /passages", { query: { gate, limit: LAST_ROWS } }).then((found) => found.passages),
    enabled: may("GET /passages"),
    refetchInterval: EVERY_MS,
  });
}

export function usePresence() {
  return useQuery({
    queryKey: ["presence"],
    queryFn: () => ask("GET /presence").then((found) => found.zones),
    refetchInterval: EVERY_MS,
  });
}

export function useReconciliation(day: string) {
  return useQuery({
    queryKey: ["reconciliation", day],
    queryFn: () => ask("GET /reconciliation", { query: { day } }),
    refetchInterval: EVERY_MS,
  });
}

export function useWatchList(ended: boolean) {
  return useQuery({
    queryKey: ["watch-list", ended],
    queryFn: () => ask("GET /watch-list", { query: { ended, limit: WATCHED_MAX } }).then((found) => found.watched),
    refetchInterval: EVERY_MS,
  });
}

/** The zones that gates lead into, by name; the street is the empty one. */
export function useZones(outside: string) {
  const language = useLanguage();
  const { may } = useSession();
  const asked = useQuery({
    queryKey: ["permit-rules"],
    queryFn: () => ask("GET /access/rules").then((found) => found.zones),
    enabled: may("GET /access/rules"),
  });
  const choices: readonly Choice[] = [
    { value: "", label: outside },
    ...(asked.data ?? []).map((one) => ({ value: one.id, label: language === "zh" ? one.name_zh : one.name_en })),
  ];
  return { choices, zoneName: (id: string) => choices.find((one) => one.value === id)?.label ?? id };
}

/** The gates by name, and a list to choose one from. */
export function useGateNames() {
  const language = useLanguage();
  const devices = useGateDevices().data ?? [];
  const choices: readonly Choice[] = devices.map((one) => ({
    value: one.id,
    label: language === "zh" ? one.name_zh : one.name_en,
  }));
  return { choices, gateName: (id: string) => choices.find((one) => one.value === id)?.label ?? id };
}
