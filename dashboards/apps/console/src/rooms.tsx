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

export const roomWords = words(
  {
    queue: "事件队列",
    plan: "平面图",
    wall: "实时画面",
    gates: "门禁",
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
    gates: "Gates",
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
  { path: "queue", word: "queue", needs: "GET /incidents", page: lazy(() => import("./rooms/queue")) },
  { path: "plan", word: "plan", needs: "GET /estate", page: lazy(() => import("./rooms/plan")) },
  { path: "wall", word: "wall", needs: "GET /cameras/{device}/picture", page: lazy(() => import("./rooms/wall")) },
  { path: "gates", word: "gates", needs: "GET /devices", page: lazy(() => import("./rooms/gates")) },
  { path: "patrol", word: "patrol", needs: "GET /reports/unvisited", page: lazy(() => import("./rooms/patrol")) },
  { path: "duty", word: "duty", needs: "GET /handovers", page: lazy(() => import("./rooms/duty")) },
  { path: "plans", word: "plans", needs: "GET /plans", page: lazy(() => import("./rooms/plans")) },
  { path: "alarms", word: "alarms", needs: "GET /alarms/kpi", page: lazy(() => import("./rooms/alarms")) },
  { path: "estate", word: "estate", needs: "GET /estate/versions", page: lazy(() => import("./rooms/estate")) },
  { path: "people", word: "people", needs: "GET /accounts", page: lazy(() => import("./rooms/people")) },
  { path: "audit", word: "audit", needs: "GET /audit", page: lazy(() => import("./rooms/audit")) },
];
