import { beforeEach, expect, test } from "vitest";
import { type Change, type ChannelState, LiveChannel, type Seams } from "./live";

class Socket {
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  constructor(readonly url: string) {}
  close() {
    this.closed = true;
  }
  says(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

let nowMs = 0;
let timers: { at: number; run: () => void; id: number }[] = [];
let sockets: Socket[] = [];
let told: { changes: Change[]; states: ChannelState[]; snapshots: boolean[] };
let frames: (() => void)[] = [];

const seams: Seams = {
  nowMs: () => nowMs,
  open: (url) => {
    const socket = new Socket(url);
    sockets.push(socket);
    return socket as unknown as WebSocket;
  },
  later: (run, ms) => {
    const id = Math.random();
    timers.push({ at: nowMs + ms, run, id });
    return id;
  },
  forget: (id) => {
    timers = timers.filter((timer) => timer.id !== id);
  },
};

function pass(ms: number): void {
  const until = nowMs + ms;
  for (;;) {
    const next = timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
    if (next === undefined) break;
    timers = timers.filter((timer) => timer !== next);
    nowMs = next.at;
    next.run();
  }
  nowMs = until;
}

function begin(): LiveChannel {
  return new LiveChannel(
    "ws://hub/live",
    {
      snapshot: (_, first) => told.snapshots.push(first),
      changes: (batch) => told.changes.push(...batch),
      state: (state) => told.states.push(state),
      heard: () => undefined,
    },
    (run) => frames.push(run),
    seams,
  );
}

const frame = () => {
  for (const run of frames.splice(0)) run();
};
const change = (pos: number) => ({ type: "change", pos, at: "", topic: "case", key: "1", act: "raised", body: {} });
const last = () => sockets.at(-1) as Socket;

beforeEach(() => {
  [nowMs, timers, sockets, frames] = [0, [], [], []];
  told = { changes: [], states: [], snapshots: [] };
});

test("it comes back with its position, and hears no change twice", () => {
  begin();
  last().says({ type: "snapshot", pos: 41, incidents: [], last: true, more: false });
  last().says(change(42));
  frame();
  last().onclose?.({ code: 1006 });
  pass(1_000);
  expect(last().url).toBe("ws://hub/live?from=42");
  last().says(change(42));
  last().says(change(43));
  frame();
  expect(told.changes.map((one) => one.pos)).toEqual([42, 43]);
});

test("changes of one frame are told together", () => {
  begin();
  last().says({ type: "snapshot", pos: 0, incidents: [], last: true, more: false });
  for (let pos = 1; pos <= 50; pos++) last().says(change(pos));
  expect(told.changes).toEqual([]);
  frame();
  expect(told.changes).toHaveLength(50);
});

test("five seconds without a word are told, and a silent socket is given up", () => {
  begin();
  last().says({ type: "heartbeat", pos: 1, at: "2026-01-01T00:00:00Z" });
  pass(4_900);
  expect(told.states.at(-1)).toBe("live");
  pass(700);
  expect(told.states.at(-1)).toBe("stale");
  const silent = last();
  pass(4_000);
  expect(silent.closed).toBe(true);
  expect(sockets.length).toBeGreaterThan(1);
});

test("a session that ended is told, and not knocked at again", () => {
  begin();
  last().onclose?.({ code: 4001 });
  pass(60_000);
  expect(told.states.at(-1)).toBe("signed_out");
  expect(sockets).toHaveLength(1);
});

test("a position that the hub does not know leads to a snapshot", () => {
  begin();
  last().says({ type: "snapshot", pos: 7, incidents: [], last: true, more: false });
  last().onclose?.({ code: 4022 });
  pass(1_000);
  expect(last().url).toBe("ws://hub/live");
});

test("a picture that breaks off begins anew, and its position counts only when it is whole", () => {
  begin();
  last().says({ type: "snapshot", pos: 7, incidents: [], last: false, more: false });
  last().onclose?.({ code: 1006 });
  pass(1_000);
  expect(last().url).toBe("ws://hub/live");
  last().says({ type: "snapshot", pos: 9, incidents: [], last: false, more: false });
  last().says({ type: "snapshot", pos: 9, incidents: [], last: true, more: false });
  expect(told.snapshots).toEqual([true, true, false]);
});
