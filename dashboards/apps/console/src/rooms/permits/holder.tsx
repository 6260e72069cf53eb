/** One holder: who it is, which permits there are, by what they are proved, and all that ever became of them. */
import type { HolderView as Holder, HouseholdView as Household } from "@watchkeeper/api";
import { ask } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { Asked } from "../../parts/asked";
import { useSession } from "../../session/session";
import { doorOf, newId, useHolder, type Whole } from "./data";
import { EditForm, type Field } from "./edit-form";
import { picked, type Values } from "./editing";
import { Ending } from "./ending";
import { History } from "./history";
import { PermitCard, PermitForm } from "./permit";
import { KINDS, kindWord, table } from "./words";

export function HolderView() {
  const w = useWords(table);
  const { id = "" } = useParams();
  const asked = useHolder(id);
  return (
    <section aria-label={w.holder}>
      <Link to="/permits">← {w.v_people}</Link>
      <Asked of={asked}>{(whole) => (whole === null ? <p>{w.noSuchHolder}</p> : <Page key={id} whole={whole} />)}</Asked>
    </section>
  );
}

type Open = "holder" | "household" | "permit" | "end" | null;

function Page({ whole }: { whole: Whole }) {
  const w = useWords(table);
  const { zone, may } = useSession();
  const { holder, household, permits, credentials } = whole;
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const isLive = holder.ended_at === null;
  return (
    <article data-holder-page={holder.id}>
      <h2 data-user-data>
        {holder.name === "" ? "—" : holder.name} {household !== undefined && `· ${doorOf(household)}`}
      </h2>
      <p>
        {kindWord(w, holder.kind)}
        <span data-user-data>{[holder.phone, holder.note].map((one) => one !== "" && ` · ${one}`)}</span>
        {" · "}
        {holder.ended_at === null ? w.inForce : `${w.endedAt} ${dateTime(holder.ended_at, zone)}`}
      </p>
      {isLive && may("PUT /access/holders/{id}") && (
        <div className="wk-acts">
          <Button onClick={() => setOpen("holder")}>{w.editHolder}</Button>
          {household !== undefined && <Button onClick={() => setOpen("household")}>{w.editHousehold}</Button>}
          <Button onClick={() => setOpen("permit")}>{w.newPermit}</Button>
          <Button onClick={() => setOpen("end")}>{w.endHolder}</Button>
        </div>
      )}
      {open === "holder" && <HolderForm holder={holder} onDone={close} />}
      {open === "household" && household !== undefined && <HouseholdForm household={household} onDone={close} />}
      {open === "permit" && <PermitForm holder={holder.id} id={newId("p")} onDone={close} />}
      {open === "end" && <Ending kind="holder" thing={holder} label={w.endHolder} onDone={close} />}
      <h2>{w.permits}</h2>
      {permits.length === 0 && <p className="wk-quiet">{w.noPermits}</p>}
      {permits.map((permit) => (
        <PermitCard key={permit.id} permit={permit} credentials={credentials.filter((one) => one.permit === permit.id)} />
      ))}
      <h2>{w.history}</h2>
      <History whole={whole} />
    </article>
  );
}

function HolderForm({ holder, onDone }: { holder: Holder; onDone: () => void }) {
  const w = useWords(table);
  const fields: Field[] = [
    { name: "name", label: w.name, kind: "text", required: true },
    { name: "phone", label: w.phone, kind: "text", max: 40 },
    { name: "kind", label: w.kind, kind: "choice", choices: KINDS.map((value) => ({ value, label: kindWord(w, value) })) },
    { name: "note", label: w.note, kind: "text", max: 500 },
  ];
  const save = (values: Values, version: number, reason: string) => {
    const body = { ...values, kind: values.kind as Holder["kind"], household: holder.household, version, reason };
    return ask("PUT /access/holders/{id}", { path: { id: holder.id }, body });
  };
  return <ThingForm label={w.editHolder} fields={fields} thing={holder} save={save} onDone={onDone} />;
}

function HouseholdForm({ household, onDone }: { household: Household; onDone: () => void }) {
  const w = useWords(table);
  const fields: Field[] = [
    { name: "building", label: w.c_building, kind: "text" },
    { name: "unit", label: w.c_unit, kind: "text" },
    { name: "room", label: w.c_room, kind: "text" },
    { name: "note", label: w.note, kind: "text", max: 500 },
  ];
  const save = (values: Values, version: number, reason: string) =>
    ask("PUT /access/households/{id}", {
      path: { id: household.id },
      body: { ...values, place: household.place, version, reason },
    });
  return <ThingForm label={w.editHousehold} fields={fields} thing={household} save={save} onDone={onDone} />;
}

function ThingForm({
  label,
  fields,
  thing,
  save,
  onDone,
}: {
  label: string;
  fields: readonly Field[];
  thing: { version: number };
  save: (values: Values, version: number, reason: string) => Promise<unknown>;
  onDone: () => void;
}) {
  const [first] = useState(thing);
  const initial = picked(
    fields.map((one) => one.name),
    first as unknown as Values,
  );
  return <EditForm label={label} fields={fields} initial={initial} version={first.version} save={save} onDone={onDone} />;
}
