/** What the room asks, and the incidents summed by where they stand. Readings are on no live channel, so devices are asked again. */
import { useQuery } from "@tanstack/react-query";
import { ask, type Incident } from "@watchkeeper/api";
import { useEffect, useMemo, useState } from "react";
import { useLive } from "../../live/provider";
import { Clusters, summed, Whereabouts } from "./clusters";
import type { PlanParts } from "./context";
import { type Layout, layoutOf, type Spot, type Thing, thingsOf } from "./layout";
import { Stage } from "./stage";

const DEVICES_EVERY_MS = 5_000;
const AGENTS_EVERY_MS = 5_000;
const EVENTS = 8;

export function useEstate() {
  return useQuery({ queryKey: ["estate", "now"], queryFn: () => ask("GET /estate") });
}

export function useDevices() {
  return useQuery({
    queryKey: ["devices", "all"],
    queryFn: () => ask("GET /devices").then((found) => found.devices),
    refetchInterval: DEVICES_EVERY_MS,
  });
}

/** The device's newest events; asked as often as the devices are. */
export function useEvents(device: string, enabled: boolean) {
  return useQuery({
    queryKey: ["devices", "one", device],
    queryFn: () => ask("GET /devices/{device}", { path: { device }, query: { limit: EVENTS } }).then((found) => found.events),
    refetchInterval: DEVICES_EVERY_MS,
    enabled,
  });
}

export function useAgents(enabled: boolean) {
  return useQuery({
    queryKey: ["agents", "plan"],
    queryFn: () => ask("GET /agents").then((found) => found.agents),
    refetchInterval: AGENTS_EVERY_MS,
    enabled,
  });
}

export interface Plan {
  readonly layout: Layout;
  readonly things: readonly Thing[];
  readonly parts: PlanParts;
}

/** The estate with its devices, and the incidents on it kept up to date. Null until the first answers. */
export function usePlanData(estate: ReturnType<typeof useEstate>, devices: ReturnType<typeof useDevices>): Plan | null {
  const { incidents } = useLive();
  const [parts] = useState<PlanParts>(() => ({ clusters: new Clusters(), stage: new Stage(), where: new Whereabouts() }));
  const layout = useMemo(() => (estate.data === undefined ? null : layoutOf(estate.data)), [estate.data]);
  const things = useMemo(
    () => (estate.data === undefined || layout === null ? [] : thingsOf(estate.data, devices.data ?? [], layout)),
    [estate.data, devices.data, layout],
  );
  // known before anything is drawn: who asks where an incident is, is told at once
  useMemo(() => {
    const spots = things.flatMap((thing): [string, Spot][] => (thing.spot === null ? [] : [[thing.id, thing.spot]]));
    parts.where.take(new Map(spots), layout?.places ?? new Map());
  }, [parts, things, layout]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `things` and `layout` say that things stand elsewhere
  useEffect(() => {
    const sum = () => {
      const all = incidents.numbers().flatMap((no): Incident | [] => incidents.get(no) ?? []);
      parts.clusters.take(summed(all, parts.where));
      parts.stage.settle();
    };
    sum();
    return incidents.watchAll(sum);
  }, [incidents, parts, things, layout]);
  return useMemo(
    () => (layout === null || devices.data === undefined ? null : { layout, things, parts }),
    [layout, things, parts, devices.data],
  );
}
