/** The gates in their order: numbered as the estate's file has them, and shown by place. */
import type { Command, DeviceState } from "@watchkeeper/api";

export interface Gate {
  readonly number: number;
  readonly device: DeviceState;
}

export interface AtPlace {
  readonly place: string;
  readonly gates: readonly Gate[];
}

const KINDS: ReadonlySet<string> = new Set(["barrier", "door"]);

/** What can be commanded, numbered from 1. */
export function gatesOf(devices: readonly DeviceState[]): readonly Gate[] {
  return devices.filter((device) => KINDS.has(device.kind)).map((device, at) => ({ number: at + 1, device }));
}

/** The same by place, in the order in which places first come. */
export function byPlace(gates: readonly Gate[]): readonly AtPlace[] {
  const places = new Map<string, Gate[]>();
  for (const gate of gates) {
    const there = places.get(gate.device.place);
    if (there === undefined) places.set(gate.device.place, [gate]);
    else there.push(gate);
  }
  return [...places].map(([place, at]) => ({ place, gates: at }));
}

const REASONS_MAX = 6;

/** Reasons given lately, each once, the newest first. */
export function recentReasons(commands: readonly Command[]): readonly string[] {
  return [...new Set(commands.map((command) => command.reason.trim()))].filter((one) => one !== "").slice(0, REASONS_MAX);
}

/** The gate one step on in the order shown; the first where none is chosen. */
export function nextGate(gates: readonly Gate[], number: number | null, step: 1 | -1): number | null {
  const shown = byPlace(gates).flatMap((place) => place.gates);
  const at = shown.findIndex((gate) => gate.number === number);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1);
  return shown[next]?.number ?? null;
}
