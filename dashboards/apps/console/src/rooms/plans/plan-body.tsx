/** A plan as it is read: its steps in order, what starts it, who must be told. */
import type { PlanView, StepModel } from "@watchkeeper/api";
import { type Priority, PriorityTag, useLanguage, useWords } from "@watchkeeper/ui";
import { useNames } from "../../names";
import { doneByWords, postWords, startWords, whomWords } from "../../plan-words";
import { factsText } from "./body";
import { table } from "./words";

export function PlanBody({ view }: { view: PlanView }) {
  const w = useWords(table);
  const whom = useWords(whomWords);
  const starting = useWords(startWords);
  const language = useLanguage();
  const { placeName } = useNames();
  const { body } = view;
  return (
    <article aria-label={language === "zh" ? body.zh : body.en}>
      <h2>
        {language === "zh" ? body.zh : body.en}{" "}
        <span className="wk-quiet">{view.version === 0 ? w.shipped : w.version(view.version)}</span>
      </h2>
      <p>
        <PriorityTag priority={(body.priority ?? 1) as Priority} />
        {body.by_hand !== false && <> · {w.byHand}</>}
        {(body.tell ?? []).length > 0 && (
          <>
            {" "}
            · {w.tell}
            {w.colon}
            {(body.tell ?? []).map((one) => whom[one]).join(" · ")}
          </>
        )}
      </p>
      <ol className="wk-plan-steps">
        {body.steps.map((step) => (
          <StepLine key={step.step} step={step} />
        ))}
      </ol>
      <h3>{w.starts}</h3>
      {(body.starts ?? []).length === 0 && <p className="wk-quiet">{w.noTriggers}</p>}
      <ul className="wk-plain">
        {(body.starts ?? []).map((one) => (
          <li key={JSON.stringify(one)} data-user-data>
            {wordFor(starting, one.detector)} {factsText(one.facts, (name) => wordFor(starting, name))}{" "}
            {(one.devices ?? []).join(", ")} {(one.places ?? []).map(placeName).join(", ")}
          </li>
        ))}
      </ul>
    </article>
  );
}

function StepLine({ step }: { step: StepModel }) {
  const w = useWords(table);
  const doneBy = useWords(doneByWords);
  const post = usePostName();
  const language = useLanguage();
  const marks = [
    post(step.who),
    step.deadline_s ? w.minutes(String(Math.round((step.deadline_s / 60) * 100) / 100)) : "",
    step.mandatory ? w.mandatory : "",
    step.call ? `${w.call} ${language === "zh" ? step.call.zh : step.call.en} ${step.call.phone ?? ""}` : "",
    step.done_by ? `${w.doneBy} ${doneBy[step.done_by]}` : "",
  ];
  return (
    <li>
      <b>{language === "zh" ? step.zh : step.en}</b>
      <br />
      <span>{marks.filter((one) => one !== "").join(" · ")}</span>
    </li>
  );
}

/** What a post is called; one of the policy's own is shown by its id. */
export function usePostName(): (post: string) => string {
  const words = useWords(postWords);
  return (post) => (post in words ? words[post as keyof typeof words] : post);
}

/** A name of the policy in words, or itself where there are none. */
function wordFor(known: Readonly<Record<string, string>>, name: string): string {
  return known[name] ?? name;
}
