/** 回放: cameras and a day are chosen, somebody says why, and up to four play on one time. */
import { type FootageCamera, type Incident, why } from "@watchkeeper/api";
import { dateTime, hubClock, localDay, Skeleton, Stopped, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { plusDays } from "../../estate-time";
import { useSession } from "../../session/session";
import { CAMERAS_MAX, paramsOf, toggled, type Wanted, wantedOf } from "./asking";
import { useAbout, useCameras, useDay } from "./data";
import { dayOf } from "./day";
import { Playing } from "./playing";
import { type Looking, ReasonDialog } from "./reason-dialog";
import { around, DAY, kept, LEAD_MS, type Span } from "./span";
import { Strip } from "./strip";
import { useViewing } from "./view";
import { table } from "./words";

const FREE_BEFORE_MS = 60_000;
const FREE_MS = 30 * 60_000;

export function Replay() {
  const w = useWords(table);
  const language = useLanguage();
  const [params, setParams] = useSearchParams();
  const wanted = useMemo(() => wantedOf(params), [params]);
  const cameras = useCameras();
  const about = useAbout(wanted.incident);
  if (cameras.data === undefined)
    return cameras.error === null ? (
      <Skeleton />
    ) : (
      <Stopped sinceMs={cameras.errorUpdatedAt} why={why(cameras.error, language)} onRetry={() => void cameras.refetch()} />
    );
  if (cameras.data.length === 0) return <p className="wk-empty">{w.noCameras}</p>;
  if (wanted.incident !== null && about === undefined) return <Skeleton />;
  return (
    <Room
      key={wanted.incident ?? 0}
      cameras={cameras.data}
      wanted={wanted}
      about={wanted.incident === null ? undefined : about}
      onWanted={(next) => setParams(paramsOf(next), { replace: true })}
    />
  );
}

export interface About {
  readonly incident: Incident;
  /** The cameras that show where it was; empty: none is near. */
  readonly near: readonly string[];
}

interface Given {
  readonly cameras: readonly FootageCamera[];
  readonly wanted: Wanted;
  readonly about: About | undefined;
  onWanted(wanted: Wanted): void;
}

function Room({ cameras, wanted, about, onWanted }: Given) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const viewing = useViewing();
  const [asking, setAsking] = useState<Looking | null>(null);
  const aboutMs = about === undefined ? null : Date.parse(about.incident.opened_at);
  const [atMs, setAtMs] = useState(() => Date.parse(wanted.at) || (aboutMs ?? hubClock.nowMs() - FREE_MS));
  const chosen = wanted.cameras.length > 0 ? wanted.cameras : (about?.near ?? []).slice(0, CAMERAS_MAX);
  const [day, setDay] = useState(() => localDay(new Date(atMs).toISOString(), zone));
  const span = dayOf(day, zone);
  const [shown, setShown] = useState<Span>(() => (aboutMs === null ? span : kept(around(aboutMs), span)));
  const tracks = useDay(chosen, day, span);
  const name = (id: string) => {
    const found = cameras.find((one) => one.device === id);
    return found === undefined ? id : told(found, "name", language);
  };
  const begin = (ms: number) => {
    const here = aboutMs !== null && Math.abs(ms - aboutMs) < 5 * 60_000;
    const free = { fromMs: ms - FREE_BEFORE_MS, toMs: Math.min(ms + FREE_MS, hubClock.nowMs() + FREE_BEFORE_MS) };
    setAsking({
      cameras: chosen,
      span: here ? around(aboutMs) : free,
      incident: about?.incident.no ?? null,
      about: about === undefined ? "" : w.aboutTitle(about.incident.no, told(about.incident, "title", language)),
    });
  };
  // an incident's footage is asked for at once; the reason is filled in and is confirmed by a key
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the room was opened for an incident
  useEffect(() => {
    if (aboutMs !== null && chosen.length > 0) begin(aboutMs);
  }, []);
  const look = viewing.look;
  const goTo = (ms: number) => {
    setAtMs(ms);
    if (look !== null && ms >= look.span.fromMs && ms < look.span.toMs) look.deck.seek(ms);
  };
  const toDay = (next: string) => {
    const to = dayOf(next, zone);
    setDay(next);
    setShown(to);
    setAtMs(to.fromMs + ((atMs - span.fromMs) % DAY));
  };
  return (
    <div className="wk-footage">
      <aside className="wk-footage-side" aria-label={w.cameras}>
        <div className="wk-footage-day">
          <Button aria-label={w.previousDay} onClick={() => toDay(plusDays(day, -1))}>
            ←
          </Button>
          <input
            type="date"
            aria-label={w.day}
            value={day}
            onChange={(event) => event.target.value && toDay(event.target.value)}
          />
          <Button aria-label={w.nextDay} onClick={() => toDay(plusDays(day, 1))}>
            →
          </Button>
        </div>
        <fieldset>
          <legend>
            {w.cameras} · {w.camerasHint(CAMERAS_MAX)}
          </legend>
          {cameras.map((one) => (
            <label key={one.device} data-camera={one.device}>
              <input
                type="checkbox"
                checked={chosen.includes(one.device)}
                disabled={chosen.length >= CAMERAS_MAX && !chosen.includes(one.device)}
                onChange={() => onWanted({ ...wanted, cameras: toggled(chosen, one.device) })}
              />
              {name(one.device)}
            </label>
          ))}
        </fieldset>
        <Button type="primary" data-look disabled={chosen.length === 0} onClick={() => begin(atMs)}>
          {w.go}
        </Button>
        <p className="wk-quiet">{w.goHint}</p>
      </aside>
      <div className="wk-footage-main">
        {look === null ? (
          <div className="wk-footage-stage wk-footage-blank">
            <p>{w.choose}</p>
            <p>
              {w.at}
              {w.colon}
              <b>{dateTime(new Date(atMs).toISOString(), zone)}</b>
            </p>
            <p className="wk-quiet">{w.keys}</p>
          </div>
        ) : (
          <Playing
            key={look.opened.token}
            look={look}
            tracks={tracks}
            name={name}
            aboutMs={aboutMs}
            onAt={setAtMs}
            onClose={viewing.close}
            onRenew={(ms) =>
              void viewing.open({
                cameras: look.opened.cameras.map((one) => one.camera),
                span: look.span,
                atMs: ms,
                reason: look.reason,
                incident: look.incident,
              })
            }
          />
        )}
        <Strip
          tracks={tracks}
          day={span}
          shown={shown}
          onShown={setShown}
          atMs={atMs}
          look={look}
          cameras={cameras.filter((one) => chosen.includes(one.device))}
          name={name}
          onAt={goTo}
          onGo={(ms) => {
            goTo(ms);
            if (look === null || ms < look.span.fromMs || ms >= look.span.toMs) begin(ms);
          }}
        />
      </div>
      {asking !== null && (
        <ReasonDialog
          looking={asking}
          names={asking.cameras.map(name)}
          busy={viewing.busy}
          refusal={viewing.refusal}
          onCancel={() => {
            setAsking(null);
            viewing.clear();
          }}
          onConfirm={async (reason, given) => {
            const start = aboutMs !== null && asking.incident !== null && inside(aboutMs, given) ? aboutMs - LEAD_MS : atMs;
            const question = { cameras: asking.cameras, span: given, atMs: inside(start, given) ? start : given.fromMs, reason };
            if (await viewing.open({ ...question, incident: asking.incident })) setAsking(null);
          }}
        />
      )}
    </div>
  );
}

function inside(ms: number, span: Span): boolean {
  return ms >= span.fromMs && ms < span.toMs;
}
