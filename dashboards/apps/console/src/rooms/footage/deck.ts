/** Up to four players on one time. A tick decides by sync.ts; what is on the screen reads a snapshot of it. */
import { Player, type Trouble } from "./player";
import { correction, faster, holdsAll, leader, type Speed, type Standing, waited } from "./sync";

export interface Source {
  readonly device: string;
  /** The playlist's address. */
  readonly playlist: string;
  readonly stream: "main" | "sub";
}

export interface Shown {
  readonly device: string;
  readonly standing: Standing;
  readonly trouble: Trouble | null;
  /** Of a hole: when there is footage again; null: not any more in this view. */
  readonly nextMs: number | null;
}

export interface DeckState {
  readonly atMs: number;
  readonly isPlaying: boolean;
  /** All stand still for one that loads. */
  readonly isHeld: boolean;
  readonly speed: Speed;
  readonly shown: readonly Shown[];
  /** The hole over which all have gone just now, for there is nothing of it to see; null: none. */
  readonly skipped: { readonly fromMs: number; readonly toMs: number } | null;
}

const TICK_MS = 100;
/** One player that has come so much farther than its speed has leapt over a hole. */
const LEAP_MS = 1_000;
const LATE_TICK_MS = 1_000;

export class Deck {
  readonly players: readonly Player[];
  private readonly watchers = new Set<() => void>();
  private readonly timer: number;
  private waits: readonly number[];
  private soughtAt: number[];
  private first = -1;
  private tickedAt = performance.now();
  private isTicking = false;
  private state: DeckState;

