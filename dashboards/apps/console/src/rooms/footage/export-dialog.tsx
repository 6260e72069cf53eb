/** Footage is to go out of the house: who gets it, why, and how far its archive is. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type ExportView } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Alert, Button, Input, Modal, Select } from "antd";
import { type FormEvent, useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { ExportState } from "./export-state";
import { localInput, localMs } from "./local";
import { MomentField } from "./moment-field";
import type { Span } from "./span";
import type { Look } from "./view";
import { outWords } from "./words-out";

const LONGEST_MS = 86_400_000;
const TEXT_MAX = 400;

interface Given {
  readonly devices: readonly string[];
  readonly span: Span;
  readonly look: Look;
  name(device: string): string;
  onClose(): void;
}

export function ExportDialog(given: Given) {
  const w = useWords(outWords);
  const [made, setMade] = useState<ExportView | null>(null);
  const list = useQuery({
    queryKey: ["footage", "exports", "key"],
    queryFn: () => ask("GET /footage/exports", { query: { limit: 1 } }),
  });
  return (
    <Modal open title={w.title} footer={null} onCancel={given.onClose} closable={{ "aria-label": w.close }} destroyOnHidden>
      {made === null ? (
        <Form {...given} onMade={setMade} />
      ) : (
        <ExportState first={made} {...(list.data === undefined ? {} : { fingerprint: list.data.key })} />
      )}
    </Modal>
  );
}

function Form({ devices, span, look, name, onMade }: Given & { onMade: (made: ExportView) => void }) {
  const w = useWords(outWords);
  const { zone } = useSession();
  const id = useId();
  const queries = useQueryClient();
  const sending = useSending();
  const [from, setFrom] = useState(localInput(span.fromMs, zone));
  const [to, setTo] = useState(localInput(span.toMs, zone));
  const [receiver, setReceiver] = useState("");
  const [ticket, setTicket] = useState("");
  const [reason, setReason] = useState(look.reason);
  const [stream, setStream] = useState<"main" | "sub">("main");
  const [wrong, setWrong] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const fromMs = localMs(from, zone);
    const toMs = localMs(to, zone);
    if (fromMs === null || toMs === null || fromMs >= toMs || toMs - fromMs > LONGEST_MS) setWrong(w.spanWrong);
    else if (receiver.trim() === "" || reason.trim() === "") setWrong(w.missing);
    else {
      setWrong("");
      void sending.send(async () => {
        const body = {
          cameras: [...devices],
          from: new Date(fromMs).toISOString(),
          to: new Date(toMs).toISOString(),
          reason,
          receiver,
          ticket,
          stream,
          ...(look.incident === null ? {} : { incident: look.incident }),
        };
        const asked = await ask("POST /footage/exports", { body });
        await queries.invalidateQueries({ queryKey: ["footage", "exports"] });
        onMade(asked);
        return undefined;
      });
    }
  };
  return (
    <form className="wk-form" aria-label={w.title} onSubmit={submit}>
      <p>
        {w.cameras}
        {w.colon}
        <b>{devices.map(name).join(", ")}</b>
      </p>
      <MomentField label={w.from} value={from} onChange={setFrom} />
      <MomentField label={w.to} value={to} onChange={setTo} />
      <label htmlFor={`${id}-receiver`}>
        {w.receiver}
        <Input
          id={`${id}-receiver`}
          data-receiver
          value={receiver}
          maxLength={TEXT_MAX}
          onChange={(event) => setReceiver(event.target.value)}
        />
      </label>
      <label htmlFor={`${id}-ticket`}>
        {w.ticket}
        <Input id={`${id}-ticket`} value={ticket} maxLength={100} onChange={(event) => setTicket(event.target.value)} />
      </label>
      <label htmlFor={`${id}-reason`}>
        {w.reason}
        <Input id={`${id}-reason`} value={reason} maxLength={TEXT_MAX} onChange={(event) => setReason(event.target.value)} />
      </label>
      <label htmlFor={`${id}-stream`}>{w.stream}</label>
      <Select<"main" | "sub">
        id={`${id}-stream`}
        value={stream}
        options={(["main", "sub"] as const).map((value) => ({ value, label: w[value] }))}
        onChange={setStream}
      />
      <p className="wk-quiet">{w.sealed}</p>
      {wrong !== "" && <Alert type="error" role="alert" title={wrong} />}
      <div>
        <Button type="primary" htmlType="submit" loading={sending.busy} data-make>
          {w.ask}
        </Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}
