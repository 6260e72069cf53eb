/** What is known of a device, or of a place with incidents. */
import type { Incident } from "@watchkeeper/api";
import {
  clockTime,
  dateTime,
  duration,
  type Priority,
  PriorityTag,
  symbolState,
  told,
  useLanguage,
  useNow,
  useWords,
} from "@watchkeeper/ui";
import { Button } from "antd";
import { Link } from "react-router";
import { useIncidentChanges, useLive, useSelected } from "../../live/provider";
import { ROOMS } from "../../rooms";
import { useSession } from "../../session/session";
import { useLivePicture } from "../wall/live-picture";
import { freshness } from "../wall/tiles";
import { counts, PLACE, type Target, targetOf, urgency } from "./clusters";
import { usePlan } from "./context";
import { useAgents, useEvents } from "./data";
import { gateNumber, type Layout, type Thing } from "./layout";
import { readingWords, said } from "./readings";
import { useStateWord } from "./state";
import { kindWord, table } from "./words";

const SILENT = "agent_silent";

interface Given {
  readonly target: Target;
  readonly layout: Layout;
  readonly things: readonly Thing[];
  readonly onClose: () => void;
}

export function Panel({ target, layout, things, onClose }: Given) {
  const thing = things.find((one) => one.id === target);
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const place = layout.places.get(thing?.place ?? target.slice(PLACE.length));
  const name = thing ?? place;
  if (name === undefined) return null;
  return (
    <article className="wk-plan-panel" aria-label={told(name, "name", language)} data-panel={target}>
      <header>
        <h2>{told(name, "name", language)}</h2>
        <Button size="small" aria-label={w.close} onClick={onClose}>
          ×
        </Button>
      </header>
      <dl className="wk-facts">
        <dt>{w.kind}</dt>
        <dd>{thing === undefined ? w.placeKind : kindWord(w, thing.kind)}</dd>
        {thing !== undefined && (
          <>
            <dt>{w.place}</dt>
            <dd>
              {place === undefined ? thing.place : told(place, "name", language)}
              {thing.spot === null && ` · ${w.noPosition}`}
            </dd>
            {thing.kind !== "phone" && <Standing thing={thing} />}
          </>
        )}
      </dl>
      {thing !== undefined && <Ways thing={thing} gate={gateNumber(things, thing.id)} />}
      <Live target={target} />
      {thing?.kind === "camera" && may("GET /cameras/{device}/picture") && <NewestPicture key={thing.id} device={thing.id} />}
      {thing !== undefined && thing.kind !== "phone" && <Events device={thing.id} />}
    </article>
  );
}

function Standing({ thing }: { thing: Thing }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone, may } = useSession();
  const word = useStateWord(thing);
  const since = thing.condition?.since ?? null;
  return (
    <>
      <dt>{w.state}</dt>
      <dd>
        {word !== "" && <b>{word}</b>}{" "}
        {since !== null
          ? w.since(dateTime(since, zone))
          : thing.reportedUpTo !== null && w.heardUpTo(dateTime(thing.reportedUpTo, zone))}
      </dd>
      {thing.signals.length > 0 && (
        <>
          <dt>{w.signals}</dt>
          <dd>{thing.signals.map((one) => `${one.abnormal ? "! " : ""}${language === "zh" ? one.zh : one.en}`).join(" · ")}</dd>
        </>
      )}
      {may("GET /agents") && <Agent id={thing.agent} />}
    </>
  );
}

