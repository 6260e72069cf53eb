import { expect, test } from "vitest";
import { linesOf, textOf } from "./rule-text";

test("rules go to text and back", () => {
  const lines = [
    { zh: "慢行", en: "drive slowly" },
    { zh: "不鸣喇叭", en: "" },
  ];
  expect(linesOf(textOf(lines, "zh"), textOf(lines, "en"))).toEqual(lines);
});

test("an empty line is none, and a rule needs its Chinese", () => {
  expect(linesOf("慢行\n\n停车\n", "")).toEqual([
    { zh: "慢行", en: "" },
    { zh: "停车", en: "" },
  ]);
  expect(linesOf("慢行", "drive\nstop")).toBeNull();
  expect(linesOf(" \n", "")).toBeNull();
});
