import { expect, test } from "vitest";
import type { Cluster } from "./clusters";
import type { Thing } from "./layout";
import { neighbour, searched } from "./search";

const thing = (id: string): Thing => ({
  id,
  kind: "door",
  place: "gate",
  agent: "",
  name_zh: id,
  name_en: id,
  spot: null,
  condition: null,
  signals: [],
  reportedUpTo: null,
});
const listed = (id: string, ...words: string[]) => ({ thing: thing(id), words: [id, ...words] });
const ALL = [
  listed("door-1", "1号楼单元门", "门"),
  listed("door-2", "2号楼单元门", "门"),
  listed("camera-1", "门口摄像机", "东门"),
];
const calm = () => null;
const ids = (things: readonly Thing[]) => things.map((one) => one.id);

test("without a text all are there in the estate's order, with incidents first and the most urgent on top", () => {
  expect(ids(searched(ALL, " ", calm))).toEqual(["door-1", "door-2", "camera-1"]);
  const urgent: Record<string, number> = { "camera-1": 1, "door-2": 3 };
  const clusterOf = (id: string) => (urgent[id] === undefined ? null : ({ priority: urgent[id] } as Cluster));
  expect(ids(searched(ALL, "", clusterOf))).toEqual(["camera-1", "door-2", "door-1"]);
});

test("what begins with the text comes before what has it within", () => {
  expect(ids(searched(ALL, "2号", calm))).toEqual(["door-2"]);
  expect(ids(searched([listed("a", "东门"), listed("b", "门口")], "门", calm))).toEqual(["b", "a"]);
});

test("capital letters do not matter, and what fits nothing is not there", () => {
  expect(ids(searched(ALL, "CAMERA", calm))).toEqual(["camera-1"]);
  expect(searched(ALL, "泵", calm)).toEqual([]);
});

test("only those asked for are there", () => {
  expect(ids(searched(ALL, "", calm, (one) => one.id === "door-2"))).toEqual(["door-2"]);
});

test("arrows move by one and stop at both ends; without a chosen one they begin there", () => {
  const shown = ALL.map((one) => one.thing);
  expect(neighbour(shown, "door-1", 1)).toBe("door-2");
  expect(neighbour(shown, "door-1", -1)).toBe("door-1");
  expect(neighbour(shown, null, 1)).toBe("door-1");
  expect(neighbour(shown, "gone", -1)).toBe("camera-1");
  expect(neighbour(shown, "door-1", Number.POSITIVE_INFINITY)).toBe("camera-1");
  expect(neighbour([], null, 1)).toBeNull();
});
