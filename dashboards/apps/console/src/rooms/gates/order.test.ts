import type { Command, DeviceState } from "@watchkeeper/api";
import { describe, expect, it } from "vitest";
import { byPlace, gatesOf, nextGate, recentReasons } from "./order";

function device(id: string, kind: string, place: string): DeviceState {
  return { id, kind, place } as DeviceState;
}

const DEVICES = [
  device("barrier-1", "barrier", "south"),
  device("camera-1", "camera", "south"),
  device("door-1", "door", "lobby"),
  device("barrier-2", "barrier", "south"),
];

describe("the order of gates", () => {
  it("numbers what can be commanded as the estate has it, and shows it by place", () => {
    const gates = gatesOf(DEVICES);
    expect(gates.map((gate) => [gate.number, gate.device.id])).toEqual([
      [1, "barrier-1"],
      [2, "door-1"],
      [3, "barrier-2"],
    ]);
    expect(byPlace(gates).map((at) => [at.place, at.gates.map((gate) => gate.number)])).toEqual([
      ["south", [1, 3]],
      ["lobby", [2]],
    ]);
  });

  it("steps in the order shown, and stays at its ends", () => {
    const gates = gatesOf(DEVICES);
    expect(nextGate(gates, null, 1)).toBe(1);
    expect(nextGate(gates, 1, 1)).toBe(3);
    expect(nextGate(gates, 2, 1)).toBe(2);
    expect(nextGate(gates, 1, -1)).toBe(1);
    expect(nextGate([], null, 1)).toBe(null);
  });

  it("offers each reason once, the newest first, and not too many", () => {
    const commands = ["a", "b", "a ", " ", "c", "d", "e", "f", "g"].map((reason) => ({ reason }) as Command);
    expect(recentReasons(commands)).toEqual(["a", "b", "c", "d", "e", "f"]);
  });
});
