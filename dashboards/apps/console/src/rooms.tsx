/** The rooms of the console: one row each. Who may not ask what a room shows is not led there. */
import type { Route } from "@watchkeeper/api";
import { words } from "@watchkeeper/ui";
import { type ComponentType, type LazyExoticComponent, lazy } from "react";

export interface Room {
  readonly path: string;
  readonly word: keyof typeof roomWords.zh;
  /** What one has to be allowed to ask, to find anything there. */
  readonly needs: Route;
  readonly page: LazyExoticComponent<ComponentType>;
}

export const roomWords = words({ queue: "事件队列", estate: "小区资料" }, { queue: "Incidents", estate: "Estate" });

export const ROOMS: readonly Room[] = [
  { path: "queue", word: "queue", needs: "GET /incidents", page: lazy(() => import("./rooms/queue")) },
  { path: "estate", word: "estate", needs: "GET /estate/versions", page: lazy(() => import("./rooms/estate")) },
];
