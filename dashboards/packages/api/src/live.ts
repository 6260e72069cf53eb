/** The live channel: a WebSocket that resumes from its position, so that nothing is missed and nothing comes twice. */

export interface Change {
  pos: number;
  at: string;
  topic: string;
  key: string;
  act: string;
  body: unknown;
}
export interface Snapshot {
  pos: number;
  incidents: readonly unknown[];
  last: boolean;
  more: boolean;
}
export type ChannelState = "connecting" | "live" | "stale" | "signed_out";

/** What the channel tells. `snapshot` begins with an empty list where the whole picture is told anew. */
export interface Listener {
  snapshot(chunk: Snapshot, first: boolean): void;
  changes(batch: readonly Change[]): void;
  state(state: ChannelState, silentSinceMs: number): void;
  heard(atIso: string): void;
}

/** The seams: a clock, a socket and a timer, so that a test can drive them. */
export interface Seams {
  nowMs(): number;
  open(url: string): WebSocket;
  later(run: () => void, ms: number): number;
  forget(timer: number): void;
}

export const STALE_MS = 5_000;
const CHECK_MS = 500;
const BACKOFF_MS = [0, 500, 1_000, 2_000, 4_000];
/** Each up to half as long again, so that six windows do not come back at once. */
const CONNECT_MS = 8_000;
const SIGNED_OUT = 4001;
const BAD_POSITION = 4022;
const PENDING_MAX = 20_000;
/** Changes that wait for the next frame. A window that draws no frame for so long starts anew from a snapshot. */

export const browserSeams: Seams = {
  nowMs: () => performance.now(),
  open: (url) => new WebSocket(url),
  later: (run, ms) => window.setTimeout(run, ms),
  forget: (timer) => window.clearTimeout(timer),
};

/** A channel that is open until `close`. Changes are told in batches, at most one a frame. */
export class LiveChannel {
  private socket: WebSocket | null = null;
  private pos: number | null = null;
  private failures = 0;
  private heardMs: number;
  private current: ChannelState = "connecting";
  private inSnapshot = false;
  private pending: Change[] = [];
  private flushing = false;
  private timers = new Set<number>();
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
    private readonly frame: (run: () => void) => void,
    private readonly seams: Seams = browserSeams,
  ) {
    this.heardMs = seams.nowMs();
    this.connect();
    this.watch();
  }

  /** For good. */
  close(): void {
    this.closed = true;
    for (const timer of this.timers) this.seams.forget(timer);
    this.timers.clear();
    this.socket?.close();
  }

  /** Try at once: somebody pressed the button, or has signed in again. */
  retry(): void {
    if (this.socket === null || this.current === "signed_out") {
      this.failures = 0;
      this.connect();
    }
  }

  private after(run: () => void, ms: number): void {
    const timer = this.seams.later(() => {
      this.timers.delete(timer);
      if (!this.closed) run();
    }, ms);
    this.timers.add(timer);
  }

  private watch(): void {
    this.after(() => {
      const silent = this.seams.nowMs() - this.heardMs;
      if (silent >= STALE_MS && this.current !== "signed_out") {
        this.say("stale");
        if (this.socket !== null && silent >= Math.max(STALE_MS, CONNECT_MS)) this.drop(this.socket);
      }
      this.watch();
    }, CHECK_MS);
  }

  private connect(): void {
    if (this.closed || this.socket !== null) return;
    const socket = this.seams.open(this.pos === null ? this.url : `${this.url}?from=${this.pos}`);
    this.socket = socket;
    if (this.current === "signed_out") this.say("connecting");
    socket.onmessage = (event) => {
      if (this.socket === socket) this.take(String(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.gone(event.code);
    };
  }

  /** A socket that is open and silent is as good as dead: half-open connections are told by nobody. */
  private drop(socket: WebSocket): void {
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
    this.heardMs = Math.min(this.heardMs, this.seams.nowMs() - STALE_MS);
    this.gone(1006);
  }

  private gone(code: number): void {
    this.socket = null;
    this.inSnapshot = false;
    if (this.closed) return;
    if (code === BAD_POSITION) this.pos = null;
    if (code === SIGNED_OUT || code === 1008 || code === 4003) {
      this.say("signed_out");
      return;
    }
    const base = BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length - 1)] ?? 0;
    this.failures += 1;
    this.after(() => this.connect(), base * (1 + Math.random() / 2));
  }

  private take(text: string): void {
    const message = JSON.parse(text) as { type: string; pos: number; at?: string } & Snapshot & Change;
    this.heardMs = this.seams.nowMs();
    this.failures = 0;
    this.say("live");
    if (message.at !== undefined && message.type === "heartbeat") this.listener.heard(message.at);
    if (message.type === "snapshot") this.takeSnapshot(message);
    else if (message.type === "change") this.takeChange(message);
    this.pos = message.type === "snapshot" && !message.last ? this.pos : message.pos;
  }

  private takeSnapshot(message: Snapshot): void {
    this.pending = [];
    this.listener.snapshot(message, !this.inSnapshot);
    this.inSnapshot = !message.last;
  }

  private takeChange(message: Change): void {
    if (this.pos !== null && message.pos <= this.pos) return;
    this.pending.push(message);
    if (this.pending.length > PENDING_MAX) {
      this.pending = [];
      this.pos = null;
      this.socket?.close();
      return;
    }
    if (!this.flushing) {
      this.flushing = true;
      this.frame(() => this.flush());
    }
  }

  private flush(): void {
    this.flushing = false;
    const batch = this.pending;
    this.pending = [];
    if (batch.length > 0 && !this.closed) this.listener.changes(batch);
  }

  private say(state: ChannelState): void {
    if (state === this.current && state !== "stale") return;
    this.current = state;
    this.listener.state(state, this.heardMs);
  }
}
