/** 快递外卖: goods at a drop-off point, who was told, and whether they may be carried to the door. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type DeliveryView, type Asked as Request } from "@watchkeeper/api";
import { dateTime, Empty, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { useNames } from "../../names";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { PersonChoice } from "./call";
import { useDeliveries, useDelivery, useGone } from "./data";
import { DoorInput } from "./door";
import { History, Told } from "./visit";
import { table, wordFor } from "./words";

type Deed = Request<"POST /deliveries/{delivery}/deeds/{deed}">["path"]["deed"];
const CALLS: ReadonlySet<string> = new Set(["agree", "decline"]);
const PARCELS_MAX = 500;

export function Deliveries() {
  const w = useWords(table);
  const { zone, may } = useSession();
  const here = useDeliveries();
  const recent = useGone();
  return (
    <>
      {may("POST /deliveries") && <Drop />}
      <h2>{w.atPoint}</h2>
      <Asked of={here}>
        {(all) =>
          all.length === 0 ? (
            <Empty atMs={here.dataUpdatedAt} zone={zone}>
              {w.none}
            </Empty>
          ) : (
            <ul className="wk-plain" data-list="dropped">
              {all.map((one) => (
                <Goods key={one.id} delivery={one} />
              ))}
            </ul>
          )
        }
      </Asked>
      <h2>{w.overDeliveries}</h2>
      <Asked of={recent}>{(all) => <Over deliveries={all} />}</Asked>
    </>
  );
}

function Over({ deliveries }: { deliveries: readonly DeliveryView[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const [open, setOpen] = useState("");
  if (deliveries.length === 0) return <p className="wk-quiet">{w.none}</p>;
  return (
    <Rows label={w.overDeliveries} columns={[w.room, w.courier, w.parcels, w.state, w.at, w.history]}>
      {deliveries.map((one) => (
        <tr key={one.id} data-delivery={one.id}>
          <td data-user-data>{one.room}</td>
          <td data-user-data>{one.company}</td>
          <td className="wk-number">{one.parcels}</td>
          <td>
            {told(one, "state", language)}
            {one.carrier !== "" && <span data-user-data> · {one.carrier}</span>}
          </td>
          <td>{one.ended_at !== null && <time dateTime={one.ended_at}>{dateTime(one.ended_at, zone)}</time>}</td>
          <td>
            <Button aria-expanded={open === one.id} onClick={() => setOpen(open === one.id ? "" : one.id)}>
              {w.history}
            </Button>
            {open === one.id && <Past delivery={one.id} />}
          </td>
        </tr>
      ))}
    </Rows>
  );
}

/** What was done with it, and who was told. */
function Past({ delivery }: { delivery: string }) {
  return (
    <Asked of={useDelivery(delivery)}>
      {(page) => (
        <div data-past={delivery}>
          <History entries={page.history} room={page.delivery.room} />
          <Told notices={page.notices} room={page.delivery.room} />
        </div>
      )}
    </Asked>
  );
}

