/** What the plan's parts share: where things stand, which incidents are there, and the stage that they are drawn on. */
import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import type { Cluster, Clusters, Target, Whereabouts } from "./clusters";
import type { Stage, Written } from "./stage";
import type { View } from "./view";

export interface PlanParts {
  readonly clusters: Clusters;
  readonly stage: Stage;
  readonly where: Whereabouts;
}

export const PlanContext = createContext<PlanParts | null>(null);

export function usePlan(): PlanParts {
  const parts = useContext(PlanContext);
  if (parts === null) throw new Error("outside of the plan");
  return parts;
}

/** The incidents at a spot; redrawn when they change, and only then. */
export function useCluster(target: Target): Cluster | null {
  const { clusters } = usePlan();
  const watch = useCallback((watcher: () => void) => clusters.watch(target, watcher), [clusters, target]);
  return useSyncExternalStore(watch, () => clusters.get(target));
}

/** The spots with incidents, the most urgent last. */
export function useTargets(): readonly Target[] {
  const { clusters } = usePlan();
  return useSyncExternalStore(clusters.watchAll, clusters.order);
}

/** The part that is seen, at rest. */
export function useStillView(): View {
  const { stage } = usePlan();
  return useSyncExternalStore(stage.watch, stage.read);
}

/** The names for which there is room. */
export function useNames(): readonly Written[] {
  const { stage } = usePlan();
  return useSyncExternalStore(stage.watch, stage.names);
}

export function useFloorCluster(floor: string): Cluster | null {
  const { clusters } = usePlan();
  return useSyncExternalStore(clusters.watchAll, () => clusters.floor(floor));
}

export function useNowhere(): Cluster | null {
  const { clusters } = usePlan();
  return useSyncExternalStore(clusters.watchAll, clusters.nowhere);
}
