import { expect, test } from "vitest";
import { difference } from "./difference";

test("what is the same on both sides is not told", () => {
  const before = { role: "operator", disabled: false };
  expect(difference(before, { role: "manager", disabled: false })).toEqual([
    { field: "role", before: "operator", after: "manager" },
  ]);
});

test("what was not there before, and what is gone, stands on one side alone", () => {
  expect(difference({ old: 1 }, { fresh: true })).toEqual([
    { field: "old", before: "1", after: undefined },
    { field: "fresh", before: undefined, after: "true" },
  ]);
});

test("objects are told by their fields, lists in a line, and nothing as a dash", () => {
  const after = { fields: { note: "seen", guard: "" }, places: ["a", "b"], ends: null, odd: [{ x: 1 }], none: {} };
  expect(difference({}, after).map((one) => [one.field, one.after])).toEqual([
    ["fields.note", "seen"],
    ["fields.guard", "–"],
    ["places", "a, b"],
    ["ends", "–"],
    ["odd", '[{"x":1}]'],
    ["none", "{}"],
  ]);
});
