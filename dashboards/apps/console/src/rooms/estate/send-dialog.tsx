/** Before the working copy is put in force: what changes, what follows, and the reason. The hub checks it first. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Input, Modal } from "antd";
import { useEffect, useState } from "react";
import { ChangeList } from "./change-list";
import { Consequences, Mistakes } from "./check-panel";
import { table } from "./words";
import { useWork } from "./working";

export function SendDialog({ onClose, onSent }: { onClose: () => void; onSent: (version: number) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { state, document, changes, checked, check, send, busy, refusal } = useWork();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when the dialog opens
  useEffect(() => void check(), []);
  const current = checked !== null && checked.of === document ? checked : null;
  const good = current !== null && current.mistakes.length === 0;
  const submit = async () => {
    if (reason.trim() === "") {
      setMissing(true);
      return;
    }
    const version = await send(reason.trim());
    if (version !== null) onSent(version);
    onClose();
  };
  return (
    <Modal
      open
      width={640}
      title={w.sendTitle}
      okText={w.sendNow}
      cancelText={w.cancel}
      okButtonProps={{ disabled: !good }}
      confirmLoading={busy}
      mask={{ closable: false }}
      onCancel={onClose}
      onOk={() => void submit()}
    >
      <div className="wk-estate-send">
        <h3>{w.changesTitle}</h3>
        <ChangeList changes={changes} was={state.base.document} now={document} />
        {current !== null && current.mistakes.length > 0 && (
          <>
            <b role="alert" data-abnormal>{`! ${w.wrong(current.mistakes.length)}`}</b>
            <Mistakes mistakes={current.mistakes} />
          </>
        )}
        {good && current.outcome !== null && <Consequences texts={current.outcome.consequences} />}
        {refusal !== null && <Alert type="error" role="alert" title={refusal[language]} />}
        <label htmlFor="send-reason">
          {w.reason} · {w.must}
          <Input
            id="send-reason"
            autoFocus
            value={reason}
            maxLength={500}
            status={missing ? "error" : ""}
            aria-invalid={missing}
            onChange={(event) => {
              setReason(event.target.value);
              setMissing(false);
            }}
            onPressEnter={() => good && void submit()}
          />
        </label>
        {missing && <p data-abnormal>{`! ${w.reasonMust}`}</p>}
      </div>
    </Modal>
  );
}
