/** 清除个人信息: somebody is made unreadable in the whole log, for ever. */
import { useQueryClient } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { HoldButton, useWords } from "@watchkeeper/ui";
import { Input } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { table } from "./words";

const PERSON_MAX = 80;
const REASON_MAX = 1_000;

export function EraseView() {
  const w = useWords(table);
  const queries = useQueryClient();
  const sending = useSending();
  const id = useId();
  const [person, setPerson] = useState("");
  const [reason, setReason] = useState("");
  const ready = person.trim() !== "" && reason.trim() !== "";
  const erase = async () => {
    const done = await sending.send(async () => {
      const path = { person: person.trim() };
      const gone = await ask("POST /audit/people/{person}/erase", { path, body: { reason: reason.trim() } });
      await queries.invalidateQueries({ queryKey: ["audit"] });
      return w.erased(gone.person);
    });
    if (done) {
      setPerson("");
      setReason("");
    }
  };
  return (
    <div>
      <h2>{w.erase}</h2>
      <p>{w.eraseWhat}</p>
      <ul>
        <li>
          <b>{w.eraseNever}</b>
        </li>
        <li>{w.eraseBackup}</li>
        <li>{w.eraseAgain}</li>
        <li>{w.eraseNames}</li>
      </ul>
      <form className="wk-fields wk-card" aria-label={w.erase} onSubmit={(event) => event.preventDefault()}>
        <label htmlFor={`${id}-person`}>
          {w.person}
          <Input id={`${id}-person`} value={person} maxLength={PERSON_MAX} onChange={(event) => setPerson(event.target.value)} />
        </label>
        <label htmlFor={`${id}-reason`}>
          {w.reason}
          <Input id={`${id}-reason`} value={reason} maxLength={REASON_MAX} onChange={(event) => setReason(event.target.value)} />
        </label>
        <HoldButton disabled={!ready || sending.busy} onHeld={() => void erase()}>
          {w.hold}
        </HoldButton>
        <p className="wk-quiet" role="status">
          {ready ? "" : w.need}
        </p>
        <Said sending={sending} />
      </form>
    </div>
  );
}
