/** Somebody saved this plan while it was edited here: both versions, and what to do about it. */
import type { PlanView } from "@watchkeeper/api";
import { dateTime, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useEffect, useRef } from "react";
import { useSession } from "../../session/session";
import { differences, type Edited } from "./body";
import { table } from "./words";

export function Conflict({
  mine,
  theirs,
  onTakeTheirs,
  onKeepMine,
}: {
  mine: Edited;
  theirs: PlanView;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
}) {
  const w = useWords(table);
  const { zone } = useSession();
  const found = differences(mine, theirs.body);
  const top = useRef<HTMLElement>(null);
  // whoever pressed the button at the end of a long form is led to what happened
  useEffect(() => top.current?.focus(), []);
  return (
    <section ref={top} tabIndex={-1} className="wk-conflict" role="alert" aria-label={w.changed}>
      <h3>{w.changed}</h3>
      <p>
        {w.version(theirs.version)} · {theirs.actor} · {theirs.at !== null && dateTime(theirs.at, zone)} · <q>{theirs.reason}</q>
      </p>
      <div className="wk-both">
        <Version title={w.mine} body={mine} />
        <Version title={w.theirs} body={theirs.body} />
      </div>
      <ul className="wk-plain">
        {found.length === 0 && <li>{w.noDifference}</li>}
        {found.map((one) => (
          <li key={one.step}>
            <code>{one.step}</code> {w[`d_${one.what}`]}
          </li>
        ))}
      </ul>
      <div className="wk-acts">
        <Button onClick={onTakeTheirs}>{w.takeTheirs}</Button>
        <Button onClick={onKeepMine}>{w.overTheirs}</Button>
      </div>
    </section>
  );
}

function Version({ title, body }: { title: string; body: Edited }) {
  const language = useLanguage();
  return (
    <div>
      <h4>{title}</h4>
      <ol>
        {body.steps.map((step) => (
          <li key={step.step}>{language === "zh" ? step.zh : step.en}</li>
        ))}
      </ol>
    </div>
  );
}
