/** One incident: what is known, what may be done, who did what, and what the cameras saw. */
import { useQuery } from "@tanstack/react-query";
import { ask, type CaseClockState, type IncidentDetail, type TimelineEntry, type Told, why } from "@watchkeeper/api";
import {
  dateTime,
  duration,
  type Language,
  type Priority,
  PriorityTag,
  Stopped,
  symbolState,
  told,
  useLanguage,
  useNow,
  useWords,
} from "@watchkeeper/ui";
import { Alert } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useIncident } from "../../live/provider";
import { useSession } from "../../session/session";
import { footageOf } from "../footage/asking";
import { ActButtons, type Acting } from "./acting";
import { Pictures } from "./pictures";
import { table } from "./words";

/** The incident with everything that belongs to it; asked anew when it changes. */
export function useDetail(no: number | null) {
  return useQuery({
    queryKey: ["incident", no],
    queryFn: () => ask("GET /incidents/{no}", { path: { no: no as number } }),
    enabled: no !== null,
    placeholderData: (before) => (before?.incident.no === no ? before : undefined),
  });
}

export function Detail({ no, acting, extra }: { no: number; acting: Acting; extra?: ReactNode }) {
  const w = useWords(table);
  const language = useLanguage();
  const { me, zone, may } = useSession();
  const asked = useDetail(no);
  const live = useIncident(no);
  const detail = asked.data;
  const incident = live ?? detail?.incident;
  if (incident === undefined)
    return asked.error === null ? null : (
      <Stopped sinceMs={asked.errorUpdatedAt} why={why(asked.error, language)} onRetry={() => void asked.refetch()} />
    );
  const acknowledged = detail?.timeline.findLast((entry) => entry.act === "acknowledged");
  return (
    <article className="wk-detail" aria-label={told(incident, "title", language)}>
      <header>
        <PriorityTag priority={incident.priority as Priority} state={symbolState(incident.alarm)} />
        <h2>{told(incident, "title", language)}</h2>
        <p>
          #{incident.no} · {w[`s_${incident.state}` as "s_open"]} · {dateTime(incident.raised_at, zone)} · {w.clause}{" "}
          {incident.clause}
        </p>
        {acknowledged !== undefined && (
          <p className="wk-acknowledged">
            {w.acknowledgedBy} {acknowledged.actor} · {dateTime(acknowledged.at, zone)}
          </p>
        )}
        {incident.shelf !== null && (
          <p>
            {w.shelved}：{incident.shelf.reason} · {incident.shelf.owner} · {w.until} {dateTime(incident.shelf.until, zone)}
          </p>
        )}
        {incident.sound === "fire" && <Alert type="warning" showIcon={false} title={w.fire} />}
      </header>
      {acting.refusal !== null && <Alert type="error" role="alert" title={`${w.refused}：${acting.refusal[language]}`} />}
      {detail !== undefined && <ActButtons acts={detail.acts} role={me.role} acting={acting} />}
      <Link to={`/plan?place=${encodeURIComponent(incident.place)}`}>{w.showOnMap}</Link>
      {may("POST /footage/views") && (
        <>
          {" · "}
          <Link to={footageOf(incident.no)}>{w.footage} (V)</Link>
        </>
      )}
      {extra}
      {detail !== undefined && <Known detail={detail} />}
    </article>
  );
}

function Known({ detail }: { detail: IncidentDetail }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  return (
    <>
      <Clocks clocks={detail.clocks} />
      <Pictures detail={detail} />
      <section>
        <h3>{w.timeline}</h3>
        <ol className="wk-timeline">
          {detail.timeline.map((entry) => (
            <Entry key={`${entry.at} ${entry.act} ${entry.actor}`} entry={entry} />
          ))}
        </ol>
      </section>
      <section>
        <h3>{w.facts}</h3>
        <dl className="wk-facts">
          <dt>{w.place}</dt>
          <dd>{told(detail, "place", language)}</dd>
          <dt>{w.device}</dt>
          <dd>{told(detail, "device", language)}</dd>
          {detail.told.map((fact) => [
            <dt key={`${fact.name}-t`}>{told(fact, "title", language)}</dt>,
            <dd key={fact.name}>{valueText(fact, language, zone)}</dd>,
          ])}
        </dl>
      </section>
    </>
  );
}

function Clocks({ clocks }: { clocks: readonly CaseClockState[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const now = useNow();
  if (clocks.length === 0) return null;
  return (
    <section>
      <h3>{w.clocks}</h3>
      <ul className="wk-clocks">
        {clocks.map((clock) => {
          const left = clock.due_at === null ? null : (Date.parse(clock.due_at) - now) / 1000;
          return (
            <li key={clock.clock} data-over={clock.expired || (left !== null && left < 0)}>
              {told(clock, "title", language)}{" "}
              {left === null
                ? `${w.met} ${duration(clock.elapsed_s, language)}`
                : left < 0
                  ? `${w.overdue} ${duration(-left, language)}`
                  : `${w.due} ${duration(left, language)}`}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { zone } = useSession();
  const language = useLanguage();
  const w = useWords(table);
  const said = entry.told.map((one) => `${told(one, "title", language)}${w.colon}${valueText(one, language, zone)}`);
  return (
    <li>
      <time dateTime={entry.at}>{dateTime(entry.at, zone)}</time> <b>{actorName(entry.actor, language)}</b>{" "}
      {told(entry, "title", language)}
      {said.length > 0 && <q>{said.join(" · ")}</q>}
    </li>
  );
}

/** A time is the estate's; everything else the hub has put into words. */
function valueText(one: Told, language: Language, zone: string): string {
  return one.at === null ? told(one, "text", language) : dateTime(one.at, zone);
}

function actorName(actor: string, language: Language): string {
  return actor === HUB ? table[language].hub : actor;
}

/** The actor of what no person did. */
const HUB = "hub";
