/** One visit: what is known of it (masked), what is asked of the resident, what can be done now, and what was done. */
import type { ResidentNotice, VisitEntryView, VisitView } from "@watchkeeper/api";
import { dateTime, duration, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { useNames } from "../../names";
import { Asked } from "../../parts/asked";
import { useSession } from "../../session/session";
import { Acts } from "./acts";
import { useResidents, useRoutes, useSpaces, useVisit } from "./data";
import { Pass } from "./pass";
import { Unmask } from "./unmask";
import { table, wordFor } from "./words";

export function VisitPanel({ id }: { id: string }) {
  const w = useWords(table);
  return (
    <Asked of={useVisit(id)}>
      {(page) => (
        <section className="wk-card" aria-label={w.details} data-visit-panel={page.visit.id} data-state={page.visit.state}>
          <Title visit={page.visit} />
          <Countdown visit={page.visit} />
          <Facts visit={page.visit} />
          <Acts visit={page.visit} />
          <Unmask visit={page.visit} />
          <Pass visit={page.visit} />
          <History entries={page.history} room={page.visit.room} />
          <Told notices={page.notices} room={page.visit.room} />
        </section>
      )}
    </Asked>
  );
}

/** Who of a household an id stands for, where one may know it. */
export function usePersonOf(room: string): (id: string) => string {
  const { may } = useSession();
  // a guard's looks are counted: names stay ids there
  const residents = useResidents(room, may("GET /access/holders")).data;
  const { personName } = useNames();
  return (id) => residents?.find((one) => one.id === id)?.name || personName(id);
}

function Title({ visit }: { visit: VisitView }) {
  const w = useWords(table);
  const language = useLanguage();
  return (
    <h2>
      {told(visit, "kind", language)} · <span data-user-data>{visit.name || visit.plate}</span> ·{" "}
      <b data-visit-state={visit.state} data-over={visit.state === "overstayed"}>
        {told(visit, "state", language)}
      </b>
      {visit.forced && <b data-over="true"> · {w.forcedMark}</b>}
    </h2>
  );
}

/** How long the resident has left to answer. */
export function Countdown({ visit }: { visit: VisitView }) {
  const w = useWords(table);
  const language = useLanguage();
  const now = useNow();
  if (visit.state === "expired") return <p role="status">{w.timeout}</p>;
  if (visit.state !== "asked" || visit.due_at === null) return null;
  const leftS = (Date.parse(visit.due_at) - now) / 1000;
  return (
    <p data-countdown>
      {w.waits} · {w.left} <b className="wk-number">{duration(leftS, language)}</b>
    </p>
  );
}

function Facts({ visit }: { visit: VisitView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const person = usePersonOf(visit.room);
  const routes = useRoutes().data;
  const spaces = useSpaces().data;
  const named = (all: readonly { id: string; name_zh: string; name_en: string }[] | undefined, id: string) => {
    const found = all?.find((one) => one.id === id);
    return found === undefined ? id : told(found, "name", language);
  };
  const time = (at: string | null) => (at === null ? "" : dateTime(at, zone));
  const answered = visit.answered_how === "" ? "" : `${wordFor(w, "h", visit.answered_how)} · ${person(visit.answered_by)}`;
  const rows: readonly (readonly [string, string])[] = [
    [w.room, visit.room || w.ownEstate],
    [w.name, visit.name],
    [w.identity, visit.identity],
    [w.phone, visit.phone],
    [w.plate, visit.plate],
    [w.reason, visit.reason],
    [w.company, visit.company],
    [w.route, named(routes, visit.route)],
    [w.space, named(spaces, visit.space)],
    [w.madeAt, `${time(visit.made_at)} · ${visit.made_by}`],
    [w.answeredAt, answered && `${time(visit.answered_at)} · ${answered}`],
    [w.until, time(visit.until_at)],
    [w.enteredAt, time(visit.entered_at)],
    [w.leftAt, time(visit.left_at)],
    [w.rulesToldAt, visit.rules && `${time(visit.rules_at)} · ${visit.rules_by} · ${visit.rules}`],
  ];
  return (
    <dl className="wk-visit-facts">
      {rows
        .filter(([, value]) => value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-user-data>{value}</dd>
          </div>
        ))}
      {visit.erased && (
        <div>
          <dt>{w.erased}</dt>
        </div>
      )}
    </dl>
  );
}

export function History({ entries, room }: { entries: readonly VisitEntryView[]; room: string }) {
  const w = useWords(table);
  const { zone } = useSession();
  const person = usePersonOf(room);
  return (
    <section aria-label={w.history}>
      <h3>{w.history}</h3>
      {entries.length === 0 && <p className="wk-quiet">{w.noHistory}</p>}
      <ol className="wk-history" data-history>
        {entries.map((entry) => (
          <li key={`${entry.at}-${entry.act}`}>
            <time dateTime={entry.at}>{dateTime(entry.at, zone)}</time> {wordFor(w, "ev", entry.act)} ·{" "}
            <span data-user-data>
              {entry.actor === "hub" ? w.hub : person(entry.actor)} {entry.note}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function Told({ notices, room }: { notices: readonly ResidentNotice[]; room: string }) {
  const w = useWords(table);
  const { zone } = useSession();
  const person = usePersonOf(room);
  if (notices.length === 0) return null;
  return (
    <section aria-label={w.told}>
      <h3>{w.told}</h3>
      <ul className="wk-plain">
        {notices.map((one) => (
          <li key={`${one.person}-${one.at}`}>
            {dateTime(one.at, zone)} {wordFor(w, "w", one.what)} · <span data-user-data>{person(one.person)}</span> ·{" "}
            <b data-over={one.state === "failed"}>{wordFor(w, "ns", one.state)}</b>
            {one.error !== "" && ` · ${wordFor(w, "e", one.error)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
