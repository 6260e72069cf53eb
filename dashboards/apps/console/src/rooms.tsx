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
  /** Fetches the page's code; it is fetched once. */
  readonly load: Load;
}

type Load = () => Promise<{ default: ComponentType }>;

function loaded(load: Load): Pick<Room, "page" | "load"> {
  return { page: lazy(load), load };
}

export const roomWords = words(
  {
    queue: "事件队列",
    plan: "平面图",
    wall: "实时画面",
    footage: "影像",
    gates: "门禁",
    permits: "通行权限",
    visits: "访客",
    patrol: "巡逻",
    duty: "值守",
    plans: "预案",
    alarms: "报警管理",
    estate: "小区资料",
    people: "账号与采集端",
    audit: "审计日志",
  },
  {
    queue: "Incidents",
    plan: "Plan",
    wall: "Live pictures",
    footage: "Footage",
    gates: "Gates",
    permits: "Permits",
    visits: "Visitors",
    patrol: "Patrols",
    duty: "Duty desk",
    plans: "Emergency plans",
    alarms: "Alarms",
    estate: "Estate",
    people: "Accounts & agents",
    audit: "Audit log",
  },
);

export const ROOMS: readonly Room[] = [
  { path: "queue", word: "queue", needs: "GET /incidents", ...loaded(() => import("./rooms/queue")) },
  { path: "plan", word: "plan", needs: "GET /estate", ...loaded(() => import("./rooms/plan")) },
  { path: "wall", word: "wall", needs: "GET /cameras/{device}/picture", ...loaded(() => import("./rooms/wall")) },
  { path: "footage", word: "footage", needs: "GET /footage/cameras", ...loaded(() => import("./rooms/footage")) },
  { path: "gates", word: "gates", needs: "GET /devices", ...loaded(() => import("./rooms/gates")) },
  { path: "permits", word: "permits", needs: "GET /access/holders", ...loaded(() => import("./rooms/permits")) },
  { path: "visits", word: "visits", needs: "GET /visits", ...loaded(() => import("./rooms/visits")) },
  { path: "patrol", word: "patrol", needs: "GET /reports/unvisited", ...loaded(() => import("./rooms/patrol")) },
  { path: "duty", word: "duty", needs: "GET /handovers", ...loaded(() => import("./rooms/duty")) },
  { path: "plans", word: "plans", needs: "GET /plans", ...loaded(() => import("./rooms/plans")) },
  { path: "alarms", word: "alarms", needs: "GET /alarms/kpi", ...loaded(() => import("./rooms/alarms")) },
  { path: "estate", word: "estate", needs: "GET /estate/versions", ...loaded(() => import("./rooms/estate")) },
  { path: "people", word: "people", needs: "GET /accounts", ...loaded(() => import("./rooms/people")) },
  { path: "audit", word: "audit", needs: "GET /audit", ...loaded(() => import("./rooms/audit")) },
];
