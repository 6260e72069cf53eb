/** Which incidents stand where on the plan: those of one spot together, and of a floor in sum. Each spot tells its own watchers. */
import type { Incident } from "@watchkeeper/api";
import type { Point, Spot } from "./layout";

/** What is shown at a spot. `no`: the most urgent incident; `calling`: nobody has one of them yet. */
export interface Cluster {
  readonly no: number;
  readonly priority: number;
  readonly alarm: string;
  readonly calling: boolean;
  readonly count: number;
}

/** Where an incident is: at a thing by its id, at a place by `@` and the place's id; null: nowhere on the plan. */
export type Target = string;
export const PLACE = "@";

/** Where things stand: always the same object, so that nothing is drawn anew because one of them was asked for again. */
export class Whereabouts {
  private things: ReadonlyMap<string, Spot> = new Map();
  private places: ReadonlyMap<string, { readonly spot: Spot | null }> = new Map();

  take(things: ReadonlyMap<string, Spot>, places: ReadonlyMap<string, { readonly spot: Spot | null }>): void {
    [this.things, this.places] = [things, places];
  }

  thing(id: string): Spot | null {
    return this.things.get(id) ?? null;
  }

  place(id: string): Spot | null {
    return this.places.get(id)?.spot ?? null;
  }
}

/** An incident stands at its device; where that is not on the plan, at its place. */
export function targetOf(incident: Pick<Incident, "device" | "place">, where: Whereabouts): Target | null {
  if (where.thing(incident.device) !== null) return incident.device;
  return where.place(incident.place) === null ? null : PLACE + incident.place;
}

export function spotAt(target: Target, where: Whereabouts): Spot | null {
  return target.startsWith(PLACE) ? where.place(target.slice(PLACE.length)) : where.thing(target);
}

/** Shelved ones and those of a maintenance window have lists of their own: nobody is to act on them now. */
export function counts(incident: Incident): boolean {
  return incident.live && incident.state !== "shelved" && incident.state !== "held";
}

const calls = (incident: Incident) => incident.alarm.startsWith("unacknowledged");

/** Negative where the first is more urgent: by priority, then what nobody has, then the newest. */
export function urgency(a: Incident, b: Incident): number {
  return a.priority - b.priority || Number(calls(b)) - Number(calls(a)) || b.no - a.no;
}

export function clustered(incidents: readonly Incident[]): Cluster | null {
  const [worst] = [...incidents].sort(urgency);
  if (worst === undefined) return null;
  const { no, priority, alarm } = worst;
  return { no, priority, alarm, calling: incidents.some((one) => one.alarm === "unacknowledged"), count: incidents.length };
}

/** The incidents of several spots together; `worst` is the most urgent spot's. */
export function together(worst: Cluster, others: readonly Cluster[]): Cluster {
  const count = others.reduce((sum, one) => sum + one.count, worst.count);
  return { ...worst, count, calling: worst.calling || others.some((one) => one.calling) };
}

/** Spots that are drawn over each other, together: the most urgent of them stands for all. The most urgent last, as they are drawn.
 * Where they are, and how far they have to be from each other, in pixels of the screen. */
export function gathered(
  targets: readonly Target[],
  at: (target: Target) => Point | null,
  apartPx: number,
): readonly (readonly [Target, ...Target[]])[] {
  const groups: { lead: Point; members: [Target, ...Target[]] }[] = [];
  for (const target of [...targets].reverse()) {
    const point = at(target);
    if (point === null) continue;
    const near = groups.find(({ lead }) => Math.hypot(lead.x - point.x, lead.y - point.y) < apartPx);
    if (near === undefined) groups.push({ lead: point, members: [target] });
    else near.members.push(target);
  }
  return groups.map(({ members }) => members).reverse();
}

export interface Sums {
  readonly targets: ReadonlyMap<Target, Cluster>;
  readonly floors: ReadonlyMap<string, Cluster>;
  /** Live ones that have no place on the plan. */
  readonly nowhere: Cluster | null;
}

