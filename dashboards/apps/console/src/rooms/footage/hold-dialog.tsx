/** Footage is to stay past its day: of which time, why, and until when. */
import { useQueryClient } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { hubClock, useWords } from "@watchkeeper/ui";
import { Alert, Button, Input, Modal } from "antd";
import { type FormEvent, useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { localInput, localMs } from "./local";
import { MomentField } from "./moment-field";
import { DAY, type Span } from "./span";
import { keptWords } from "./words-kept";

const HELD_DAYS = 90;
const TEXT_MAX = 400;

interface Given {
  readonly devices: readonly string[];
  readonly span: Span;
  /** Why it was looked at. */
  readonly why: string;
  name(device: string): string;
  onClose(): void;
}

export function HoldDialog({ devices, span, why, name, onClose }: Given) {
  const w = useWords(keptWords);
  const { zone } = useSession();
  const id = useId();
  const queries = useQueryClient();
  const sending = useSending();
  const [from, setFrom] = useState(localInput(span.fromMs, zone));
  const [to, setTo] = useState(localInput(span.toMs, zone));
  const [until, setUntil] = useState(localInput(hubClock.nowMs() + HELD_DAYS * DAY, zone));
  const [reason, setReason] = useState(why);
  const [wrong, setWrong] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [fromMs, toMs, untilMs] = [from, to, until].map((one) => localMs(one, zone)) as [
      number | null,
      number | null,
      number | null,
    ];
    if (fromMs === null || toMs === null || untilMs === null || fromMs >= toMs || untilMs <= hubClock.nowMs())
      setWrong(w.spanWrong);
    else if (reason.trim() === "") setWrong(w.needReason);
    else {
      setWrong("");
      const [fromText, toText, untilText] = [fromMs, toMs, untilMs].map((ms) => new Date(ms).toISOString()) as [
        string,
        string,
        string,
      ];
      void sending.send(async () => {
        const body = { cameras: [...devices], from: fromText, to: toText, until: untilText, reason };
        const made = await ask("POST /footage/holds", { body });
        await queries.invalidateQueries({ queryKey: ["footage", "holds"] });
        return made.rescuing > 0 ? `${w.placed} · ${w.rescuing(made.rescuing)}` : w.placed;
      });
    }
  };
  const isDone = sending.done !== "";
  return (
    <Modal open title={w.holdTitle} footer={null} onCancel={onClose} closable={{ "aria-label": w.close }} destroyOnHidden>
      <form className="wk-form" aria-label={w.holdTitle} onSubmit={submit}>
        <p>
          {w.cameras}
          {w.colon}
          <b>{devices.map(name).join(", ")}</b>
        </p>
        <MomentField label={w.from} value={from} onChange={setFrom} />
        <MomentField label={w.to} value={to} onChange={setTo} />
        <MomentField label={`${w.until} (${w.untilHint})`} value={until} onChange={setUntil} />
        <label htmlFor={`${id}-reason`}>
          {w.reason}
          <Input id={`${id}-reason`} value={reason} maxLength={TEXT_MAX} onChange={(event) => setReason(event.target.value)} />
        </label>
        <p className="wk-quiet">{w.holdHint}</p>
        {wrong !== "" && <Alert type="error" role="alert" title={wrong} />}
        <div>
          {isDone ? (
            <Button onClick={onClose}>{w.close}</Button>
          ) : (
            <Button type="primary" htmlType="submit" loading={sending.busy} data-place-hold>
              {w.newHold}
            </Button>
          )}
        </div>
        <Said sending={sending} />
      </form>
    </Modal>
  );
}
