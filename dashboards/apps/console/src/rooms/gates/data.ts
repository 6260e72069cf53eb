/** What the room asks: the gates as they told last, and the last commands. Readings are on no live channel, so it asks again. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type Command, Refusal } from "@watchkeeper/api";
import { hubClock } from "@watchkeeper/ui";
import { useState } from "react";
import { waits } from "./steps";

const EVERY_MS = 2_000;
const QUICKLY_MS = 500;
const COMMANDS = 50;
const GATES = ["devices", "gates"];
const LOG = ["commands", "newest"];

export function useGateDevices() {
  return useQuery({
    queryKey: GATES,
    queryFn: () => ask("GET /devices", { query: { kind: "barrier,door" } }).then((found) => found.devices),
    refetchInterval: EVERY_MS,
  });
}

/** The last commands; asked more often while one waits for its result. */
export function useCommands(hurried: boolean) {
  return useQuery({
    queryKey: LOG,
    queryFn: () => ask("GET /commands", { query: { limit: COMMANDS } }).then((found) => found.commands),
    refetchInterval: (query) =>
      hurried || query.state.data?.some((one) => waits(one, hubClock.nowMs())) ? QUICKLY_MS : EVERY_MS,
  });
}

export interface Commanding {
  /** The devices for which a request of this window is on its way. */
  readonly busy: ReadonlySet<string>;
  /** Why the last request for a device was refused as a whole. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  begin(device: string, action: string, reason: string): void;
}

/** One request for one press. What becomes of the command is read from the log, which every window shows alike. */
export function useCommanding(): Commanding {
  const queries = useQueryClient();
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [refusals, setRefusals] = useState<ReadonlyMap<string, Refusal>>(new Map());
  const run = async (device: string, action: string, reason: string) => {
    setBusy((before) => new Set([...before, device]));
    setRefusals((before) => new Map([...before].filter(([name]) => name !== device)));
    try {
      const told = await ask("POST /devices/{device}/commands", { path: { device }, body: { action, reason } });
      queries.setQueryData<Command[]>(LOG, (before = []) => [told, ...before.filter((one) => one.id !== told.id)]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusals((before) => new Map([...before, [device, error]]));
    } finally {
      setBusy((before) => new Set([...before].filter((name) => name !== device)));
      void queries.invalidateQueries({ queryKey: LOG });
      void queries.invalidateQueries({ queryKey: GATES });
    }
  };
  return {
    busy,
    refusals,
    begin: (device, action, reason) => {
      if (!busy.has(device)) void run(device, action, reason);
    },
  };
}
