/** 在场: how many are in, by zone; by name for whoever says why; and a correction by hand. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type PresenceSearch, type PresenceView as Present } from "@watchkeeper/api";
import { Empty, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { type FormEvent, useId, useState } from "react";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { usePresence, useZones } from "./passage-data";
import { PresentRows } from "./presence-rows";
import { table } from "./words-pages";

const TEXT_MAX = 80;
const REASON_MAX = 1_000;
const PAGE_ROWS = 100;
const ANY = "*";

export function PresenceView() {
  const w = useWords(table);
  const { may } = useSession();
  return (
    <div>
      <Counts />
      <p className="wk-quiet">{w.presenceNote}</p>
      {may("POST /presence/search") && <WhoIsIn />}
    </div>
  );
}

function Counts() {
  const w = useWords(table);
  const { zone } = useSession();
  const { zoneName } = useZones(w.outside);
  const asked = usePresence();
  return (
    <Asked of={asked}>
      {(zones) =>
        zones.length === 0 ? (
          <Empty atMs={asked.dataUpdatedAt} zone={zone}>
            {w.nobodyIn}
          </Empty>
        ) : (
          <Rows label={w.zones} columns={[w.zone, w.people, w.vehicles]}>
            {zones.map((one) => (
              <tr key={one.zone} data-zone={one.zone}>
                <td>{zoneName(one.zone)}</td>
                <td className="wk-number">{one.people}</td>
                <td className="wk-number">{one.vehicles}</td>
              </tr>
            ))}
          </Rows>
        )
      }
    </Asked>
  );
}

interface Typed {
  readonly sort: "all" | "person" | "vehicle";
  readonly zone: string;
  readonly who: string;
  readonly reason: string;
}

function bodyOf(typed: Typed, after: string): PresenceSearch {
  return {
    reason: typed.reason.trim(),
    sort: typed.sort === "all" ? null : typed.sort,
    zone: typed.zone === ANY ? "" : typed.zone,
    who: typed.who.trim(),
    after,
    limit: PAGE_ROWS,
  };
}

/** The list stands as it was asked for: each page of it is a search of its own, and on the audit log. */
function WhoIsIn() {
  const w = useWords(table);
  const queries = useQueryClient();
  const sending = useSending();
  const [typed, setTyped] = useState<Typed>({ sort: "all", zone: ANY, who: "", reason: "" });
  const [found, setFound] = useState<readonly Present[] | null>(null);
  const [isWhole, setWhole] = useState(true);
  const search = (before: readonly Present[]) =>
    void sending.send(async () => {
      const { present } = await ask("POST /presence/search", { body: bodyOf(typed, before.at(-1)?.who ?? "") });
      setFound([...before, ...present]);
      setWhole(present.length < PAGE_ROWS);
      return w.found(before.length + present.length);
    });
  const changed = (now: Present) => {
    setFound((all) => all?.map((one) => (one.sort === now.sort && one.who === now.who ? now : one)) ?? null);
    void queries.invalidateQueries({ queryKey: ["presence"] });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.reason.trim() !== "") search([]);
  };
  return (
    <section aria-label={w.whoIsIn}>
      <h2>{w.whoIsIn}</h2>
      <form className="wk-fields wk-card" aria-label={w.whoIsIn} onSubmit={submit}>
        <Typing typed={typed} onType={(more) => setTyped({ ...typed, ...more })} />
        <Button type="primary" htmlType="submit" disabled={typed.reason.trim() === ""} loading={sending.busy}>
          {w.search}
        </Button>
        <p className="wk-quiet">{w.searchNote}</p>
        <Said sending={sending} />
      </form>
      {found?.length === 0 && <p className="wk-empty">{w.nobodyFound}</p>}
      {found !== null && found.length > 0 && <PresentRows present={found} onChanged={changed} />}
      {found !== null && !isWhole && <Button onClick={() => search(found)}>{w.more}</Button>}
    </section>
  );
}

function Typing({ typed, onType }: { typed: Typed; onType: (changed: Partial<Typed>) => void }) {
  const w = useWords(table);
  const id = useId();
  const { choices } = useZones(w.outside);
  const zones = [{ value: ANY, label: w.anyZone }, ...choices.filter((one) => one.value !== "")];
  const sorts = (["all", "person", "vehicle"] as const).map((value) => ({ value, label: w[`s_${value}`] }));
  return (
    <>
      <label htmlFor={`${id}-sort`}>
        {w.sort}
        <Select id={`${id}-sort`} value={typed.sort} options={sorts} onChange={(sort) => onType({ sort })} />
      </label>
      <label htmlFor={`${id}-zone`}>
        {w.zone}
        <Select id={`${id}-zone`} value={typed.zone} options={zones} onChange={(zone: string) => onType({ zone })} />
      </label>
      <label htmlFor={`${id}-who`}>
        {w.whoText}
        <Input
          id={`${id}-who`}
          value={typed.who}
          maxLength={TEXT_MAX}
          autoComplete="off"
          onChange={(event) => onType({ who: event.target.value })}
        />
      </label>
      <label htmlFor={`${id}-reason`}>
        {w.reason}
        <Input
          id={`${id}-reason`}
          value={typed.reason}
          maxLength={REASON_MAX}
          onChange={(event) => onType({ reason: event.target.value })}
        />
      </label>
    </>
  );
}
