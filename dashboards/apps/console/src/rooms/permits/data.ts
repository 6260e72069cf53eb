/** What the room asks of the book of permits; the live channel's topic `access` renews all of it. */
import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { ask, type HistoryEntry } from "@watchkeeper/api";
import { told, useLanguage } from "@watchkeeper/ui";
import type { Choice } from "../../names";
import { useSession } from "../../session/session";

const PAGE = 50;
const MOST = 500;
const TABLES_EVERY_MS = 5_000;
export const ALWAYS = "always";
export type Kind = "holder" | "permit" | "credential";

/** Holders whose name, phone, door or plate holds the text, a page at a time. */
export function useHolders(text: string, live: boolean) {
  return useInfiniteQuery({
    queryKey: ["access", "holders", text, live],
    queryFn: ({ pageParam }) => ask("GET /access/holders", { query: { text, live, after: pageParam, limit: PAGE } }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** A holder with household, permits and their credentials; null: there is none of that id. */
export function useHolder(id: string) {
  return useQuery({ queryKey: ["access", "holder", id], queryFn: () => askHolder(id) });
}
export type Whole = NonNullable<Awaited<ReturnType<typeof askHolder>>>;

async function askHolder(id: string) {
  const [found, permits] = await Promise.all([
    ask("GET /access/holders", { query: { id, live: false, limit: 1 } }),
    ask("GET /access/permits", { query: { holder: id, live: false, limit: MOST } }),
  ]);
  const holder = found.holders[0];
  if (holder === undefined) return null;
  const household = holder.household === "" ? undefined : await askHousehold(holder.household);
  const credentials = await Promise.all(
    permits.permits.map((one) => ask("GET /access/credentials", { query: { permit: one.id, live: false, limit: MOST } })),
  );
  return { holder, household, permits: permits.permits, credentials: credentials.flatMap((page) => page.credentials) };
}

async function askHousehold(id: string) {
  return (await ask("GET /access/households", { query: { id, live: false, limit: 1 } })).households[0];
}

/** Doors of the households that a list shows, by their ids. */
export function useDoors(households: readonly string[]): ReadonlyMap<string, string> {
  const wanted = [...new Set(households)].filter((one) => one !== "");
  return useQueries({
    queries: wanted.map((id) => ({
      queryKey: ["access", "household", id],
      queryFn: async () => (await askHousehold(id)) ?? null,
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (all) => new Map(all.flatMap(({ data }) => (data ? [[data.id, doorOf(data)] as const] : []))),
  });
}

export function doorOf(one: { building: string; unit: string; room: string }): string {
  return [one.building, one.unit, one.room].filter((part) => part !== "").join("-");
}

export interface Told extends HistoryEntry {
  readonly kind: string;
  readonly id: string;
}

/** What became of several things together, the newest first. */
export function useHistories(things: readonly (readonly [Kind, string])[]) {
  return useQueries({
    queries: things.map(([kind, id]) => ({
      queryKey: ["access", "history", kind, id],
      queryFn: () => ask("GET /access/history/{kind}/{id}", { path: { kind, id } }),
    })),
    combine: (all) => ({
      wrong: all.some(({ isError }) => isError),
      told: all
        .flatMap(({ data }) => data?.history.map((entry): Told => ({ ...entry, kind: data.kind, id: data.id })) ?? [])
        .sort((a, b) => (a.at < b.at ? 1 : -1)),
    }),
  });
}

export function useRules() {
  return useQuery({ queryKey: ["access", "rules"], queryFn: () => ask("GET /access/rules") });
}

/** Heartbeats are on no channel, so tables are asked for again. */
export function useTables() {
  return useQuery({ queryKey: ["access", "tables"], queryFn: () => ask("GET /access/tables"), refetchInterval: TABLES_EVERY_MS });
}

/** Readers and cameras, which portals are; empty for a role that may not ask for devices. */
export function usePortalDevices() {
  const language = useLanguage();
  const { may } = useSession();
  const found = useQuery({
    queryKey: ["devices", "portals"],
    queryFn: () => ask("GET /devices", { query: { kind: "reader,camera" } }).then((all) => all.devices),
    enabled: may("GET /devices"),
  });
  const choices: Choice[] = (found.data ?? []).map((one) => ({ value: one.id, label: told(one, "name", language) }));
  return { choices, name: (id: string) => choices.find((one) => one.value === id)?.label ?? id };
}

/** A rule's name in the language in use; one that was given in Chinese alone is shown so. */
export function ruleName(one: { id: string; name_zh: string; name_en: string }, language: "zh" | "en"): string {
  return (language === "zh" ? one.name_zh : one.name_en || one.name_zh) || one.id;
}

/** An id of our own making; `crypto.randomUUID` is not there without TLS. */
export function newId(prefix: string): string {
  return prefix + Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
