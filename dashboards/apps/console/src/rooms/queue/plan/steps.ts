/** How far the steps of a run are: which is to be done next, and how a deadline stands. Pure. */
import type { RunStepView, RunView } from "@watchkeeper/api";

export type Deadline = { readonly state: "none" | "running" | "over" | "missed" | "met"; readonly seconds: number };
const NONE: Deadline = { state: "none", seconds: 0 };

/** A deadline at a time. `over`: it has passed and the thing is not done; `missed`: it was done, too late, or given up after it. */
export function deadlineOf(one: { due_at: string | null; overdue: boolean }, isDone: boolean, nowMs: number): Deadline {
  if (one.due_at === null) return NONE;
  const leftS = (Date.parse(one.due_at) - nowMs) / 1_000;
  if (isDone) return { state: one.overdue ? "missed" : "met", seconds: 0 };
  return leftS < 0 || one.overdue ? { state: "over", seconds: Math.max(0, -leftS) } : { state: "running", seconds: leftS };
}

/** The step that comes next: of the open ones the one whose deadline ends first, or else the first of the list. */
export function nextStep(steps: readonly RunStepView[]): string | null {
  const open = steps.filter((step) => step.state === "open");
  const timed = open.filter((step) => step.due_at !== null);
  const first = timed.reduce<RunStepView | undefined>(
    (best, step) => (best === undefined || Date.parse(step.due_at as string) < Date.parse(best.due_at as string) ? step : best),
    undefined,
  );
  return (first ?? open[0])?.step ?? null;
}

/** What keeps the incident from being closed without a reason. */
export function leftOf(view: RunView): { readonly steps: readonly RunStepView[]; readonly tell: RunView["must_tell"] } {
  return {
    steps: view.steps.filter((step) => step.mandatory && step.state === "open"),
    tell: view.must_tell.filter((one) => !one.told),
  };
}
