/** The incident that is looked at. All windows of a monitoring room share it: the queue on one monitor, the plan on another. */
type Watcher = () => void;
const CHANNEL = "watchkeeper:selection";
const KEPT = "watchkeeper:selection";

export class Selection {
  private readonly channel = new BroadcastChannel(CHANNEL);
  private readonly watchers = new Set<Watcher>();
  private no: number | null = Number(sessionStorage.getItem(KEPT)) || null;

  constructor() {
    this.channel.onmessage = (event: MessageEvent<{ no: number | null }>) => this.set(event.data.no);
  }

  /** Here and in all other windows. */
  select(no: number | null): void {
    if (no === this.no) return;
    this.channel.postMessage({ no });
    this.set(no);
  }

  readonly read = (): number | null => this.no;

  readonly watch = (watcher: Watcher): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  private set(no: number | null): void {
    this.no = no;
    if (no === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, String(no));
    for (const watcher of this.watchers) watcher();
  }
}
