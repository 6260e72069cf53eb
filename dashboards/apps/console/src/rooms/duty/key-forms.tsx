/** What is done with an item: somebody takes it, it comes back, it is found broken, a new one is added. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type KeyView } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { type FormEvent, useState } from "react";
import { localMoment } from "../../estate-time";
import { useNames } from "../../names";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { table } from "./words";

const CONDITIONS = ["in", "broken", "lost"] as const;
type Condition = (typeof CONDITIONS)[number];
const KINDS = ["key", "radio", "torch", "baton", "recorder", "other"] as const;

function useKeyAct() {
  const queries = useQueryClient();
  const sending = useSending();
  const act = (run: () => Promise<KeyView>, said: string) =>
    sending.send(async () => {
      await run();
      await queries.invalidateQueries({ queryKey: ["keys"] });
      return said;
    });
  return { sending, act };
}

function submitting(run: () => void) {
  return (event: FormEvent) => {
    event.preventDefault();
    run();
  };
}

export function IssueForm({ id }: { id: string }) {
  const w = useWords(table);
  const { zone } = useSession();
  const { people } = useNames();
  const { sending, act } = useKeyAct();
  const [person, setPerson] = useState<string | null>(null);
  const [purpose, setPurpose] = useState("");
  const [due, setDue] = useState("");
  const issue = () => {
    if (person === null) return;
    const due_at = due === "" ? null : localMoment(due, zone);
    void act(() => ask("POST /keys/{key}/issue", { path: { key: id }, body: { person, purpose, due_at } }), w.issued);
  };
  return (
    <form className="wk-form" aria-label={w.issue} onSubmit={submitting(issue)}>
      <label htmlFor="wk-key-person">{w.person}</label>
      <Select
        id="wk-key-person"
        value={person}
        showSearch={{ optionFilterProp: "label" }}
        options={[...people]}
        onChange={setPerson}
      />
      <label htmlFor="wk-key-purpose">{w.purpose}</label>
      <Input
        id="wk-key-purpose"
        required
        maxLength={1_000}
        value={purpose}
        onChange={(event) => setPurpose(event.target.value)}
      />
      <label htmlFor="wk-key-due">{w.dueDefault}</label>
      <input id="wk-key-due" type="datetime-local" value={due} onChange={(event) => setDue(event.target.value)} />
      <div>
        <Button type="primary" htmlType="submit" data-issue disabled={person === null} loading={sending.busy}>
          {w.issue}
        </Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}

export function ConditionForm({ id, act: which }: { id: string; act: "return" | "mark" }) {
  const w = useWords(table);
  const { sending, act } = useKeyAct();
  const [condition, setCondition] = useState<Condition>("in");
  const [note, setNote] = useState("");
  const words = { in: w.c_in, broken: w.c_broken, lost: w.c_lost };
  const asked = { path: { key: id }, body: { condition, note } };
  const send = () =>
    void (which === "return"
      ? act(() => ask("POST /keys/{key}/return", asked), w.returned)
      : act(() => ask("POST /keys/{key}/mark", asked), w.marked));
  return (
    <form className="wk-form" aria-label={which === "return" ? w.giveBack : w.mark} onSubmit={submitting(send)}>
      <fieldset>
        <legend>{w.condition}</legend>
        {CONDITIONS.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name={`condition-${which}`}
              value={one}
              checked={condition === one}
              onChange={() => setCondition(one)}
            />{" "}
            {words[one]}{" "}
          </label>
        ))}
      </fieldset>
      <label htmlFor={`wk-key-note-${which}`}>{w.keyNote}</label>
      <Input id={`wk-key-note-${which}`} maxLength={1_000} value={note} onChange={(event) => setNote(event.target.value)} />
      <div>
        <Button type={which === "return" ? "primary" : "default"} htmlType="submit" data-act={which} loading={sending.busy}>
          {which === "return" ? w.giveBack : w.mark}
        </Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}

export function AddKey({ onAdded }: { onAdded: (id: string) => void }) {
  const w = useWords(table);
  const { places } = useNames();
  const { sending, act } = useKeyAct();
  const [open, setOpen] = useState(false);
  const [given, setGiven] = useState({ id: "", kind: "key" as KeyView["kind"], name_zh: "", name_en: "" });
  const [place, setPlace] = useState<string | null>(null);
  const add = () => {
    if (place === null) return;
    const body = { ...given, place };
    void act(() => ask("POST /keys", { body }), w.added).then((isDone) => {
      if (!isDone) return;
      onAdded(given.id);
      setGiven({ ...given, id: "", name_zh: "", name_en: "" });
    });
  };
  if (!open) return <Button onClick={() => setOpen(true)}>{w.add}</Button>;
  const texts = { id: w.id, name_zh: w.nameZh, name_en: w.nameEn } as const;
  return (
    <form className="wk-form" aria-label={w.add} onSubmit={submitting(add)}>
      <h3>{w.add}</h3>
      {(["id", "name_zh", "name_en"] as const).map((name) => (
        <label key={name} htmlFor={`wk-new-key-${name}`}>
          {texts[name]}
          <Input
            id={`wk-new-key-${name}`}
            required
            maxLength={name === "id" ? 63 : 100}
            value={given[name]}
            onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
          />
        </label>
      ))}
      <label htmlFor="wk-new-key-kind">{w.kind}</label>
      <Select
        id="wk-new-key-kind"
        value={given.kind}
        options={KINDS.map((value) => ({ value, label: w[`q_${value}`] }))}
        onChange={(kind) => setGiven({ ...given, kind })}
      />
      <label htmlFor="wk-new-key-place">{w.place}</label>
      <Select
        id="wk-new-key-place"
        value={place}
        showSearch={{ optionFilterProp: "label" }}
        options={[...places]}
        onChange={setPlace}
      />
      <div className="wk-acts">
        <Button htmlType="submit" disabled={place === null} loading={sending.busy}>
          {w.ok}
        </Button>
        <Button onClick={() => setOpen(false)}>{w.cancel}</Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}
