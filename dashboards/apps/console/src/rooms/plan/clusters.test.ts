import type { Incident } from "@watchkeeper/api";
import { expect, test, vi } from "vitest";
import { Clusters, clustered, gathered, summed, targetOf, together, Whereabouts } from "./clusters";

const where = new Whereabouts();
const GATE = { floor: "ground", x: 10, y: 10 };
where.take(
  new Map([
    ["door-1", { floor: "ground", x: 1, y: 2 }],
    ["cabinet", { floor: "basement", x: 3, y: 4 }],
  ]),
  new Map([
    ["gate", { spot: GATE }],
    ["moon", { spot: null }],
  ]),
);

function incident(no: number, more: Partial<Incident> = {}): Incident {
  const state = { live: true, state: "open", alarm: "unacknowledged", priority: 3 };
  return { no, device: "door-1", place: "gate", ...state, ...more } as Incident;
}

test("an incident stands at its device, else at its place, else nowhere", () => {
  expect(targetOf(incident(1), where)).toBe("door-1");
  expect(targetOf(incident(1, { device: "panel" }), where)).toBe("@gate");
  expect(targetOf(incident(1, { device: "panel", place: "moon" }), where)).toBeNull();
});

test("of several the most urgent is shown, then what nobody has, then the newest", () => {
  const taken = { alarm: "acknowledged" };
  expect(clustered([incident(1), incident(2, { priority: 1, ...taken }), incident(3)])).toMatchObject({ no: 2, count: 3 });
  expect(clustered([incident(1), incident(2, taken)])?.no).toBe(1);
  expect(clustered([incident(1), incident(2)])?.no).toBe(2);
});

test("it calls while one of them has nobody, also behind a more urgent one", () => {
  const taken = incident(2, { priority: 1, alarm: "acknowledged" });
  expect(clustered([taken])?.calling).toBe(false);
  expect(clustered([taken, incident(1)])?.calling).toBe(true);
  expect(clustered([taken, incident(1, { alarm: "unacknowledged_returned" })])?.calling).toBe(false);
});

test("floors have the sums of what stands on them, and what stands nowhere is told apart", () => {
  const sums = summed(
    [incident(1), incident(2, { device: "" }), incident(3, { device: "cabinet" }), incident(4, { device: "", place: "" })],
    where,
  );
  expect([...sums.targets.keys()]).toEqual(["door-1", "@gate", "cabinet"]);
  expect([...sums.floors].map(([floor, { count }]) => [floor, count])).toEqual([
    ["ground", 2],
    ["basement", 1],
  ]);
  expect(sums.nowhere?.no).toBe(4);
});

test("ended, shelved and held ones have no colour on the plan", () => {
  const quiet = [incident(1, { live: false }), incident(2, { state: "shelved" }), incident(3, { state: "held" })];
  expect(summed(quiet, where).targets.size).toBe(0);
});

test("only the spot whose incidents changed is told", () => {
  const clusters = new Clusters();
  const [door, gate] = [vi.fn(), vi.fn()];
  clusters.watch("door-1", door);
  clusters.watch("@gate", gate);
  clusters.take(summed([incident(1), incident(2, { device: "" })], where));
  const before = clusters.get("@gate");
  clusters.take(summed([incident(1, { alarm: "acknowledged" }), incident(2, { device: "" })], where));
  expect([door.mock.calls.length, gate.mock.calls.length]).toEqual([2, 1]);
  expect(clusters.get("@gate")).toBe(before);
});

test("the most urgent spot is drawn last, which is on top", () => {
  const clusters = new Clusters();
  clusters.take(summed([incident(1, { priority: 1 }), incident(2, { device: "cabinet" }), incident(3, { device: "" })], where));
  expect(clusters.order()).toEqual(["@gate", "cabinet", "door-1"]);
});

test("spots that are drawn over each other stand together under the most urgent one", () => {
  const at = (target: string) => ({ x: { a: 0, b: 10, c: 100 }[target] ?? 0, y: 0 });
  expect(gathered(["a", "b", "c"], at, 24)).toEqual([["b", "a"], ["c"]]);
  expect(gathered(["a", "b", "c"], at, 5)).toEqual([["a"], ["b"], ["c"]]);
  expect(gathered(["a"], () => null, 5)).toEqual([]);
});

test("together they are as many as they are, and call while one of them calls", () => {
  const [one, two] = [clustered([incident(1, { priority: 1, alarm: "acknowledged" })]), clustered([incident(2), incident(3)])];
  if (one === null || two === null) throw new Error("no cluster");
  expect(together(one, [two])).toMatchObject({ no: 1, priority: 1, count: 3, calling: true });
});
