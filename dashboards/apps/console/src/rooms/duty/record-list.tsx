/** The records of a day, and the facts that stand in each. */
import { useQuery } from "@tanstack/react-query";
import { ask, type RecordFacts, type RecordView } from "@watchkeeper/api";
import { clockTime, Empty, hourMinute, hubClock, localDay, Stopped, told, useLanguage, useWords } from "@watchkeeper/ui";
import { useState } from "react";
import { useNames } from "../../names";
import { useSession } from "../../session/session";
import { fieldWord } from "./records";
import { table } from "./words";

const COUNTS = ["incidents_raised", "incidents_closed", "incidents_open", "rounds_kept", "rounds_missed"] as const;

/** What the hub knows; nobody types it, and nobody can change it. */
export function Facts({ facts }: { facts: RecordFacts }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  return (
    <section aria-label={w.facts} className="wk-known">
      <h3>{w.facts}</h3>
      <dl>
        <div>
          <dt>{w.from}</dt>
          <dd>{hourMinute(facts.from, zone)}</dd>
        </div>
        <div>
          <dt>{w.to}</dt>
          <dd>{hourMinute(facts.to, zone)}</dd>
        </div>
        {COUNTS.map((name) => (
          <div key={name}>
            <dt>{w[name]}</dt>
            <dd>{facts[name]}</dd>
          </div>
        ))}
        <div>
          <dt>{w.devices_away}</dt>
          <dd>{facts.devices_away.length === 0 ? w.none : facts[`devices_away_${language}`].join(w.comma)}</dd>
        </div>
      </dl>
    </section>
  );
}

export function DayRecords() {
  const w = useWords(table);
  const { zone } = useSession();
  const today = localDay(new Date(hubClock.nowMs()).toISOString(), zone);
  const [chosen, setChosen] = useState<string | null>(null);
  const day = chosen ?? today;
  const asked = useQuery({ queryKey: ["records", "day", day], queryFn: () => ask("GET /duty/records", { query: { day } }) });
  return (
    <section aria-label={w.dayRecords}>
      <h2>{w.dayRecords}</h2>
      <label>
        {w.day}{" "}
        <input
          type="date"
          value={day}
          max={today}
          onChange={(event) => setChosen(event.target.value === "" ? null : event.target.value)}
        />
      </label>
      {asked.error !== null && <Stopped sinceMs={asked.dataUpdatedAt} onRetry={() => void asked.refetch()} />}
      {asked.data?.records.length === 0 && (
        <Empty atMs={asked.dataUpdatedAt} zone={zone}>
          {w.noRecords}
        </Empty>
      )}
      {asked.data?.records.map((record) => (
        <OneRecord key={record.key} record={record} />
      ))}
    </section>
  );
}

function OneRecord({ record }: { record: RecordView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { placeName } = useNames();
  return (
    <article className="wk-record-view" data-record={record.key}>
      <h3>
        <time dateTime={record.at}>{clockTime(record.at, zone)}</time> · {told(record, "person", language)} ·{" "}
        {placeName(record.place)}
      </h3>
      <dl className="wk-facts">
        {Object.entries(record.fields).map(([name, value]) => [
          <dt key={`${name}-t`}>{fieldWord(w, name)}</dt>,
          <dd key={name} data-user-data>
            {String(value)}
          </dd>,
        ])}
      </dl>
      {record.facts !== null && <Facts facts={record.facts} />}
    </article>
  );
}
