/** A credential is given, replaced, or one of its acts done: each with its reason. A number typed here is kept nowhere. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type CredentialView } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { type ReactNode, useId, useState } from "react";
import { Said } from "../../sending/said";
import { type Sending, useSending } from "../../sending/sending";
import type { CredentialAct } from "./acts";
import { Reason } from "./reason";
import { MEDIA, mediumWord, table } from "./words";

const NUMBER_MAX = 200;
const PIN_MAX = 12;
type Medium = CredentialView["medium"];

function useDoing(onDone: () => void) {
  const w = useWords(table);
  const queries = useQueryClient();
  const sending = useSending();
  const run = async (act: () => Promise<unknown>) => {
    const isDone = await sending.send(async () => {
      await act();
      return w.saved;
    });
    // also after a refusal: it may be that somebody else was faster
    await queries.invalidateQueries({ queryKey: ["access"] });
    if (isDone) onDone();
  };
  return { sending, run };
}

export function IssueForm({ permit, onDone }: { permit: string; onDone: () => void }) {
  const w = useWords(table);
  const id = useId();
  const { sending, run } = useDoing(onDone);
  const [medium, setMedium] = useState<Medium>("card");
  const [number, setNumber] = useState("");
  const [pin, setPin] = useState("");
  const [reason, setReason] = useState("");
  const body = { medium, number: number.trim(), pin, reason: reason.trim() };
  const send = () => run(() => ask("POST /access/permits/{id}/credentials", { path: { id: permit }, body }));
  return (
    <DoForm label={w.issue} sending={sending} ready={number.trim() !== "" && reason.trim() !== ""} onSend={send} onDone={onDone}>
      <label htmlFor={`${id}-medium`}>
        {w.medium}
        <Select
          id={`${id}-medium`}
          value={medium}
          options={MEDIA.map((value) => ({ value, label: mediumWord(w, value) }))}
          onChange={setMedium}
        />
      </label>
      <NumberField id={`${id}-number`} medium={medium} value={number} onChange={setNumber} />
      {(medium === "card" || medium === "face") && (
        <label htmlFor={`${id}-pin`}>
          {w.alsoPin}
          <Input.Password
            id={`${id}-pin`}
            value={pin}
            maxLength={PIN_MAX}
            autoComplete="off"
            onChange={(event) => setPin(event.target.value)}
          />
        </label>
      )}
      <Reason id={`${id}-reason`} value={reason} onChange={setReason} />
    </DoForm>
  );
}

export function CredentialForm({
  credential,
  act,
  onDone,
}: {
  credential: CredentialView;
  act: CredentialAct;
  onDone: () => void;
}) {
  const w = useWords(table);
  const id = useId();
  const { sending, run } = useDoing(onDone);
  const [number, setNumber] = useState("");
  const [reason, setReason] = useState("");
  // the version that is on the page: a refused act is pressed again on what the page shows then
  const said = { version: credential.version, reason: reason.trim() };
  const send = () =>
    run(() =>
      act === "replace"
        ? ask("POST /access/replacements/{id}", { path: { id: credential.id }, body: { ...said, number: number.trim() } })
        : ask("POST /access/credentials/{id}/{deed}", { path: { id: credential.id, deed: act }, body: said }),
    );
  const ready = reason.trim() !== "" && (act !== "replace" || number.trim() !== "");
  const label = `${w[`d_${act}`]}: ${mediumWord(w, credential.medium)} ${credential.shown}`;
  return (
    <DoForm label={label} sending={sending} ready={ready} onSend={send} onDone={onDone}>
      <p className="wk-quiet">{w[`m_${act}`]}</p>
      {act === "replace" && <NumberField id={`${id}-number`} medium={credential.medium} value={number} onChange={setNumber} />}
      <Reason id={`${id}-reason`} value={reason} onChange={setReason} />
    </DoForm>
  );
}

function NumberField({
  id,
  medium,
  value,
  onChange,
}: {
  id: string;
  medium: Medium;
  value: string;
  onChange: (value: string) => void;
}) {
  const w = useWords(table);
  const hints: Readonly<Record<Medium, string>> = {
    card: w.cardHint,
    plate: w.plateHint,
    qr: w.qrHint,
    pin: w.pinHint,
    face: w.faceHint,
  };
  return (
    <label htmlFor={id}>
      <span>
        {w.number} <small className="wk-quiet">{hints[medium]}</small>
      </span>
      <Input id={id} value={value} maxLength={NUMBER_MAX} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

function DoForm({
  label,
  sending,
  ready,
  onSend,
  onDone,
  children,
}: {
  label: string;
  sending: Sending;
  ready: boolean;
  onSend: () => Promise<void>;
  onDone: () => void;
  children: ReactNode;
}) {
  const w = useWords(table);
  return (
    <form
      className="wk-form wk-card"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void onSend();
      }}
    >
      <h3 data-user-data>{label}</h3>
      {children}
      <div className="wk-acts">
        <Button type="primary" htmlType="submit" loading={sending.busy} disabled={!ready}>
          {w.confirm}
        </Button>
        <Button onClick={onDone}>{w.cancel}</Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}
