/** Nobody looks without a reason: which cameras, which time, and why. From an incident it is filled in, and still confirmed. */
import { type Refusal, why } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Input, Modal, Select } from "antd";
import { useId, useRef, useState } from "react";
import { useSession } from "../../session/session";
import { localInput, localMs } from "./local";
import { MomentField } from "./moment-field";
import { KINDS, type Kind, reasonOf, TEXT_MAX } from "./reasons";
import type { Span } from "./span";
import { table } from "./words";

export interface Looking {
  readonly cameras: readonly string[];
  readonly span: Span;
  readonly incident: number | null;
  /** The incident in words; empty: it is about none. */
  readonly about: string;
}

const CONFIRM = { "data-confirm": "true" } as const;
const LONGEST_MS = 6 * 3_600_000;

export function ReasonDialog({
  looking,
  names,
  busy,
  refusal,
  onCancel,
  onConfirm,
}: {
  looking: Looking;
  names: readonly string[];
  busy: boolean;
  refusal: Refusal | null;
  onCancel: () => void;
  onConfirm: (reason: string, span: Span) => void;
}) {
  const w = useWords(table);
  const language = useLanguage();
  const { me, zone } = useSession();
  const id = useId();
  const [kind, setKind] = useState<Kind | null>(looking.incident === null ? null : "incident");
  const [text, setText] = useState("");
  const [from, setFrom] = useState(localInput(looking.span.fromMs, zone));
  const [to, setTo] = useState(localInput(looking.span.toMs, zone));
  const [wrong, setWrong] = useState("");
  const first = useFocus(looking.incident === null);
  const submit = () => {
    const reason = reasonOf(kind, kind === null ? "" : w[`r_${kind}`], text, looking.about);
    const span = spanOf(from, to, looking.span, zone);
    if (reason === null) setWrong(w.needReason);
    else if (span === null) setWrong(w.spanWrong);
    else onConfirm(reason, span);
  };
  return (
    <Modal
      open
      title={w.reasonTitle}
      okText={`${w.confirm} (Ctrl+Enter)`}
      cancelText={w.cancel}
      confirmLoading={busy}
      onOk={submit}
      onCancel={onCancel}
      closable={{ "aria-label": w.cancel }}
      okButtonProps={CONFIRM}
      focusTriggerAfterClose={false}
      destroyOnHidden
      afterOpenChange={(isOpen) => isOpen && first.focus()}
    >
      <form
        ref={first.form}
        className="wk-form"
        aria-label={w.reasonTitle}
        onKeyDown={(event) => event.key === "Enter" && event.ctrlKey && submit()}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p>
          {w.cameras}
          {w.colon}
          <b>{names.join(", ")}</b>
        </p>
        {looking.about !== "" && <p data-user-data>{looking.about}</p>}
        <MomentField label={w.from} value={from} onChange={setFrom} />
        <MomentField label={w.to} value={to} onChange={setTo} />
        <label htmlFor={`${id}-kind`}>{w.reasonKind}</label>
        <Select<Kind>
          id={`${id}-kind`}
          value={kind}
          options={KINDS.filter((one) => one !== "incident" || looking.incident !== null).map((value) => ({
            value,
            label: w[`r_${value}`],
          }))}
          onChange={setKind}
          data-reason-kind
        />
        <label htmlFor={`${id}-text`}>{kind === "other" ? w.reasonText : w.reasonTextOptional}</label>
        <Input id={`${id}-text`} value={text} maxLength={TEXT_MAX} onChange={(event) => setText(event.target.value)} />
        <p className="wk-quiet">
          {w.recorded(me.name)} · {w.privacy}
        </p>
        <button type="submit" hidden />
      </form>
      {wrong !== "" && <Alert type="error" role="alert" title={wrong} />}
      {refusal !== null && <Alert type="error" role="alert" data-code={refusal.code} title={why(refusal, language)} />}
    </Modal>
  );
}

/** What was typed; null: it is no time that may be looked at. What was not changed stays exact to the millisecond. */
function spanOf(from: string, to: string, given: Span, zone: string): Span | null {
  const fromMs = from === localInput(given.fromMs, zone) ? given.fromMs : localMs(from, zone);
  const toMs = to === localInput(given.toMs, zone) ? given.toMs : localMs(to, zone);
  if (fromMs === null || toMs === null || fromMs >= toMs || toMs - fromMs > LONGEST_MS) return null;
  return { fromMs, toMs };
}

/** The kind has the focus where it is to be chosen, else the button that confirms. */
function useFocus(isOpen: boolean) {
  const form = useRef<HTMLFormElement>(null);
  const focus = () => {
    const wanted = isOpen ? form.current?.querySelector<HTMLElement>("[role=combobox]") : null;
    const confirm = document.querySelector<HTMLElement>("[data-confirm]");
    (wanted ?? confirm)?.focus();
  };
  return { form, focus };
}
