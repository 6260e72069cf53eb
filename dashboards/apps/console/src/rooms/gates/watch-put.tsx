/** A plate is put on the watch list, with a reason. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type WatchRequest } from "@watchkeeper/api";
import { type Priority, priorityWords, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { type FormEvent, useId, useState } from "react";
import { localMoment } from "../../estate-time";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { table } from "./words-pages";

const PLATE_MAX = 40;
const REASON_MAX = 1_000;
const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];

interface Typed {
  readonly plate: string;
  readonly reason: string;
  readonly until: string;
  readonly priority: Priority;
}
const NOTHING: Typed = { plate: "", reason: "", until: "", priority: 2 };

export function PutForm() {
  const w = useWords(table);
  const queries = useQueryClient();
  const { zone } = useSession();
  const sending = useSending();
  const [typed, setTyped] = useState<Typed>(NOTHING);
  const isReady = typed.plate.trim() !== "" && typed.reason.trim() !== "";
  const put = async () => {
    const body: WatchRequest = {
      plate: typed.plate.trim(),
      reason: typed.reason.trim(),
      until: typed.until === "" ? null : localMoment(typed.until, zone),
      priority: typed.priority,
    };
    const isDone = await sending.send(async () => {
      const made = await ask("POST /watch-list", { body });
      await queries.invalidateQueries({ queryKey: ["watch-list"] });
      return w.isPut(made.plate);
    });
    if (isDone) setTyped(NOTHING);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) void put();
  };
  return (
    <form className="wk-fields wk-card" aria-label={w.putPlate} onSubmit={submit}>
      <Typing typed={typed} onType={(more) => setTyped({ ...typed, ...more })} />
      <Button type="primary" htmlType="submit" disabled={!isReady} loading={sending.busy}>
        {w.put}
      </Button>
      <Said sending={sending} />
    </form>
  );
}

function Typing({ typed, onType }: { typed: Typed; onType: (more: Partial<Typed>) => void }) {
  const w = useWords(table);
  const priorities = useWords(priorityWords);
  const id = useId();
  return (
    <>
      <label htmlFor={`${id}-plate`}>
        {w.plate}
        <Input
          id={`${id}-plate`}
          value={typed.plate}
          maxLength={PLATE_MAX}
          autoComplete="off"
          onChange={(event) => onType({ plate: event.target.value })}
        />
      </label>
      <label htmlFor={`${id}-reason`}>
        {w.putReason}
        <Input
          id={`${id}-reason`}
          value={typed.reason}
          maxLength={REASON_MAX}
          onChange={(event) => onType({ reason: event.target.value })}
        />
      </label>
      <label htmlFor={`${id}-priority`}>
        {w.priority}
        <Select
          id={`${id}-priority`}
          value={typed.priority}
          options={PRIORITIES.map((value) => ({ value, label: priorities[`p${value}`] }))}
          onChange={(priority) => onType({ priority })}
        />
      </label>
      <label>
        {w.putUntil}
        <input type="datetime-local" value={typed.until} onChange={(event) => onType({ until: event.target.value })} />
      </label>
    </>
  );
}
