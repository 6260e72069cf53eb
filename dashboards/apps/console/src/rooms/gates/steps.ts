/** How far a command is, in three steps. Nothing is taken for done: the agent says so, and then the device itself. */
import type { Command, Condition } from "@watchkeeper/api";

/** `missing`: it should have come by now. `same`: the device was like that before, so that nothing can be told from it. */
export type Mark = "none" | "waiting" | "ok" | "failed" | "missing" | "same" | "unknown";

export interface Steps {
  readonly sent: Mark;
  readonly done: Mark;
  readonly seen: Mark;
}

export const ACTIONS: Readonly<Record<string, readonly Action[]>> = {
  barrier: ["open", "close", "stop"],
  door: ["unlock"],
};
export type Action = "open" | "close" | "stop" | "unlock";

/** What the device says of itself once the action is done. A door that was unlocked is opened by somebody, or not. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  open: ["open"],
  close: ["closed"],
  stop: ["open", "closed", "position_unknown"],
  unlock: ["open"],
};
const FEEDBACK_MS = 20_000;
/** A barrier is at its end after some seconds. */
const ANSWER_MS = 20_000;
/** The hub waits for a result for 8 s; one that comes still later is shown when it comes. */

export const ENDED: ReadonlySet<string> = new Set(["done", "refused", "failed", "no_answer"]);

/** The three steps of a command at `nowMs` of the hub's clock. */
export function stepsOf(command: Command, condition: Condition | undefined, nowMs: number): Steps {
  switch (command.phase) {
    case "asked":
      return { sent: old(command, nowMs) ? "unknown" : "waiting", done: "none", seen: "none" };
    case "sent":
      return { sent: "ok", done: old(command, nowMs) ? "unknown" : "waiting", seen: "none" };
    case "done":
      return { sent: "ok", done: "ok", seen: seen(command, condition, nowMs) };
    case "no_answer":
      return { sent: "failed", done: "none", seen: "none" };
    default:
      return { sent: command.detail === "unrecorded" ? "failed" : "ok", done: "failed", seen: "none" };
  }
}

/** Whether it is still being done, so that nothing else is to be asked of the device. */
export function waits(command: Command, nowMs: number): boolean {
  return !ENDED.has(command.phase) && !old(command, nowMs);
}

function old(command: Command, nowMs: number): boolean {
  return nowMs - Date.parse(command.asked_at) > ANSWER_MS;
}

function seen(command: Command, condition: Condition | undefined, nowMs: number): Mark {
  const endedMs = Date.parse(command.ended_at ?? command.asked_at);
  const late = nowMs - endedMs > FEEDBACK_MS;
  if (condition === undefined || condition.since === null) return late ? "missing" : "waiting";
  const expected = (EXPECTED[command.action] ?? []).includes(condition.name);
  if (Date.parse(condition.since) >= Date.parse(command.asked_at)) return expected ? "ok" : late ? "missing" : "waiting";
  return expected ? "same" : late ? "missing" : "waiting";
}
