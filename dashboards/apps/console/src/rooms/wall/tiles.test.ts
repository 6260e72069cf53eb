import type { DeviceState, Incident } from "@watchkeeper/api";
import { describe, expect, it } from "vitest";
import { freshness, onPage, ordered, pagesOf, STOPPED_MS, troubled, turned } from "./tiles";

function camera(id: string, ...live: number[]): DeviceState {
  return { id, live_incidents: live, condition: { name: "live" } } as unknown as DeviceState;
}

const PRIORITIES: Readonly<Record<number, number>> = { 1: 3, 2: 1 };

function incident(no: number): Incident | undefined {
  const priority = PRIORITIES[no];
  return priority === undefined ? undefined : ({ no, priority } as Incident);
}

describe("the order of cameras", () => {
  it("has those with live incidents first, the weightiest on top, and then the estate's order", () => {
    const cameras = [camera("a"), camera("b", 1), camera("c"), camera("d", 1, 2), camera("e", 7)];
    expect(ordered(cameras, incident).map((one) => one.id)).toEqual(["d", "b", "e", "a", "c"]);
  });
});

describe("pages", () => {
  it("hold so many tiles as the grid has", () => {
    const all = [...Array(11).keys()];
    expect(pagesOf(11, 2)).toBe(3);
    expect(onPage(all, 2, 2)).toEqual([8, 9, 10]);
    expect(pagesOf(9, 3)).toBe(1);
    expect(pagesOf(0, 4)).toBe(1);
  });

  it("turn round and round, also when there are fewer of them than there were", () => {
    expect(turned(0, 3, -1)).toBe(2);
    expect(turned(2, 3, 1)).toBe(0);
    expect(turned(9, 3, 1)).toBe(0);
    expect(turned(0, 1, 1)).toBe(0);
  });
});

describe("a picture's age", () => {
  it("is never live after thirty seconds", () => {
    expect(freshness(0, STOPPED_MS)).toBe("live");
    expect(freshness(0, STOPPED_MS + 1)).toBe("stopped");
    expect(freshness(null, 0)).toBe("none");
  });

  it("says nothing where the camera itself is in trouble", () => {
    expect(troubled(camera("a"))).toBe(false);
    for (const name of ["lost", "dark", "frozen", "unknown"])
      expect(troubled({ ...camera("a"), condition: { name } } as DeviceState)).toBe(true);
  });
});
