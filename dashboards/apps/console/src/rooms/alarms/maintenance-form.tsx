/** A maintenance window is set: where, for how long, and why. The hub says what may not be. */
import { useQueryClient } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { dateTime, hubClock, localDay, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { localMoment } from "../../estate-time";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import type { Named } from "./data";
import { HOURS, timesOf } from "./windows";
import { table } from "./words";

const REASON_MAX = 1_000;
const KINDS = ["place", "device", "detector"] as const;
const NOTHING = { place: "", device: "", detector: "" };

export function MaintenanceForm({ named }: { named: Named }) {
  const w = useWords(table);
  const { zone } = useSession();
  const queries = useQueryClient();
  const sending = useSending();
  const id = useId();
  const [what, setWhat] = useState(NOTHING);
  const [later, setLater] = useState<{ day: string; time: string } | null>(null);
  const [hours, setHours] = useState<number>(2);
  const [reason, setReason] = useState("");
  const isNowhere = KINDS.every((kind) => what[kind] === "");
  const set = async () => {
    const begins = later === null ? null : localMoment(`${later.day}T${later.time}`, zone);
    const done = await sending.send(async () => {
      const body = { ...what, ...timesOf(begins, hours, hubClock.nowMs()), reason: reason.trim() };
      const made = await ask("POST /alarms/maintenance", { body });
      await queries.invalidateQueries({ queryKey: ["maintenance"] });
      return w.added(dateTime(made.until, zone));
    });
    if (done) {
      setWhat(NOTHING);
      setReason("");
    }
  };
  return (
    <form
      className="wk-fields wk-card"
      aria-label={w.newWindow}
      onSubmit={(event) => {
        event.preventDefault();
        void set();
      }}
    >
      {KINDS.map((kind) => (
        <label key={kind} htmlFor={`${id}-${kind}`}>
          {w[kind]}
          <Select
            id={`${id}-${kind}`}
            value={what[kind]}
            options={[{ value: "", label: w.any }, ...named[kind]]}
            showSearch={{ optionFilterProp: "label" }}
            popupMatchSelectWidth={false}
            onChange={(value: string) => setWhat({ ...what, [kind]: value })}
          />
        </label>
      ))}
      <Begins later={later} onChange={setLater} />
      <label htmlFor={`${id}-hours`}>
        {w.hours}
        <Select
          id={`${id}-hours`}
          value={hours}
          options={HOURS.map((value) => ({ value, label: w.nHours(value) }))}
          onChange={setHours}
        />
      </label>
      <label htmlFor={`${id}-reason`}>
        {w.reason}
        <Input id={`${id}-reason`} value={reason} maxLength={REASON_MAX} onChange={(event) => setReason(event.target.value)} />
      </label>
      <Button htmlType="submit" loading={sending.busy} disabled={isNowhere || reason.trim() === ""}>
        {w.add}
      </Button>
      <p className="wk-quiet">
        {isNowhere && `${w.choose} · `}
        {w.neverHeld}
      </p>
      <Said sending={sending} />
    </form>
  );
}

function Begins({
  later,
  onChange,
}: {
  later: { day: string; time: string } | null;
  onChange: (later: { day: string; time: string } | null) => void;
}) {
  const w = useWords(table);
  const { zone } = useSession();
  const id = useId();
  const today = localDay(new Date(hubClock.nowMs()).toISOString(), zone);
  return (
    <>
      <label htmlFor={id}>
        {w.begins}
        <Select
          id={id}
          value={later === null ? "now" : "later"}
          options={[
            { value: "now", label: w.now },
            { value: "later", label: w.later },
          ]}
          onChange={(value: string) => onChange(value === "now" ? null : { day: today, time: "22:00" })}
        />
      </label>
      {later !== null && (
        <label>
          {w.from}
          <span>
            <input
              type="date"
              required
              value={later.day}
              min={today}
              onChange={(event) => event.target.value !== "" && onChange({ ...later, day: event.target.value })}
            />
            <input
              type="time"
              aria-label={w.begins}
              required
              value={later.time}
              onChange={(event) => event.target.value !== "" && onChange({ ...later, time: event.target.value })}
            />
          </span>
        </label>
      )}
    </>
  );
}
