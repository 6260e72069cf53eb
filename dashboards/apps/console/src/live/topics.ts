/** Which questions to ask anew when something changed. What a room asks under these names is never older than the live channel. */
import type { QueryClient } from "@tanstack/react-query";
import type { Change } from "@watchkeeper/api";

/** By topic of the change log: the first word of the queries' keys. */
const RENEWS: Readonly<Record<string, readonly string[]>> = {
  case: ["incident"],
  picture: ["incident", "wall"],
  flood: ["alarms"],
  silence: ["alarms"],
  maintenance: ["alarms", "maintenance"],
  device: ["devices"],
  agent: ["devices", "agents"],
  command: ["commands"],
  tag: ["tags"],
  duty: ["windows", "compliance", "check-in", "records"],
  roster: ["roster"],
  occasion: ["occasions"],
  plan: ["plan-run", "plans"],
  handover: ["handovers"],
  key: ["keys"],
  access: ["access"],
  call: ["calls"],
  estate: ["estate", "devices", "drawings"],
  account: ["accounts"],
  gate: ["gates", "passages", "presence", "reconciliation"],
  watch: ["watch-list"],
  visit: ["visits", "visit-places"],
  delivery: ["deliveries", "visits"],
};
const AT_MOST_EVERY_MS = 1_000;

/** Renews at most once a second for each name, the last change included: 50 changes a second ask one question a second. */
export class Renewing {
  private readonly due = new Map<string, number>();

  constructor(private readonly queries: QueryClient) {}

  take(changes: readonly Change[]): void {
    for (const change of changes) {
      for (const name of RENEWS[change.topic] ?? []) {
        // of an incident only its own detail changes
        const key = name === "incident" && change.topic === "case" ? [name, Number(change.key)] : [name];
        this.renew(key);
      }
    }
  }

  /** The channel began anew: what happened meanwhile is unknown. */
  renewAll(): void {
    void this.queries.invalidateQueries();
  }

  private renew(key: readonly (string | number)[]): void {
    const name = key.join("/");
    if (this.due.has(name)) return;
    const run = () => {
      this.due.delete(name);
      void this.queries.invalidateQueries({ queryKey: key });
    };
    this.due.set(name, window.setTimeout(run, this.recently(name) ? AT_MOST_EVERY_MS : 0));
    this.asked.set(name, performance.now());
  }

  private readonly asked = new Map<string, number>();

  private recently(name: string): boolean {
    return performance.now() - (this.asked.get(name) ?? Number.NEGATIVE_INFINITY) < AT_MOST_EVERY_MS;
  }
}
