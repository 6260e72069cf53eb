/** What alarms come from, and which of them nobody is helped by. */
import type { ListedAlarm, TopSource } from "@watchkeeper/api";
import { dateTime, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Rows } from "../../parts/rows";
import { ToIncident } from "../../parts/to-incident";
import { useSession } from "../../session/session";
import { table } from "./words";

export function Top({ rows }: { rows: readonly TopSource[] }) {
  const w = useWords(table);
  const language = useLanguage();
  return (
    <section>
      <h2>{w.top}</h2>
      {rows.length === 0 ? (
        <p className="wk-quiet">{w.noTop}</p>
      ) : (
        <Rows label={w.top} columns={[w.source, w.detector, w.alarms, w.share]}>
          {rows.map((one) => (
            <tr key={`${one.detector} ${one.device}`}>
              <td>{told(one, "device", language)}</td>
              <td>{told(one, "detector", language)}</td>
              <td className="wk-number">{one.alarms}</td>
              <td className="wk-number">{one.share_percent} %</td>
            </tr>
          ))}
        </Rows>
      )}
    </section>
  );
}

const EMPTY = { chattering: "noChattering", stale: "noStale" } as const;

export function Listed({ name, rows }: { name: "chattering" | "stale"; rows: readonly ListedAlarm[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  return (
    <section data-list={name}>
      <h2>{w[name]}</h2>
      {rows.length === 0 ? (
        <p className="wk-quiet">{w[EMPTY[name]]}</p>
      ) : (
        <Rows label={w[name]} columns={[w.incident, w.detector, w.source, w.since, w.comebacks]}>
          {rows.map((one) => (
            <tr key={one.no}>
              <td className="wk-number">
                <ToIncident no={one.no} />
              </td>
              <td>{told(one, "detector", language)}</td>
              <td>{told(one, "device", language)}</td>
              <td>
                <time dateTime={one.since}>{dateTime(one.since, zone)}</time>
              </td>
              <td className="wk-number">{one.comebacks}</td>
            </tr>
          ))}
        </Rows>
      )}
    </section>
  );
}
