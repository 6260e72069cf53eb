import { expect, test } from "vitest";
import { changesOf, countsOf } from "./diff";
import { type Estate, type Row, rowOf, rowsOf, withoutRow, withRow } from "./document";
import { merged } from "./merge";

const door = (id: string, more: Record<string, unknown> = {}): Row => ({ id, kind: "door", place: "gate", name_zh: id, ...more });
const BASE: Estate = {
  site: "lakeside",
  name_zh: "湖畔",
  places: [{ id: "gate", name_zh: "东门" }],
  agents: [],
  devices: [door("d1"), door("d2"), door("d3")],
};
const put = (estate: Estate, row: Row) => withRow(estate, "devices", row);

test("a difference is told by row and by value, and the same row anew is none", () => {
  const now = put(put(withoutRow(BASE, "devices", "d3"), door("d1", { place: "lobby" })), door("d4"));
  expect(changesOf(BASE, now)).toEqual([
    { what: "removed", kind: "devices", id: "d3", fields: [] },
    { what: "changed", kind: "devices", id: "d1", fields: ["place"] },
    { what: "added", kind: "devices", id: "d4", fields: [] },
  ]);
  expect(countsOf(changesOf(BASE, now))).toEqual({ added: 1, changed: 1, removed: 1 });
  expect(changesOf(BASE, structuredClone(BASE))).toEqual([]);
});

test("a value that the head has otherwise is a change of the estate", () => {
  expect(changesOf(BASE, { ...BASE, name_zh: "新" })).toEqual([
    { what: "changed", kind: "estate", id: "lakeside", fields: ["name_zh"] },
  ]);
});

test("changes of different rows, and of different values of one row, both stay", () => {
  const mine = put(put(BASE, door("d1", { name_zh: "我" })), door("new-mine"));
  const theirs = put(put(BASE, door("d2", { name_zh: "他" })), door("d1", { place: "lobby" }));
  const { document, conflicts } = merged(BASE, mine, theirs);
  expect(conflicts).toEqual([]);
  expect(rowOf(document, "devices", "d1")).toMatchObject({ name_zh: "我", place: "lobby" });
  expect(rowOf(document, "devices", "d2")).toMatchObject({ name_zh: "他" });
  expect(rowsOf(document, "devices").map((row) => row.id)).toEqual(["d1", "d2", "d3", "new-mine"]);
});

test("where both changed one value, mine counts unless theirs is chosen", () => {
  const mine = put(BASE, door("d1", { name_zh: "我" }));
  const theirs = put(BASE, door("d1", { name_zh: "他" }));
  const first = merged(BASE, mine, theirs);
  expect(first.conflicts).toEqual([
    { key: "devices/d1/name_zh", kind: "devices", id: "d1", field: "name_zh", mine: "我", theirs: "他" },
  ]);
  expect(rowOf(first.document, "devices", "d1")).toMatchObject({ name_zh: "我" });
  const chosen = merged(BASE, mine, theirs, { "devices/d1/name_zh": "theirs" });
  expect(rowOf(chosen.document, "devices", "d1")).toMatchObject({ name_zh: "他" });
});

test("both made the same change: there is nothing to choose", () => {
  const same = put(BASE, door("d1", { name_zh: "同" }));
  expect(merged(BASE, same, structuredClone(same)).conflicts).toEqual([]);
});

test("one removed what the other changed: a person chooses, whichever of them it was", () => {
  const without = withoutRow(BASE, "devices", "d1");
  const changed = put(BASE, door("d1", { name_zh: "改" }));
  const key = "devices/d1/";
  for (const [mine, theirs, stays] of [
    [without, changed, false],
    [changed, without, true],
  ] as const) {
    const asked = merged(BASE, mine, theirs);
    expect(asked.conflicts.map((one) => one.key)).toEqual([key]);
    expect(rowOf(asked.document, "devices", "d1") !== undefined).toBe(stays);
    expect(rowOf(merged(BASE, mine, theirs, { [key]: "theirs" }).document, "devices", "d1") !== undefined).toBe(!stays);
  }
});

test("what one removed and the other left alone is gone", () => {
  const theirs = put(BASE, door("d9"));
  const { document } = merged(BASE, withoutRow(BASE, "devices", "d2"), theirs);
  expect(rowsOf(document, "devices").map((row) => row.id)).toEqual(["d1", "d3", "d9"]);
  expect(rowOf(merged(BASE, put(BASE, door("d9")), withoutRow(BASE, "devices", "d2")).document, "devices", "d2")).toBeUndefined();
});

test("a value that I took away stays away, and the head is merged too", () => {
  const base = put(BASE, door("d1", { opens: "d2" }));
  const { document } = merged(base, { ...BASE, name_zh: "我" }, put(base, door("d1", { opens: "d2", place: "lobby" })));
  expect(rowOf(document, "devices", "d1")).toEqual(door("d1", { place: "lobby" }));
  expect(document.name_zh).toBe("我");
});