function Drop() {
  const w = useWords(table);
  const { places } = useNames();
  const queries = useQueryClient();
  const sending = useSending();
  const id = useId();
  const [room, setRoom] = useState("");
  const [place, setPlace] = useState<string | null>(null);
  const [company, setCompany] = useState("");
  const [parcels, setParcels] = useState("1");
  const count = Number(parcels);
  const ready = room.trim() !== "" && place !== null && Number.isInteger(count) && count >= 1 && count <= PARCELS_MAX;
  const drop = async () => {
    if (place === null) return;
    const done = await sending.send(async () => {
      const made = await ask("POST /deliveries", { body: { room: room.trim(), place, company, parcels: count } });
      await queries.invalidateQueries({ queryKey: ["deliveries"] });
      return made.by_phone ? w.droppedCall : w.dropped;
    });
    if (!done) return;
    // the next courier comes to the same point
    setRoom("");
    setParcels("1");
  };
  return (
    <form
      className="wk-fields wk-card"
      aria-label={w.drop}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void drop();
      }}
    >
      <label htmlFor={`${id}-room`}>
        {w.room}
        <DoorInput id={`${id}-room`} value={room} required onChange={setRoom} />
      </label>
      <label htmlFor={`${id}-place`} data-place>
        {w.place}
        <Select
          id={`${id}-place`}
          value={place}
          showSearch={{ optionFilterProp: "label" }}
          options={[...places]}
          onChange={setPlace}
        />
      </label>
      <label htmlFor={`${id}-company`}>
        {w.courier}
        <Input id={`${id}-company`} maxLength={500} value={company} onChange={(event) => setCompany(event.target.value)} />
      </label>
      <label htmlFor={`${id}-parcels`}>
        {w.parcels}
        <Input
          id={`${id}-parcels`}
          inputMode="numeric"
          maxLength={3}
          value={parcels}
          onChange={(event) => setParcels(event.target.value)}
        />
      </label>
      <Button type="primary" htmlType="submit" disabled={!ready} loading={sending.busy}>
        {w.drop}
      </Button>
      <Said sending={sending} />
    </form>
  );
}

function Goods({ delivery }: { delivery: DeliveryView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone, may } = useSession();
  const { placeName } = useNames();
  const queries = useQueryClient();
  const sending = useSending();
  const [call, setCall] = useState("");
  const [open, setOpen] = useState(false);
  const act = (deed: string, person = "", note = "") =>
    sending.send(async () => {
      const path = { delivery: delivery.id, deed: deed as Deed };
      const done = await ask("POST /deliveries/{delivery}/deeds/{deed}", { path, body: { person, note } });
      setCall("");
      await queries.invalidateQueries({ queryKey: ["deliveries"] });
      return done.by_phone ? w.byPhone : w.done;
    });
  // whom one spoke to is chosen from the household's people
  const deeds = delivery.deeds.filter(
    (deed) => !CALLS.has(deed) || (delivery.consent !== "yes" && may("GET /access/households")),
  );
  return (
    <li className="wk-card" data-delivery={delivery.id} data-consent={delivery.consent}>
      <p>
        <b data-user-data>{delivery.room}</b> · {placeName(delivery.place)} · <span data-user-data>{delivery.company}</span>{" "}
        {w.parcels} {delivery.parcels} · {dateTime(delivery.made_at, zone)} ·{" "}
        {delivery.told_at === null ? <b>{w.notTold}</b> : `${w.toldAt} ${dateTime(delivery.told_at, zone)}`} · {w.consent}:{" "}
        {told(delivery, "consent", language)}
        {delivery.unclaimed && <b data-over="true"> · {w.unclaimed}</b>}
      </p>
      <div className="wk-acts">
        {deeds.map((deed) => (
          <Button
            key={deed}
            data-deed={deed}
            disabled={sending.busy}
            onClick={() => (CALLS.has(deed) ? setCall(call === deed ? "" : deed) : void act(deed))}
          >
            {wordFor(w, "b", deed)}
          </Button>
        ))}
        <Button aria-expanded={open} data-history-of={delivery.id} onClick={() => setOpen(!open)}>
          {w.history}
        </Button>
      </div>
      {open && <Past delivery={delivery.id} />}
      {call !== "" && <ConsentCall room={delivery.room} onDone={(person, note) => void act(call, person, note)} />}
      <Said sending={sending} />
    </li>
  );
}

function ConsentCall({ room, onDone }: { room: string; onDone: (person: string, note: string) => void }) {
  const w = useWords(table);
  const id = useId();
  const [person, setPerson] = useState("");
  const [note, setNote] = useState("");
  const ready = person !== "" && note.trim() !== "";
  return (
    <form
      className="wk-fields"
      aria-label={w.consentCall}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onDone(person, note);
      }}
    >
      <PersonChoice room={room} value={person} onChange={setPerson} />
      <label htmlFor={id}>
        {w.said}
        <Input id={id} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <Button htmlType="submit" disabled={!ready}>
        {w.ok}
      </Button>
    </form>
  );
}
