/** The lists of a day, in the order in which somebody has to look at them. Pure. */
import type { VisitView } from "@watchkeeper/api";

export interface List {
  readonly word: "overstays" | "waiting" | "confirmed" | "inside" | "ended";
  readonly visits: readonly VisitView[];
}

const OVER: ReadonlySet<string> = new Set(["refused", "cancelled", "left", "closed"]);

export function isOver(visit: VisitView): boolean {
  return OVER.has(visit.state);
}

/** `inside`, `before`: those that are not over, as the hub lists them; `today`: those that were registered today. */
export function listed(inside: readonly VisitView[], before: readonly VisitView[], today: readonly VisitView[]): readonly List[] {
  const due = (one: VisitView) => (one.due_at === null ? Number.POSITIVE_INFINITY : Date.parse(one.due_at));
  // what ends first stands first; one that overstays longest is the first of its list
  const soonest = (all: readonly VisitView[]) => all.toSorted((a, b) => due(a) - due(b));
  const lists: readonly List[] = [
    { word: "overstays", visits: soonest(inside.filter((one) => one.state === "overstayed")) },
    { word: "waiting", visits: soonest(before.filter((one) => one.state !== "confirmed")) },
    { word: "confirmed", visits: soonest(before.filter((one) => one.state === "confirmed")) },
    { word: "inside", visits: soonest(inside.filter((one) => one.state !== "overstayed")) },
    { word: "ended", visits: today.filter(isOver) },
  ];
  return lists.filter((one) => one.word !== "overstays" || one.visits.length > 0);
}