/** Whether its agent is silent is the hub's own finding: an incident says so. */
function Agent({ id }: { id: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { incidents } = useLive();
  useIncidentChanges();
  const agent = useAgents(true).data?.find((one) => one.id === id);
  if (agent === undefined) return null;
  const silent = agent.live_incidents.some((no) => incidents.get(no)?.detector === SILENT && incidents.get(no)?.active);
  const heard = agent.silent_s === null ? w.neverHeard : w.heard(duration(agent.silent_s, language));
  return (
    <>
      <dt>{w.agent}</dt>
      <dd>
        {told(agent, "name", language)} · {silent && <b>! {w.silent} · </b>}
        {heard}
      </dd>
    </>
  );
}

/** The rooms where more can be done with it, as far as there are such and one may go there. */
function Ways({ thing, gate }: { thing: Thing; gate: number | null }) {
  const w = useWords(table);
  const { may } = useSession();
  const leads = (path: string) => ROOMS.some((room) => room.path === path && may(room.needs));
  return (
    <p>
      {gate !== null && leads("gates") && <Link to={`/gates/${gate}`}>{w.toGates}</Link>}
      {thing.kind === "camera" && leads("wall") && <Link to="/wall">{w.toWall}</Link>}
    </p>
  );
}

function Live({ target }: { target: Target }) {
  const w = useWords(table);
  const { incidents, selection } = useLive();
  const { where } = usePlan();
  const selected = useSelected();
  useIncidentChanges();
  const all = incidents.numbers().flatMap((no): Incident | [] => incidents.get(no) ?? []);
  const here = all.filter((one) => one.live && (targetOf(one, where) === target || one.device === target));
  const shown = here.filter(counts).sort(urgency);
  return (
    <section>
      <h3>{w.live}</h3>
      {shown.length === 0 && <p className="wk-quiet">{w.noLive}</p>}
      <ul className="wk-plan-incidents">
        {shown.map((one) => (
          <li key={one.no}>
            <button type="button" aria-pressed={one.no === selected} data-no={one.no} onClick={() => selection.select(one.no)}>
              <IncidentLine incident={one} />
            </button>
          </li>
        ))}
      </ul>
      {here.length > shown.length && <p className="wk-quiet">{w.aside(here.length - shown.length)}</p>}
      {shown.some((one) => one.no === selected) && <Link to="/queue">{w.toQueue}</Link>}
    </section>
  );
}

function IncidentLine({ incident }: { incident: Incident }) {
  const language = useLanguage();
  const { zone } = useSession();
  return (
    <>
      <PriorityTag priority={incident.priority as Priority} state={symbolState(incident.alarm)} />
      <span>{told(incident, "title", language)}</span>
      <time dateTime={incident.raised_at}>{clockTime(incident.raised_at, zone)}</time>
    </>
  );
}

/** What the camera shows, with the picture's own time: an old one never looks live. */
function NewestPicture({ device }: { device: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  const { url, atMs } = useLivePicture(device);
  const age = atMs === null ? "" : duration((now - atMs) / 1000, language);
  return (
    <section>
      <h3>{w.picture_newest}</h3>
      {url === null || atMs === null ? (
        <p className="wk-quiet">{w.noPicture}</p>
      ) : (
        <figure data-fresh={freshness(atMs, now)}>
          <img src={url} alt={w.picture_newest} />
          <figcaption>
            {freshness(atMs, now) === "stopped" && <b>! {w.stopped} · </b>}
            {w.taken(dateTime(new Date(atMs).toISOString(), zone), age)}
          </figcaption>
        </figure>
      )}
    </section>
  );
}

function Events({ device }: { device: string }) {
  const w = useWords(table);
  const readings = useWords(readingWords);
  const { zone, may } = useSession();
  const events = useEvents(device, may("GET /devices/{device}")).data;
  if (events === undefined) return null;
  return (
    <section>
      <h3>{w.events}</h3>
      {events.length === 0 && <p className="wk-quiet">{w.noEvents}</p>}
      <ol className="wk-plan-events">
        {events.map((event) => (
          <li key={`${event.stream} ${event.seq}`}>
            <time dateTime={event.at}>{dateTime(event.at, zone)}</time> {said(event.kind, event.reading, readings)}
          </li>
        ))}
      </ol>
    </section>
  );
}
