/** 保全: what stays past its day and why, and how it is released. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type HoldView } from "@watchkeeper/api";
import { dateTime, Empty, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useId, useState } from "react";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { ToIncident } from "../../parts/to-incident";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useCameraName, useHolds } from "./data";
import { keptWords } from "./words-kept";

const TEXT_MAX = 400;

export function Holds() {
  const w = useWords(keptWords);
  const { zone } = useSession();
  const asked = useHolds();
  return (
    <section aria-label={w.holds}>
      <p className="wk-quiet">{w.holdHint}</p>
      <Asked of={asked}>
        {({ holds }) =>
          holds.length === 0 ? (
            <Empty atMs={asked.dataUpdatedAt} zone={zone}>
              {w.noHolds}
            </Empty>
          ) : (
            <Rows label={w.holds} columns={[w.reason, w.cameras, w.span, w.by, w.ends, w.state]}>
              {holds.map((one) => (
                <Line key={one.id} hold={one} />
              ))}
            </Rows>
          )
        }
      </Asked>
    </section>
  );
}

function Line({ hold }: { hold: HoldView }) {
  const w = useWords(keptWords);
  const { zone, me } = useSession();
  const name = useCameraName();
  const isHub = hold.sort === "incident";
  const ends = hold.until !== null ? dateTime(hold.until, zone) : hold.to_at === null ? w.open : w.untilReleased;
  return (
    <tr data-hold={hold.id} data-state={hold.keeps ? "in_force" : "over"}>
      <td>
        {hold.incident !== null ? (
          <>
            {w.ofIncident} <ToIncident no={hold.incident} />
          </>
        ) : (
          <span data-user-data>{hold.reason}</span>
        )}
      </td>
      <td>{hold.cameras.map(name).join(", ")}</td>
      <td>
        {dateTime(hold.from_at, zone)} – {hold.to_at === null ? "…" : dateTime(hold.to_at, zone)}
      </td>
      <td>{isHub ? w.byItself : <span data-user-data>{hold.actor}</span>}</td>
      <td>{ends}</td>
      <td>
        <State hold={hold} />
        {hold.keeps && <Release key={`${hold.id} ${hold.waits_for_second}`} hold={hold} me={me.name} />}
      </td>
    </tr>
  );
}

function State({ hold }: { hold: HoldView }) {
  const w = useWords(keptWords);
  if (hold.released_at !== null) return <span data-user-data>{w.released(hold.released_by)}</span>;
  if (!hold.keeps) return <span>{w.over}</span>;
  if (hold.waits_for_second !== "") return <b data-user-data>{w.waits(hold.waits_for_second)}</b>;
  return <span>{w.inForce}</span>;
}

/** Whether it goes at once, or waits for a second person, the hub says. */
function Release({ hold, me }: { hold: HoldView; me: string }) {
  const w = useWords(keptWords);
  const { may } = useSession();
  const id = useId();
  const queries = useQueryClient();
  const sending = useSending();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  // an open incident's hold is nobody's to release, and nobody agrees with himself
  const isOpen = hold.incident !== null && hold.incident_closed_at === null;
  if (!may("POST /footage/holds/{hold}/release") || isOpen || hold.waits_for_second === me) return null;
  if (!isAsking)
    return (
      <Button size="small" onClick={() => setAsking(true)} data-release>
        {w.release}
      </Button>
    );
  const send = () =>
    void sending.send(async () => {
      const now = await ask("POST /footage/holds/{hold}/release", { path: { hold: hold.id }, body: { reason } });
      await queries.invalidateQueries({ queryKey: ["footage", "holds"] });
      return now.released_at === null ? w.asked : w.releasedNow;
    });
  return (
    <form
      className="wk-form"
      aria-label={w.releaseTitle}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor={id}>
        {w.releaseReason}
        <Input id={id} required value={reason} maxLength={TEXT_MAX} onChange={(event) => setReason(event.target.value)} />
      </label>
      <div>
        <Button htmlType="submit" loading={sending.busy} data-release-confirm>
          {w.confirm}
        </Button>{" "}
        <Button onClick={() => setAsking(false)}>{w.cancel}</Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}
