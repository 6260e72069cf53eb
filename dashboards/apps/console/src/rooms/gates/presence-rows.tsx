/** Who is in, by name, and where he really is once somebody knows better. */
import { ask, type PresenceView as Present } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { type FormEvent, useId, useState } from "react";
import { Rows } from "../../parts/rows";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useGateNames, useZones } from "./passage-data";
import { table } from "./words-pages";

const REASON_MAX = 1_000;

export function PresentRows({ present, onChanged }: { present: readonly Present[]; onChanged: (now: Present) => void }) {
  const w = useWords(table);
  const { zone, may } = useSession();
  const { zoneName } = useZones(w.outside);
  const { gateName } = useGateNames();
  const [chosen, setChosen] = useState<string | null>(null);
  const keyOf = (one: Present) => `${one.sort} ${one.who}`;
  const picked = present.find((one) => keyOf(one) === chosen);
  return (
    <>
      {picked !== undefined && <Correcting key={chosen} of={picked} onChanged={onChanged} onAway={() => setChosen(null)} />}
      <Rows label={w.list} columns={[w.sort, w.who, w.zone, w.since, w.lastGate, w.correct]}>
        {present.map((one) => (
          <tr key={keyOf(one)} data-present={one.who} aria-selected={keyOf(one) === chosen}>
            <td>{w[`s_${one.sort}`]}</td>
            <td data-user-data>
              {one.permit === "" || one.permit === one.who ? one.who : `${one.who} · ${w.permitNo(one.permit)}`}
            </td>
            <td>{zoneName(one.zone)}</td>
            <td>
              <time dateTime={one.since}>{dateTime(one.since, zone)}</time>
            </td>
            <td>
              {gateName(one.gate)}
              {one.corrected_by !== "" && <small data-user-data>{w.corrected(one.corrected_by, one.reason)}</small>}
            </td>
            <td>
              {may("POST /presence/correct") && (
                <Button size="small" aria-label={w.correctOf(one.who)} onClick={() => setChosen(keyOf(one))}>
                  {w.correct}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Rows>
    </>
  );
}

function Correcting({ of, onChanged, onAway }: { of: Present; onChanged: (now: Present) => void; onAway: () => void }) {
  const w = useWords(table);
  const id = useId();
  const sending = useSending();
  const { choices } = useZones(w.outside);
  const [zone, setZone] = useState("");
  const [reason, setReason] = useState("");
  const save = (event: FormEvent) => {
    event.preventDefault();
    void sending.send(async () => {
      const { sort, who } = of;
      onChanged(await ask("POST /presence/correct", { body: { sort, who, zone, reason: reason.trim() } }));
      return w.saved;
    });
  };
  return (
    <form className="wk-fields wk-card" aria-label={w.correctOf(of.who)} onSubmit={save}>
      <b data-user-data>{of.who}</b>
      <label htmlFor={`${id}-zone`}>
        {w.really}
        <Select id={`${id}-zone`} value={zone} options={[...choices]} onChange={setZone} />
      </label>
      <label htmlFor={`${id}-reason`}>
        {w.known}
        <Input id={`${id}-reason`} value={reason} maxLength={REASON_MAX} onChange={(event) => setReason(event.target.value)} />
      </label>
      <Button type="primary" htmlType="submit" disabled={reason.trim() === ""} loading={sending.busy}>
        {w.save}
      </Button>
      <Button onClick={onAway}>{w.cancel}</Button>
      <p className="wk-quiet">{w.correctNote}</p>
      <Said sending={sending} />
    </form>
  );
}
