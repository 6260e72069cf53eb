/** A call with a resident is recorded: who spoke, with whom, what was said, and the answer. */
import { ask, type VisitView } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useResidents } from "./data";
import { table } from "./words";

export function PersonChoice({ room, value, onChange }: { room: string; value: string; onChange: (id: string) => void }) {
  const w = useWords(table);
  const id = useId();
  const residents = useResidents(room);
  if (residents.data?.length === 0) return <p role="status">{w.noPeople}</p>;
  return (
    <label htmlFor={id} data-person>
      {w.person}
      <Select
        id={id}
        value={value || null}
        loading={residents.isPending}
        options={(residents.data ?? []).map((one) => ({
          value: one.id,
          label: <span data-user-data>{[one.name, one.phone].filter((part) => part !== "").join(" · ")}</span>,
        }))}
        onChange={(one) => onChange(one ?? "")}
      />
    </label>
  );
}

export function CallForm({ visit, onDone }: { visit: VisitView; onDone: () => void }) {
  const w = useWords(table);
  const { me } = useSession();
  const sending = useSending();
  const id = useId();
  const [person, setPerson] = useState("");
  const [direction, setDirection] = useState<"out" | "in">("out");
  const [said, setSaid] = useState("");
  const [answer, setAnswer] = useState<"yes" | "no" | "">("");
  const ready = person !== "" && said.trim() !== "" && answer !== "";
  const record = () =>
    sending.send(async () => {
      await ask("POST /visits/{visit}/call", { path: { visit: visit.id }, body: { person, direction, said, answer } });
      onDone();
      return "";
    });
  return (
    <form
      className="wk-fields"
      aria-label={w.a_call}
      data-act-form="call"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void record();
      }}
    >
      <p className="wk-quiet" data-user-data>
        {w.whoCalls(me.name)}
      </p>
      <PersonChoice room={visit.room} value={person} onChange={setPerson} />
      <fieldset>
        <legend>{w.direction}</legend>
        {(["out", "in"] as const).map((one) => (
          <label key={one}>
            <input type="radio" name={`${id}-way`} checked={direction === one} onChange={() => setDirection(one)} />{" "}
            {w[`d_${one}`]}{" "}
          </label>
        ))}
      </fieldset>
      <label htmlFor={`${id}-said`}>
        {w.said}
        <Input id={`${id}-said`} maxLength={500} value={said} onChange={(event) => setSaid(event.target.value)} />
      </label>
      <fieldset>
        <legend>{w.answer}</legend>
        {(["yes", "no"] as const).map((one) => (
          <label key={one}>
            <input type="radio" name={`${id}-answer`} value={one} checked={answer === one} onChange={() => setAnswer(one)} />{" "}
            {w[one]}{" "}
          </label>
        ))}
      </fieldset>
      <Button type="primary" htmlType="submit" disabled={!ready} loading={sending.busy}>
        {w.ok}
      </Button>
      <Said sending={sending} />
    </form>
  );
}