  /** `span`: what may be looked at. It begins to play at `atMs`. */
  constructor(
    readonly sources: readonly Source[],
    private readonly span: { readonly fromMs: number; readonly toMs: number },
    atMs: number,
  ) {
    this.players = sources.map((one) => new Player(one.playlist, atMs, () => this.tick()));
    this.waits = sources.map(() => 0);
    this.soughtAt = sources.map(() => 0);
    this.state = { atMs, isPlaying: true, isHeld: true, speed: 1, shown: this.standings(atMs), skipped: null };
    this.timer = window.setInterval(() => this.tick(), TICK_MS);
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly read = (): DeckState => this.state;

  close(): void {
    window.clearInterval(this.timer);
    for (const player of this.players) player.close();
  }

  playOrPause(): void {
    const isOver = this.state.atMs >= this.span.toMs - 1;
    if (isOver && !this.state.isPlaying) this.place(this.span.fromMs);
    this.set({ isPlaying: !this.state.isPlaying, skipped: null });
    this.tick();
  }

  pause(): void {
    this.set({ isPlaying: false });
    this.tick();
  }

  /** Go to a time, within what may be looked at. */
  seek(atMs: number): void {
    this.place(atMs);
    this.tick();
  }

  private place(atMs: number): void {
    const { fromMs, toMs } = this.span;
    const to = Math.max(fromMs, Math.min(toMs - 1, atMs));
    this.first = -1;
    this.soughtAt = this.soughtAt.map(() => performance.now());
    for (const player of this.players) player.seek(to);
    this.set({ atMs: to, skipped: null });
  }

  by(ms: number): void {
    this.seek(this.state.atMs + ms);
  }

  /** One picture on or back, of the camera that has most of them. */
  step(step: 1 | -1): void {
    const shortest = Math.min(...this.players.map((one) => one.frameMs));
    this.set({ isPlaying: false });
    this.by(step * shortest);
  }

  faster(step: 1 | -1): void {
    this.setSpeed(faster(this.state.speed, step));
  }

  setSpeed(speed: Speed): void {
    this.set({ speed });
    this.tick();
  }

  /** When that was filmed which each shows, at one moment; null: it shows nothing. */
  walls(): readonly (number | null)[] {
    return this.players.map((one) => one.wallMs());
  }

  private tick(): void {
    if (!this.isTicking) {
      this.isTicking = true;
      this.turn();
      this.isTicking = false;
    }
    for (const watcher of this.watchers) watcher();
  }

  private turn(): void {
    const now = performance.now();
    const tickMs = now - this.tickedAt;
    this.tickedAt = now;
    const { isPlaying, speed } = this.state;
    const atMs = this.follow(tickMs);
    const shown = this.standings(atMs);
    const standings = shown.map((one) => one.standing);
    this.waits = waited(standings, this.waits, Math.min(tickMs, LATE_TICK_MS));
    const isHeld = holdsAll(standings, this.waits);
    this.first = leader(standings, this.first);
    this.set({ atMs, shown, isHeld });
    const isOver = atMs >= this.span.toMs - 1;
    if (!isPlaying || isHeld || isOver) {
      for (const player of this.players) player.stop();
      if (isHeld || isPlaying) this.gather(atMs, standings, now);
      if (isOver && isPlaying) this.set({ isPlaying: false });
      return;
    }
    if (this.first === -1) this.leap(shown, atMs);
    else this.run(atMs, speed, standings, now);
  }

  /** The time that all show: the leader's own, as long as it has leapt over nothing. */
  private follow(tickMs: number): number {
    const { atMs, isPlaying, isHeld, speed } = this.state;
    const wall = isPlaying && !isHeld ? this.players[this.first]?.wallMs() : null;
    if (wall === null || wall === undefined || wall < atMs) return atMs;
    const leapt = wall - atMs > tickMs * speed + LEAP_MS;
    if (!leapt) return wall;
    // it has come to the end of what was filmed and gone on with what comes next: for the others it is not yet so late
    const others = this.players.some((one, at) => at !== this.first && one.place(atMs + tickMs * speed).there);
    if (!others) {
      this.set({ skipped: { fromMs: atMs, toMs: wall } });
      return wall;
    }
    return atMs;
  }

  private standings(atMs: number): readonly Shown[] {
    return this.players.map((player, at) => {
      const place = player.place(atMs);
      return {
        device: this.sources[at]?.device ?? "",
        standing: player.standing(atMs),
        trouble: player.trouble,
        nextMs: place.there ? null : place.nextMs,
      };
    });
  }

  /** While all stand still, each that shows another time is sent to this one. */
  private gather(atMs: number, standings: readonly Standing[], now: number): void {
    for (const [at, player] of this.players.entries()) {
      const wall = player.wallMs();
      if (standings[at] !== "ready" || wall === null || now - (this.soughtAt[at] ?? 0) < 500) continue;
      if (Math.abs(wall - atMs) > Math.max(60, player.frameMs)) this.send(at, atMs, now);
    }
  }

  private run(atMs: number, speed: Speed, standings: readonly Standing[], now: number): void {
    for (const [at, player] of this.players.entries()) {
      if (standings[at] === "hole") this.await(at, atMs, now);
      else if (standings[at] !== "ready") player.stop();
      else if (at === this.first) player.run(speed);
      else {
        const todo = correction(atMs - (player.wallMs() ?? atMs), speed, now - (this.soughtAt[at] ?? 0));
        if (todo.how === "seek") this.send(at, atMs, now);
        player.run(todo.how === "seek" ? speed : todo.rate);
      }
    }
  }

  /** In a hole a player stands at what comes after it, loaded and still. */
  private await(at: number, atMs: number, now: number): void {
    const player = this.players[at];
    const place = player?.place(atMs);
    player?.stop();
    if (player === undefined || place === undefined || place.there || place.nextMs === null) return;
    const wall = player.wallMs();
    if (wall !== null && Math.abs(wall - place.nextMs) > 500 && now - (this.soughtAt[at] ?? 0) > 500)
      this.send(at, place.nextMs, now);
  }

  private send(at: number, ms: number, now: number): void {
    this.soughtAt[at] = now;
    this.players[at]?.seek(ms);
  }

  /** Nobody has anything to show: all go to what comes next, or it is over. */
  private leap(shown: readonly Shown[], atMs: number): void {
    const next = Math.min(...shown.flatMap((one) => (one.standing === "hole" && one.nextMs !== null ? one.nextMs : [])));
    if (!Number.isFinite(next)) {
      if (!this.players.some((one) => one.trouble === null && one.grows())) this.set({ isPlaying: false });
      return;
    }
    this.place(next);
    this.set({ skipped: { fromMs: atMs, toMs: next } });
  }

  private set(changed: Partial<DeckState>): void {
    this.state = { ...this.state, ...changed };
  }
}
