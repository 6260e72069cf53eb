/** 调阅登记: who looked at footage or took some, when and why. Nothing is ever taken from it. */
import { useQuery } from "@tanstack/react-query";
import { ask, askFile, type RegisterView } from "@watchkeeper/api";
import { dateTime, Empty, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { localMoment, plusDays } from "../../estate-time";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { ToIncident } from "../../parts/to-incident";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useCameraName, useCameras } from "./data";
import { outWords } from "./words-out";

const PAGE = 50;
const KINDS = ["", "view", "export", "download"] as const;

interface Filter {
  readonly actor: string;
  readonly kind: (typeof KINDS)[number];
  readonly camera: string;
  readonly incident: string;
  /** Local days, both included; empty: no limit. */
  readonly from: string;
  readonly to: string;
}

const EVERYTHING: Filter = { actor: "", kind: "", camera: "", incident: "", from: "", to: "" };

function queryOf(filter: Filter, zone: string) {
  const day = (one: string) => (one === "" ? null : localMoment(`${one}T00:00`, zone));
  return {
    actor: filter.actor.trim(),
    kind: filter.kind === "" ? null : filter.kind,
    camera: filter.camera,
    incident: /^\d+$/.test(filter.incident) ? Number(filter.incident) : null,
    from: day(filter.from),
    to: filter.to === "" ? null : day(plusDays(filter.to, 1)),
  };
}

export function Register() {
  const w = useWords(outWords);
  const { zone, may } = useSession();
  const [filter, setFilter] = useState(EVERYTHING);
  const sending = useSending();
  const csv = () =>
    void sending.send(async () => {
      const file = await askFile("GET /footage/register.csv", { query: queryOf(filter, zone) });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = "footage-register.csv";
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      return undefined;
    });
  return (
    <section aria-label={w.register}>
      <Fields key={JSON.stringify(filter)} filter={filter} onAsk={setFilter} />
      <p className="wk-quiet">
        {w.registerHint}{" "}
        {may("GET /footage/register.csv") && (
          <Button size="small" onClick={csv} loading={sending.busy}>
            {w.csv}
          </Button>
        )}
      </p>
      <Said sending={sending} />
      <Page key={`page ${JSON.stringify(filter)}`} filter={filter} />
    </section>
  );
}

function Fields({ filter, onAsk }: { filter: Filter; onAsk: (filter: Filter) => void }) {
  const w = useWords(outWords);
  const id = useId();
  const [given, setGiven] = useState(filter);
  const name = useCameraName();
  const cameras = useCameras().data ?? [];
  const set = (changed: Partial<Filter>) => setGiven({ ...given, ...changed });
  return (
    <form
      className="wk-fields"
      aria-label={w.search}
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(given);
      }}
    >
      <label htmlFor={`${id}-actor`}>
        {w.actor}
        <Input id={`${id}-actor`} value={given.actor} maxLength={100} onChange={(event) => set({ actor: event.target.value })} />
      </label>
      <label htmlFor={`${id}-kind`}>
        {w.kind}
        <Select
          id={`${id}-kind`}
          value={given.kind}
          options={KINDS.map((value) => ({ value, label: w[`k_${value}`] }))}
          onChange={(kind) => set({ kind })}
        />
      </label>
      <label htmlFor={`${id}-camera`}>
        {w.camera}
        <Select
          id={`${id}-camera`}
          value={given.camera}
          options={[{ value: "", label: w.anyCamera }, ...cameras.map((one) => ({ value: one.device, label: name(one.device) }))]}
          onChange={(camera: string) => set({ camera })}
        />
      </label>
      <label htmlFor={`${id}-incident`}>
        {w.incident}
        <Input
          id={`${id}-incident`}
          inputMode="numeric"
          value={given.incident}
          maxLength={10}
          onChange={(event) => set({ incident: event.target.value })}
        />
      </label>
      {(["from", "to"] as const).map((which) => (
        <label key={which}>
          {w[which]}
          <input type="date" value={given[which]} onChange={(event) => set({ [which]: event.target.value })} />
        </label>
      ))}
      <Button htmlType="submit" type="primary">
        {w.search}
      </Button>
      {filter !== EVERYTHING && <Button onClick={() => onAsk(EVERYTHING)}>{w.clear}</Button>}
    </form>
  );
}

function Page({ filter }: { filter: Filter }) {
  const w = useWords(outWords);
  const { zone } = useSession();
  const [trail, setTrail] = useState<readonly (string | null)[]>([null]);
  const cursor = trail.at(-1) ?? null;
  const asked = useQuery({
    queryKey: ["footage", "register", filter, cursor],
    queryFn: () => ask("GET /footage/register", { query: { ...queryOf(filter, zone), cursor, limit: PAGE } }),
    gcTime: 0,
  });
  return (
    <Asked of={asked}>
      {({ rows, cursor: next }) => (
        <>
          {rows.length === 0 ? (
            <Empty atMs={asked.dataUpdatedAt} zone={zone}>
              {w.noRows}
            </Empty>
          ) : (
            <Rows label={w.register} columns={[w.at, w.kind, w.actor, w.reason, w.cameras, w.footage, w.about, w.receiver]}>
              {rows.map((row) => (
                <Row key={row.id} row={row} />
              ))}
            </Rows>
          )}
          <div className="wk-footage-pages">
            {trail.length > 1 && <Button onClick={() => setTrail(trail.slice(0, -1))}>{w.newer}</Button>}
            {next !== null && <Button onClick={() => setTrail([...trail, next])}>{w.older}</Button>}
          </div>
        </>
      )}
    </Asked>
  );
}

function Row({ row }: { row: RegisterView }) {
  const w = useWords(outWords);
  const { zone } = useSession();
  const name = useCameraName();
  return (
    <tr data-view={row.id} data-kind={row.kind}>
      <td>
        <time dateTime={row.at}>{dateTime(row.at, zone)}</time>
      </td>
      <td>{w[`k_${row.kind}`]}</td>
      <td data-user-data>{row.actor}</td>
      <td data-user-data>{row.reason}</td>
      <td>{row.cameras.map(name).join(", ")}</td>
      <td>
        {dateTime(row.from, zone)} – {dateTime(row.to, zone)}
      </td>
      <td>{row.incident !== null && <ToIncident no={row.incident} />}</td>
      <td data-user-data>
        {row.receiver} {row.ticket}
      </td>
    </tr>
  );
}
