/** Whether footage is deleted when due, and where that waits for somebody: the sweep is halted, or fewer days want two people. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type SweepView } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Alert, Button, Input } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { keptWords } from "./words-kept";

const EVERY_MS = 30_000;
const TEXT_MAX = 400;

export function Sweep() {
  const w = useWords(keptWords);
  const { zone, may } = useSession();
  const sweep = useQuery({
    queryKey: ["footage", "sweep"],
    queryFn: () => ask("GET /footage/sweep"),
    enabled: may("GET /footage/sweep"),
    refetchInterval: EVERY_MS,
  }).data;
  if (sweep === undefined) return null;
  const fewer = Object.keys(sweep.fewer_days).length;
  return (
    <div data-sweep={sweep.halted}>
      {sweep.halted !== "" && (
        <Alert
          type="warning"
          showIcon={false}
          title={`${w[`halted_${sweep.halted}`]}${sweep.since === null ? "" : ` · ${dateTime(sweep.since, zone)}`}`}
          description={may("POST /footage/sweep/confirm") && <Confirm route="POST /footage/sweep/confirm" label={w.goOn} />}
        />
      )}
      {fewer > 0 && (
        <Alert
          type="warning"
          showIcon={false}
          title={`${w.fewer(fewer)}${sweep.fewer_days_by === "" ? "" : ` · ${w.waits(sweep.fewer_days_by)}`}`}
          description={may("POST /footage/days/confirm") && <Confirm route="POST /footage/days/confirm" label={w.agree} />}
        />
      )}
      <Disks sweep={sweep} />
    </div>
  );
}

function Disks({ sweep }: { sweep: SweepView }) {
  const w = useWords(keptWords);
  if (sweep.disks.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon={false}
      title={sweep.disks.map((one) => `${one.agent}${w.colon}${one.full ? w.diskFull : w.diskShort}`).join(" · ")}
    />
  );
}

function Confirm({ route, label }: { route: "POST /footage/sweep/confirm" | "POST /footage/days/confirm"; label: string }) {
  const w = useWords(keptWords);
  const id = useId();
  const queries = useQueryClient();
  const sending = useSending();
  const [reason, setReason] = useState("");
  const send = () =>
    void sending.send(async () => {
      const { done } = await ask(route, { body: { reason } });
      await queries.invalidateQueries({ queryKey: ["footage", "sweep"] });
      return done ? w.inForceNow : w.asked;
    });
  return (
    <form
      className="wk-fields"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor={id}>
        {w.reason}
        <Input id={id} required value={reason} maxLength={TEXT_MAX} onChange={(event) => setReason(event.target.value)} />
      </label>
      <Button htmlType="submit" loading={sending.busy}>
        {label}
      </Button>
      <Said sending={sending} />
    </form>
  );
}
