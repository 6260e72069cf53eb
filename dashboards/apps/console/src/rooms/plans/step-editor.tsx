/** One step while it is edited. It is moved by its buttons, or with Alt and the arrows while it has the focus. */
import type { CallModel, StepModel } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { DONE_BY, doneByWords, POSTS, postWords, WHOM, type Whom, whomWords } from "../../plan-words";
import { deadlineOf } from "./body";
import { table } from "./words";

export function StepEditor({
  no,
  step,
  last,
  onChange,
  onMove,
  onRemove,
}: {
  no: number;
  step: StepModel;
  last: boolean;
  onChange: (change: Partial<StepModel>) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: (() => void) | null;
}) {
  const w = useWords(table);
  const posts = useWords(postWords);
  const doneBy = useWords(doneByWords);
  const known = (POSTS as readonly string[]).includes(step.who) ? [] : [{ value: step.who, label: step.who }];
  const id = (name: string) => `wk-step-${step.step}-${name}`;
  return (
    <li
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a step is what the keys move
      tabIndex={0}
      data-step={step.step}
      aria-label={`${w.step} ${no} ${step.zh || step.en}`}
      onKeyDown={(event) => {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] as 1 | -1 | undefined;
        if (!event.altKey || by === undefined) return;
        event.preventDefault();
        onMove(by);
      }}
    >
      <div className="wk-plan-fields">
        {(["zh", "en"] as const).map((name) => (
          <label key={name} htmlFor={id(name)} className="wk-wide">
            {w[name]}
            <Input
              id={id(name)}
              required
              maxLength={500}
              value={step[name]}
              onChange={(event) => onChange({ [name]: event.target.value })}
            />
          </label>
        ))}
        <label htmlFor={id("who")}>
          {w.who}
          <Select
            id={id("who")}
            value={step.who}
            popupMatchSelectWidth={false}
            options={[...known, ...POSTS.map((value) => ({ value: value as string, label: posts[value] }))]}
            onChange={(who) => onChange({ who })}
          />
        </label>
        <Minutes id={id("deadline")} seconds={step.deadline_s ?? null} onChange={(deadline_s) => onChange({ deadline_s })} />
        <label htmlFor={id("done")}>
          {w.doneBy}
          <Select
            id={id("done")}
            value={step.done_by ?? ""}
            popupMatchSelectWidth={false}
            options={DONE_BY.map((value) => ({ value, label: doneBy[value === "" ? "none" : value] }))}
            onChange={(done_by) => onChange({ done_by })}
          />
        </label>
        <CallFields id={id("call")} call={step.call ?? null} onChange={(call) => onChange({ call })} />
        <Checkbox checked={step.mandatory ?? false} onChange={(event) => onChange({ mandatory: event.target.checked })}>
          {w.mandatory}
        </Checkbox>
        <span className="wk-plan-moves">
          <Button size="small" disabled={no === 1} aria-label={`${w.up} ${no}`} onClick={() => onMove(-1)}>
            ↑
          </Button>
          <Button size="small" disabled={last} aria-label={`${w.down} ${no}`} onClick={() => onMove(1)}>
            ↓
          </Button>
          {onRemove !== null && (
            <Button size="small" aria-label={`${w.remove} ${no}`} onClick={onRemove}>
              {w.remove}
            </Button>
          )}
        </span>
      </div>
    </li>
  );
}

function Minutes({ id, seconds, onChange }: { id: string; seconds: number | null; onChange: (seconds: number | null) => void }) {
  const w = useWords(table);
  const [typed, setTyped] = useState(seconds === null ? "" : String(seconds / 60));
  const wrong = deadlineOf(typed) === undefined;
  return (
    <label htmlFor={id}>
      {w.deadline}
      <Input
        id={id}
        inputMode="decimal"
        maxLength={8}
        value={typed}
        status={wrong ? "error" : ""}
        aria-invalid={wrong}
        title={wrong ? w.wrongMinutes : undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          const value = deadlineOf(event.target.value);
          if (value !== undefined) onChange(value);
        }}
      />
    </label>
  );
}

function CallFields({ id, call, onChange }: { id: string; call: CallModel | null; onChange: (call: CallModel | null) => void }) {
  const w = useWords(table);
  const whom = useWords(whomWords);
  const names = { phone: w.phone, zh: w.calledZh, en: w.calledEn } as const;
  return (
    <>
      <label htmlFor={id}>
        {w.call}
        <Select
          id={id}
          value={(call?.whom ?? "") as Whom | ""}
          popupMatchSelectWidth={false}
          options={[{ value: "" as Whom | "", label: w.nobody }, ...WHOM.map((value) => ({ value, label: whom[value] }))]}
          onChange={(value: Whom | "") =>
            onChange(
              value === "" ? null : { whom: value, zh: whomWords.zh[value], en: whomWords.en[value], phone: call?.phone ?? "" },
            )
          }
        />
      </label>
      {call !== null &&
        (["zh", "en", "phone"] as const).map((name) => (
          <label key={name} htmlFor={`${id}-${name}`}>
            {names[name]}
            <Input
              id={`${id}-${name}`}
              required={name !== "phone"}
              maxLength={name === "phone" ? 40 : 500}
              value={call[name] ?? ""}
              onChange={(event) => onChange({ ...call, [name]: event.target.value })}
            />
          </label>
        ))}
    </>
  );
}
