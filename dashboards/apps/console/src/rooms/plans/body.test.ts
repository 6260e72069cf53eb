import type { PlanModel } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { deadlineOf, differences, factsOf, factsText, moved, withNewStep, withoutStep, withStep } from "./body";

const plan = (...names: string[]): PlanModel => ({
  plan: "fire",
  zh: "火灾",
  en: "Fire",
  steps: names.map((step) => ({ step, zh: step, en: step, who: "guard" })),
});
const names = (body: PlanModel) => body.steps.map((step) => step.step);

test("a step moves up and down, and stops at the ends", () => {
  expect(names(moved(plan("a", "b", "c"), 0, 1))).toEqual(["b", "a", "c"]);
  expect(names(moved(plan("a", "b", "c"), 2, -1))).toEqual(["a", "c", "b"]);
  const same = plan("a", "b");
  expect(moved(same, 0, -1)).toBe(same);
  expect(moved(same, 1, 1)).toBe(same);
});

test("a new step has a name that no other has", () => {
  expect(names(withNewStep(plan("a", "step-3")))).toEqual(["a", "step-3", "step-4"]);
  expect(names(withoutStep(plan("a", "b"), 0))).toEqual(["b"]);
});

test("two versions are told apart by step", () => {
  const theirs = plan("a", "b", "c");
  const mine = withStep(moved(plan("a", "b", "d"), 0, 1), 1, { mandatory: true });
  expect(differences(mine, theirs)).toEqual([
    { step: "b", what: "moved" },
    { step: "a", what: "changed" },
    { step: "d", what: "added" },
    { step: "c", what: "removed" },
  ]);
});

test("what is left out and what is told to be nothing are the same", () => {
  const told = withStep(plan("a"), 0, { deadline_s: null, mandatory: false, call: null, done_by: "" });
  expect(differences(told, plan("a"))).toEqual([]);
});

test("minutes become seconds, nothing is no clock, and a word is wrong", () => {
  expect([deadlineOf("5"), deadlineOf("0.5"), deadlineOf(" "), deadlineOf("soon"), deadlineOf("-1")]).toEqual([
    300,
    30,
    null,
    undefined,
    undefined,
  ]);
});

test("facts are typed with either language's punctuation", () => {
  expect(factsOf("category=fire, smoke；name＝求助、紧急按钮")).toEqual({
    category: ["fire", "smoke"],
    name: ["求助", "紧急按钮"],
  });
  expect(factsText({ category: ["fire", "smoke"], name: ["x"] })).toBe("category=fire, smoke; name=x");
  expect(factsOf("")).toEqual({});
});
