/** An older version comes in force again, with a reason. */
import { ask, Refusal } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Input, Modal } from "antd";
import { useState } from "react";
import { table } from "./words-files";
import { useWork } from "./working";

interface Given {
  readonly version: number;
  onClose(): void;
  onRestored(version: number): void;
}

export function RestoreDialog({ version, onClose, onRestored }: Given) {
  const w = useWords(table);
  const language = useLanguage();
  const { view, renew } = useWork();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const restore = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const done = await ask("POST /estate/versions/{version}/restore", {
        path: { version },
        body: { seen: view.version, reason: reason.trim() },
      });
      onRestored(done.version);
      onClose();
      await renew();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
      if (error.code === "changed_meanwhile") await renew();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={w.restoreTitle(version)}
      okText={w.restore}
      cancelText={w.cancel}
      confirmLoading={busy}
      okButtonProps={{ disabled: reason.trim() === "" }}
      onCancel={onClose}
      onOk={() => void restore()}
    >
      <p>{w.restoreHelp}</p>
      <label htmlFor="restore-reason">
        {w.reason} · {w.must}
        <Input id="restore-reason" autoFocus value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </label>
      {refusal !== null && <Alert type="error" role="alert" title={refusal[language]} />}
    </Modal>
  );
}
