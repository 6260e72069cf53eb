/** A manager edits a plan. Somebody who was faster is shown with both versions, and nothing is overwritten unseen. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type PlanView } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Checkbox, Input, Select } from "antd";
import { useRef, useState } from "react";
import { WHOM, type Whom, whomWords } from "../../plan-words";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { type Edited, moved, withNewStep, withoutStep, withStep } from "./body";
import { Conflict } from "./conflict";
import { StepEditor } from "./step-editor";
import { Triggers } from "./triggers";
import { table } from "./words";

const STEPS_MAX = 40;
const PRIORITIES = [1, 2, 3, 4] as const;
const CHANGED = "plan_changed";

export function Editor({ from, onClose, onSaved }: { from: PlanView; onClose: () => void; onSaved: (saved: PlanView) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const queries = useQueryClient();
  const sending = useSending();
  const [body, setBody] = useState<Edited>(from.body);
  const [version, setVersion] = useState(from.version);
  const [reason, setReason] = useState("");
  const [theirs, setTheirs] = useState<PlanView | null>(null);
  const steps = useRef<HTMLOListElement>(null);
  const plan = body.plan;
  const save = async (over: number) => {
    const isSaved = await sending.send(async () => {
      const saved = await ask("PUT /plans/{plan}", { path: { plan }, body: { body, version: over, reason } });
      await queries.invalidateQueries({ queryKey: ["plans"] });
      onSaved(saved);
      return undefined;
    });
    if (isSaved) return;
    const now = await ask("GET /plans/{plan}", { path: { plan } }).catch(() => undefined);
    if (now !== undefined && now.plan.version !== over) setTheirs(now.plan);
  };
  const move = (at: number, by: number) => {
    const after = moved(body, at, by);
    if (after === body) return;
    setBody(after);
    // the step that was moved keeps the focus, so that it can be moved on
    window.requestAnimationFrame(() => (steps.current?.children[at + by] as HTMLElement | undefined)?.focus());
  };
  return (
    <form
      className="wk-plan-editor"
      aria-label={`${w.edit} ${language === "zh" ? body.zh : body.en}`}
      onSubmit={(event) => {
        event.preventDefault();
        void save(version);
      }}
    >
      {theirs !== null && sending.refusal?.code === CHANGED && (
        <Conflict
          mine={body}
          theirs={theirs}
          onTakeTheirs={() => {
            setBody(theirs.body);
            setVersion(theirs.version);
            setTheirs(null);
            sending.clear();
          }}
          onKeepMine={() => {
            setVersion(theirs.version);
            setTheirs(null);
            void save(theirs.version);
          }}
        />
      )}
      <Head body={body} onChange={setBody} />
      <p className="wk-quiet">{w.keys}</p>
      <ol ref={steps} className="wk-plan-steps">
        {body.steps.map((step, at) => (
          <StepEditor
            key={step.step}
            no={at + 1}
            step={step}
            last={at === body.steps.length - 1}
            onChange={(change) => setBody(withStep(body, at, change))}
            onMove={(by) => move(at, by)}
            onRemove={body.steps.length > 1 ? () => setBody(withoutStep(body, at)) : null}
          />
        ))}
      </ol>
      <Button disabled={body.steps.length >= STEPS_MAX} onClick={() => setBody(withNewStep(body))}>
        {w.addStep}
      </Button>
      <Triggers starts={body.starts ?? []} onChange={(starts) => setBody({ ...body, starts })} />
      <label htmlFor="wk-plan-reason">
        {w.reason}
        <Input
          id="wk-plan-reason"
          required
          maxLength={1_000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <Said sending={sending} />
      <div className="wk-acts">
        <Button type="primary" htmlType="submit" loading={sending.busy}>
          {w.save}
        </Button>
        <Button onClick={onClose}>{w.cancel}</Button>
      </div>
    </form>
  );
}

function Head({ body, onChange }: { body: Edited; onChange: (body: Edited) => void }) {
  const w = useWords(table);
  const whom = useWords(whomWords);
  return (
    <div className="wk-plan-fields">
      {(["zh", "en"] as const).map((name) => (
        <label key={name} htmlFor={`wk-plan-${name}`}>
          {w[name]}
          <Input
            id={`wk-plan-${name}`}
            required
            maxLength={500}
            value={body[name]}
            onChange={(event) => onChange({ ...body, [name]: event.target.value })}
          />
        </label>
      ))}
      <label htmlFor="wk-plan-priority">
        {w.priority}
        <Select
          id="wk-plan-priority"
          value={body.priority ?? 1}
          options={PRIORITIES.map((value) => ({ value, label: `P${value}` }))}
          onChange={(priority) => onChange({ ...body, priority })}
        />
      </label>
      <label htmlFor="wk-plan-tell" className="wk-wide">
        {w.tell}
        <Select
          id="wk-plan-tell"
          mode="multiple"
          value={[...(body.tell ?? [])]}
          options={WHOM.map((value) => ({ value, label: whom[value] }))}
          onChange={(tell: Whom[]) => onChange({ ...body, tell })}
        />
      </label>
      <Checkbox checked={body.by_hand !== false} onChange={(event) => onChange({ ...body, by_hand: event.target.checked })}>
        {w.byHand}
      </Checkbox>
    </div>
  );
}
