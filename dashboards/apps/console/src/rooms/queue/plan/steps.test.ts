import type { RunStepView, RunView } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { deadlineOf, leftOf, nextStep } from "./steps";

const AT = Date.parse("2026-01-01T00:00:00Z");
const iso = (s: number) => new Date(AT + s * 1_000).toISOString();
const step = (name: string, more: Partial<RunStepView> = {}): RunStepView => ({
  step: name,
  zh: name,
  en: name,
  who: "guard",
  who_zh: "保安",
  who_en: "guard",
  mandatory: false,
  call: null,
  state: "open",
  actor: "",
  at: null,
  note: "",
  due_at: null,
  overdue: false,
  ...more,
});

test("a deadline runs, is over while nothing is done, and stays missed when it is done too late", () => {
  const one = { due_at: iso(60), overdue: false };
  expect(deadlineOf(one, false, AT)).toEqual({ state: "running", seconds: 60 });
  expect(deadlineOf(one, false, AT + 90_000)).toEqual({ state: "over", seconds: 30 });
  expect(deadlineOf(one, true, AT + 90_000).state).toBe("met");
  expect(deadlineOf({ ...one, overdue: true }, true, AT + 90_000).state).toBe("missed");
  expect(deadlineOf({ due_at: null, overdue: false }, false, AT).state).toBe("none");
});

test("next is the open step whose deadline ends first, wherever it stands in the list", () => {
  const steps = [step("a"), step("b", { due_at: iso(300) }), step("c", { due_at: iso(60) })];
  expect(nextStep(steps)).toBe("c");
  expect(nextStep([steps[0] as RunStepView, step("d")])).toBe("a");
  expect(nextStep([step("a", { state: "done" })])).toBeNull();
});

test("what keeps an incident open are mandatory steps that nobody did, and those who were not told", () => {
  const view = {
    steps: [step("a", { mandatory: true }), step("b"), step("c", { mandatory: true, state: "skipped" })],
    must_tell: [
      { whom: "fire", zh: "", en: "", told: true, due_at: null, overdue: false },
      { whom: "superior", zh: "", en: "", told: false, due_at: null, overdue: false },
    ],
  } as unknown as RunView;
  expect(leftOf(view).steps.map((one) => one.step)).toEqual(["a"]);
  expect(leftOf(view).tell.map((one) => one.whom)).toEqual(["superior"]);
});
