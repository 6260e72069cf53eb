/** What the room asks of the hub. No secret ever comes this way: what is asked here stays in the cache. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { askHealth } from "./health";

const ACCOUNTS_EVERY_MS = 30_000;
const AGENTS_EVERY_MS = 5_000;
const HEALTH_EVERY_MS = 10_000;
export const LETTERS_PAGE = 50;

/** Sign-ins come and go without a change that is told. */
export function useAccounts() {
  return useQuery({
    queryKey: ["accounts"],
    queryFn: async () => (await ask("GET /accounts")).accounts,
    refetchInterval: ACCOUNTS_EVERY_MS,
  });
}

/** The sessions of an account; null: one's own. */
export function useSessions(account: string | null) {
  return useQuery({
    queryKey: ["accounts", "sessions", account],
    queryFn: async () => (await ask("GET /sessions", { query: account === null ? {} : { account } })).sessions,
    refetchInterval: ACCOUNTS_EVERY_MS,
  });
}

/** How agents are known, and what is heard of them. */
export function useAgents() {
  return useQuery({
    queryKey: ["agents"],
    queryFn: async () => {
      const [keys, heard] = await Promise.all([ask("GET /agents/keys"), ask("GET /agents")]);
      return { keys: keys.agents, heard: heard.agents };
    },
    refetchInterval: AGENTS_EVERY_MS,
  });
}

export function useHealth() {
  return useQuery({ queryKey: ["health"], queryFn: askHealth, refetchInterval: HEALTH_EVERY_MS });
}

export function useLetters(offset: number) {
  return useQuery({
    queryKey: ["letters", offset],
    queryFn: async () => (await ask("GET /dead-letters", { query: { limit: LETTERS_PAGE, offset } })).dead_letters,
    refetchInterval: HEALTH_EVERY_MS,
  });
}
