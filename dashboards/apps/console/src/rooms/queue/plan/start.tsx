/** A plan is started by hand, for an incident that has none. */
import { ask } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { usePlanChoices } from "../../../plan-choices";
import { Said } from "../../../sending/said";
import { useRunAct } from "./run";
import { table } from "./words";

export function StartPlan({ no }: { no: number }) {
  const w = useWords(table);
  const [open, setOpen] = useState(false);
  return (
    <section className="wk-run" aria-label={w.plan}>
      <h3>{w.plan}</h3>
      <p className="wk-quiet">{w.none}</p>
      {open ? <StartForm no={no} onCancel={() => setOpen(false)} /> : <Button onClick={() => setOpen(true)}>{w.start}</Button>}
    </section>
  );
}

function StartForm({ no, onCancel }: { no: number; onCancel: () => void }) {
  const w = useWords(table);
  const choices = usePlanChoices();
  const [plan, setPlan] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const { sending, act } = useRunAct(no);
  return (
    <form
      className="wk-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (plan !== null) void act(() => ask("POST /incidents/{no}/plan", { path: { no }, body: { plan, note } }));
      }}
    >
      <label htmlFor="wk-start-plan">{w.which}</label>
      <Select id="wk-start-plan" autoFocus value={plan} options={choices} onChange={setPlan} placeholder={w.which} />
      <label htmlFor="wk-start-note">{w.why}</label>
      <Input id="wk-start-note" maxLength={1_000} value={note} onChange={(event) => setNote(event.target.value)} />
      <div className="wk-acts">
        <Button htmlType="submit" type="primary" disabled={plan === null} loading={sending.busy}>
          {w.start}
        </Button>
        <Button onClick={onCancel}>{w.cancel}</Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}
