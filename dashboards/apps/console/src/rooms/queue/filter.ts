/** Which incidents the list is to show. Pure. */
import type { Incident } from "@watchkeeper/api";

export type View = "live" | "shelved" | "held" | "ended";
export interface Filter {
  readonly view: View;
  /** None: all. */
  readonly priorities: readonly number[];
  readonly text: string;
}
export const EVERYTHING: Filter = { view: "live", priorities: [], text: "" };

export function viewOf(incident: Incident): View {
  if (!incident.live) return "ended";
  return incident.state === "shelved" || incident.state === "held" ? incident.state : "live";
}

export function fits(incident: Incident, filter: Filter): boolean {
  return (
    viewOf(incident) === filter.view &&
    (filter.priorities.length === 0 || filter.priorities.includes(incident.priority)) &&
    matches(incident, filter.text)
  );
}

function matches(incident: Incident, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return true;
  if (/^#?\d+$/.test(wanted)) return String(incident.no).startsWith(wanted.replace("#", ""));
  return [incident.title_zh, incident.title_en, incident.place, incident.device, incident.clause].some((field) =>
    field.toLowerCase().includes(wanted),
  );
}

/** With a priority's key pressed: it alone, and pressed again, all. */
export function toggled(filter: Filter, priority: number): Filter {
  const alone = filter.priorities.length === 1 && filter.priorities[0] === priority;
  return { ...filter, priorities: alone ? [] : [priority] };
}
