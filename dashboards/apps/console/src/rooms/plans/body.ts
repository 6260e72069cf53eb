/** A plan that is being edited: steps move, come and go, and two versions are told apart. Pure. */
import type { PlanModel, StepModel } from "@watchkeeper/api";

export type Edited = PlanModel;
const STEP_NAME = "step";

/** With step `at` moved by so many places; it stops at the ends. */
export function moved(body: Edited, at: number, by: number): Edited {
  const to = Math.min(body.steps.length - 1, Math.max(0, at + by));
  if (to === at || body.steps[at] === undefined) return body;
  const steps = [...body.steps];
  const [one] = steps.splice(at, 1);
  steps.splice(to, 0, one as StepModel);
  return { ...body, steps };
}

export function withStep(body: Edited, at: number, change: Partial<StepModel>): Edited {
  return { ...body, steps: body.steps.map((step, place) => (place === at ? { ...step, ...change } : step)) };
}

export function withoutStep(body: Edited, at: number): Edited {
  return { ...body, steps: body.steps.filter((_, place) => place !== at) };
}

/** With a new step at the end, under a name that no step has. */
export function withNewStep(body: Edited): Edited {
  const names = new Set(body.steps.map((step) => step.step));
  let no = body.steps.length + 1;
  while (names.has(`${STEP_NAME}-${no}`)) no += 1;
  return { ...body, steps: [...body.steps, { step: `${STEP_NAME}-${no}`, zh: "", en: "", who: "guard" }] };
}

export type Difference = { readonly step: string; readonly what: "added" | "removed" | "changed" | "moved" };

/** Which steps differ between two versions, in the order of the second, those that it has no more at the end. */
export function differences(mine: Edited, theirs: Edited): readonly Difference[] {
  const before = new Map(theirs.steps.map((step, at) => [step.step, { step, at }]));
  const found: Difference[] = [];
  mine.steps.forEach((step, at) => {
    const was = before.get(step.step);
    if (was === undefined) found.push({ step: step.step, what: "added" });
    else if (text(was.step) !== text(step)) found.push({ step: step.step, what: "changed" });
    else if (was.at !== at) found.push({ step: step.step, what: "moved" });
  });
  const kept = new Set(mine.steps.map((step) => step.step));
  for (const step of theirs.steps) if (!kept.has(step.step)) found.push({ step: step.step, what: "removed" });
  return found;
}

/** Seconds as somebody types them in minutes; empty: no clock. Undefined: it is no number. */
export function deadlineOf(minutes: string): number | null | undefined {
  if (minutes.trim() === "") return null;
  const value = Number(minutes.replace(",", "."));
  return Number.isFinite(value) && value > 0 ? Math.round(value * 60) : undefined;
}

/** `name=text, text; name=text` as the facts of a trigger. */
export function factsOf(typed: string): Record<string, string[]> {
  const facts: Record<string, string[]> = {};
  for (const part of typed.split(/[;；]/)) {
    const [name, values] = part.split(/[=＝]/, 2);
    const texts = (values ?? "")
      .split(/[,，、]/)
      .map((one) => one.trim())
      .filter((one) => one !== "");
    if (name !== undefined && name.trim() !== "" && texts.length > 0) facts[name.trim()] = texts;
  }
  return facts;
}

/** The facts of a trigger as they are typed; `called` names them as they are read. */
export function factsText(facts: Readonly<Record<string, readonly string[]>> = {}, called = (name: string) => name): string {
  return Object.entries(facts)
    .map(([name, texts]) => `${called(name)}=${texts.join(", ")}`)
    .join("; ");
}

function text(step: StepModel): string {
  const { step: name, zh, en, who, deadline_s = null, mandatory = false, call = null, done_by = "" } = step;
  return JSON.stringify([name, zh, en, who, deadline_s, mandatory, call, done_by]);
}
