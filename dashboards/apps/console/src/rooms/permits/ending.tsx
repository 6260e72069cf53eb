/** Something is over, or a rule is taken away: with a reason, and after it was asked for twice. */
import { useQueryClient } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button, Checkbox } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { Reason } from "./reason";
import { table } from "./words";

type Ended = "holder" | "permit" | "group" | "zone" | "portal" | "schedule";

export function Ending({
  kind,
  thing,
  label,
  onDone,
}: {
  kind: Ended;
  thing: { id: string; version: number };
  label: string;
  onDone: () => void;
}) {
  const w = useWords(table);
  const id = useId();
  const queries = useQueryClient();
  const sending = useSending();
  const [reason, setReason] = useState("");
  const [erase, setErase] = useState(false);
  const end = async () => {
    const isDone = await sending.send(async () => {
      const body = { version: thing.version, reason: reason.trim(), erase };
      await ask("POST /access/end/{kind}/{id}", { path: { kind, id: thing.id }, body });
      await queries.invalidateQueries({ queryKey: ["access"] });
      return w.saved;
    });
    if (isDone) onDone();
  };
  return (
    <form
      className="wk-form wk-card"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        void end();
      }}
    >
      <h3>{label}</h3>
      {(kind === "holder" || kind === "permit") && <p>{w.endMeans}</p>}
      {kind === "holder" && (
        <Checkbox checked={erase} onChange={(event) => setErase(event.target.checked)}>
          {w.erase}
        </Checkbox>
      )}
      <Reason id={`${id}-reason`} value={reason} onChange={setReason} />
      <div className="wk-acts">
        <Button danger htmlType="submit" loading={sending.busy} disabled={reason.trim() === ""}>
          {label}
        </Button>
        <Button onClick={onDone}>{w.cancel}</Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}
