import type { Condition } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { glyphOf, plateOf, symbolOf } from "./glyphs";
import type { Thing } from "./layout";
import { readingWords, said } from "./readings";

const condition = (name: string, abnormal = false): Condition => ({ name, zh: "", en: "", abnormal, since: null });
const thing = (more: Partial<Thing>): Thing => ({
  id: "x",
  kind: "door",
  place: "gate",
  agent: "",
  name_zh: "",
  name_en: "",
  spot: null,
  condition: null,
  signals: [],
  reportedUpTo: null,
  ...more,
});

test("what is unknown or abnormal shows as such, and a phone has no state", () => {
  expect(plateOf(thing({ condition: condition("unknown") }))).toBe("unknown");
  expect(plateOf(thing({ condition: condition("unknown", true) }))).toBe("abnormal");
  expect(plateOf(thing({ condition: condition("open") }))).toBe("normal");
  expect(plateOf(thing({ kind: "phone" }))).toBe("normal");
});

test("an open door looks otherwise than a closed one, and each kind otherwise than the others", () => {
  expect(glyphOf(thing({ condition: condition("open") }))).not.toBe(glyphOf(thing({ condition: condition("closed") })));
  const kinds = ["door", "barrier", "reader", "camera", "meter", "contacts", "wand", "phone", "other"];
  expect(new Set(kinds.map((kind) => glyphOf(thing({ kind })))).size).toBe(kinds.length);
  expect(glyphOf(thing({ kind: "robot" }))).toBe(glyphOf(thing({ kind: "other" })));
});

test("what is unknown or abnormal has another shape, not only another grey", () => {
  const plain = symbolOf(thing({ condition: condition("closed") }));
  const others = [symbolOf(thing({ condition: condition("unknown") })), symbolOf(thing({ condition: condition("lost", true) }))];
  expect(new Set([plain, ...others]).size).toBe(3);
  for (const other of others) expect(other.includes(plain)).toBe(true);
});

test("a reading is told by its kind and what a person asks for", () => {
  const w = readingWords.zh;
  expect(said("door_contact", { open: true }, w)).toBe("门磁 · 开");
  expect(said("measurement", { quantity: "water_flow", value: 2.4000001, unit: "l/min" }, w)).toBe("测量 · 2.4 l/min");
  expect(said("command_done", { action: "open", outcome: "refused" }, readingWords.en)).toBe("command · refused");
  expect(said("something_new", {}, w)).toBe("something_new");
});
