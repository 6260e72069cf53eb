/** The live incidents as this window knows them: one entry a row, each told to its own watchers, so that 50 changes a second
 * redraw only the rows that changed. */
import type { Change, Incident } from "@watchkeeper/api";

type Watcher = () => void;

export class Incidents {
  private rows = new Map<number, Incident>();
  private building: Map<number, Incident> | null = null;
  private of = new Map<number, Set<Watcher>>();
  private all = new Set<Watcher>();
  private list: readonly number[] = [];
  private count = 0;
  private cut = false;

  /** A chunk of the whole picture. It takes effect when the last one is there, so that no row vanishes meanwhile. */
  snapshot(chunk: readonly Incident[], first: boolean, last: boolean, more = false): void {
    if (first || this.building === null) this.building = new Map();
    for (const incident of chunk) this.building.set(incident.no, incident);
    if (!last) return;
    this.cut = more;
    const before = this.rows;
    // a picture holds live ones alone; what has ended and was asked for stays
    for (const [no, row] of before) if (!row.live && !this.building.has(no)) this.building.set(no, row);
    this.rows = this.building;
    this.building = null;
    this.tell([...new Set([...before.keys(), ...this.rows.keys()])]);
  }

  /** Changes in their order. An older version than the one that is known says nothing new. */
  take(changes: readonly Change[]): void {
    const touched = new Set<number>();
    for (const change of changes) {
      if (change.topic !== "case") continue;
      const incident = change.body as Incident;
      const known = this.rows.get(incident.no);
      if (known !== undefined && known.version >= incident.version) continue;
      this.rows.set(incident.no, incident);
      touched.add(incident.no);
    }
    this.forget();
    this.tell([...touched]);
  }

  /** What an answer says, an act's own or a list's, so that a row does not wait for the channel. */
  put(...incidents: readonly Incident[]): void {
    this.take(incidents.map((body) => ({ pos: 0, at: "", topic: "case", key: String(body.no), act: "", body })));
  }

  /** There are more live ones than a picture holds. */
  get truncated(): boolean {
    return this.cut;
  }

  get(no: number): Incident | undefined {
    return this.rows.get(no);
  }

  /** Numbers of all that are known, newest first. Ended ones stay until there are too many. */
  numbers(): readonly number[] {
    return this.list;
  }

  /** Grows with each batch that changed anything. */
  get changes(): number {
    return this.count;
  }

  watch(no: number, watcher: Watcher): () => void {
    const watchers = this.of.get(no) ?? new Set();
    this.of.set(no, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.of.delete(no);
    };
  }

  readonly watchAll = (watcher: Watcher): (() => void) => {
    this.all.add(watcher);
    return () => this.all.delete(watcher);
  };

  private forget(): void {
    if (this.rows.size <= ENDED_MAX + LIVE_MAX) return;
    for (const [no, row] of this.rows) {
      if (this.rows.size <= LIVE_MAX) break;
      if (!row.live) this.rows.delete(no);
    }
  }

  private tell(touched: readonly number[]): void {
    if (touched.length === 0) return;
    this.list = [...this.rows.keys()].sort((a, b) => b - a);
    this.count += 1;
    for (const no of touched) for (const watcher of this.of.get(no) ?? []) watcher();
    for (const watcher of this.all) watcher();
  }
}

const LIVE_MAX = 6_000;
/** The channel's own limit of a picture is 5,000. */
const ENDED_MAX = 500;
