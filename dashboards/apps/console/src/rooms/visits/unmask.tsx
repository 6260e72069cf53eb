/** What is personal, whole: with a reason, for as long as the dialog is open, and kept nowhere. */
import { ask, type Unmasked, type VisitView } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button, Input, Modal } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { table } from "./words";

export function Unmask({ visit }: { visit: VisitView }) {
  const w = useWords(table);
  const { may } = useSession();
  const [open, setOpen] = useState(false);
  if (visit.erased || !may("POST /visits/{visit}/unmask")) return null;
  return (
    <>
      <Button data-unmask onClick={() => setOpen(true)}>
        {w.unmask}
      </Button>
      {open && (
        <Modal open title={w.unmask} footer={null} destroyOnHidden onCancel={() => setOpen(false)}>
          <Look visit={visit.id} onClose={() => setOpen(false)} />
        </Modal>
      )}
    </>
  );
}

function Look({ visit, onClose }: { visit: string; onClose: () => void }) {
  const w = useWords(table);
  const sending = useSending();
  const id = useId();
  const [reason, setReason] = useState("");
  const [whole, setWhole] = useState<Unmasked | null>(null);
  const look = () =>
    sending.send(async () => {
      setWhole(await ask("POST /visits/{visit}/unmask", { path: { visit }, body: { reason: reason.trim() } }));
      return "";
    });
  if (whole !== null)
    return (
      <div data-unmasked>
        <dl className="wk-visit-facts">
          {(["name", "identity", "phone", "plate"] as const)
            .filter((field) => whole[field] !== "")
            .map((field) => (
              <div key={field}>
                <dt>{w[field]}</dt>
                <dd data-user-data>{whole[field]}</dd>
              </div>
            ))}
        </dl>
        <p role="status">{w.looksLeft(whole.left)}</p>
        <Button onClick={onClose}>{w.hide}</Button>
      </div>
    );
  return (
    <form
      className="wk-form"
      aria-label={w.unmask}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== "") void look();
      }}
    >
      <p className="wk-quiet">{w.unmaskNote}</p>
      <label htmlFor={id}>
        {w.lookReason}
        <Input id={id} autoFocus maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <div>
        <Button htmlType="submit" disabled={reason.trim() === ""} loading={sending.busy}>
          {w.show}
        </Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}