export function summed(incidents: readonly Incident[], where: Whereabouts): Sums {
  const [targets, floors, nowhere] = [new Map<Target, Incident[]>(), new Map<string, Incident[]>(), [] as Incident[]];
  for (const incident of incidents) {
    if (!counts(incident)) continue;
    const target = targetOf(incident, where);
    const spot = target === null ? null : spotAt(target, where);
    if (target === null || spot === null) nowhere.push(incident);
    else {
      added(targets, target, incident);
      added(floors, spot.floor, incident);
    }
  }
  return { targets: each(targets), floors: each(floors), nowhere: clustered(nowhere) };
}

function added(groups: Map<string, Incident[]>, key: string, incident: Incident): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [incident]);
  else group.push(incident);
}

function each(groups: ReadonlyMap<string, readonly Incident[]>): ReadonlyMap<string, Cluster> {
  return new Map([...groups].flatMap(([key, group]) => [[key, clustered(group)] as const]).filter(isThere));
}

function isThere(entry: readonly [string, Cluster | null]): entry is readonly [string, Cluster] {
  return entry[1] !== null;
}

export function same(a: Cluster | null | undefined, b: Cluster | null | undefined): boolean {
  if (!a || !b) return !a && !b;
  return a.no === b.no && a.priority === b.priority && a.alarm === b.alarm && a.calling === b.calling && a.count === b.count;
}

type Watcher = () => void;
const NOTHING: Sums = { targets: new Map(), floors: new Map(), nowhere: null };

/** The sums that are shown. A cluster that is as it was stays the same object, and its watchers hear nothing. */
export class Clusters {
  private sums = NOTHING;
  private urgent: readonly Target[] = [];
  private readonly of = new Map<Target, Set<Watcher>>();
  private readonly all = new Set<Watcher>();

  take(sums: Sums): void {
    const before = this.sums;
    const targets = kept(before.targets, sums.targets);
    const nowhere = same(before.nowhere, sums.nowhere) ? before.nowhere : sums.nowhere;
    this.sums = { targets, floors: kept(before.floors, sums.floors), nowhere };
    const touched = [...new Set([...before.targets.keys(), ...targets.keys()])].filter(
      (target) => before.targets.get(target) !== targets.get(target),
    );
    if (touched.length > 0) this.urgent = ordered(targets);
    for (const target of touched) for (const watcher of this.of.get(target) ?? []) watcher();
    if (touched.length > 0 || nowhere !== before.nowhere) for (const watcher of this.all) watcher();
  }

  readonly get = (target: Target): Cluster | null => this.sums.targets.get(target) ?? null;
  readonly floor = (id: string): Cluster | null => this.sums.floors.get(id) ?? null;
  readonly nowhere = (): Cluster | null => this.sums.nowhere;
  /** The spots with incidents, the most urgent last, as they are drawn. */
  readonly order = (): readonly Target[] => this.urgent;

  watch(target: Target, watcher: Watcher): () => void {
    const watchers = this.of.get(target) ?? new Set();
    this.of.set(target, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.of.delete(target);
    };
  }

  readonly watchAll = (watcher: Watcher): (() => void) => {
    this.all.add(watcher);
    return () => this.all.delete(watcher);
  };
}

function kept(before: ReadonlyMap<string, Cluster>, after: ReadonlyMap<string, Cluster>): ReadonlyMap<string, Cluster> {
  return new Map(
    [...after].map(([key, cluster]) => {
      const old = before.get(key);
      return [key, old !== undefined && same(old, cluster) ? old : cluster];
    }),
  );
}

/** The most urgent last; among equals in the order of their names, so that nothing moves without need. */
function ordered(targets: ReadonlyMap<Target, Cluster>): readonly Target[] {
  return [...targets].sort(([a, one], [b, two]) => two.priority - one.priority || (a < b ? -1 : 1)).map(([target]) => target);
}
