import { expect, test } from "vitest";
import { restored } from "./draft";

const EMPTY = { summary: "", unusual: "none" };

test("a draft comes back with what was written", () => {
  expect(restored({ summary: "平静", unusual: "漏水" }, EMPTY)).toEqual({ summary: "平静", unusual: "漏水" });
});

test("a field that the form has no more is left out, and one that is new is as in a new form", () => {
  expect(restored({ summary: "平静", gone: "x" }, EMPTY)).toEqual({ summary: "平静", unusual: "none" });
});

test("what is no draft at all is a new form", () => {
  for (const kept of [undefined, null, "text", { summary: 3 }]) expect(restored(kept, EMPTY)).toEqual(EMPTY);
});
