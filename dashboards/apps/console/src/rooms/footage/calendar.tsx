/** 覆盖日历: of each camera and day whether all is there, what is missing and why, what was deleted when due, and what is held. A sign
 * stands for each beside the shade, so that a grey print says the same. */
import { useQueries } from "@tanstack/react-query";
import { ask, type DayView, type FootageCamera } from "@watchkeeper/api";
import { dateTime, duration, localDay, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { useCameras, useHolds, useStreamOf } from "./data";
import { dayOf } from "./day";
import { holdsOn } from "./held";
import { daysOf, plusMonths } from "./month";
import { keptWords } from "./words-kept";

/** By the state of a day. */
const SIGNS = { whole: "●", holed: "◐", gone: "○", none: "–", ahead: "" } as const;
type State = keyof typeof SIGNS;
const HELD = "▣";
const EVERY_MS = 60_000;
const LEGEND = ["whole", "holed", "gone", "none"] as const;

interface Line {
  readonly camera: FootageCamera;
  readonly days: ReadonlyMap<string, DayView>;
}

export function Calendar() {
  const cameras = useCameras();
  return <Asked of={cameras}>{(found) => <Month cameras={found} />}</Asked>;
}

function Month({ cameras }: { cameras: readonly FootageCamera[] }) {
  const w = useWords(keptWords);
  const { zone } = useSession();
  const now = useNow();
  const iso = new Date(Math.max(0, now)).toISOString();
  const [month, setMonth] = useState(() => localDay(iso, zone).slice(0, 7));
  const streamOf = useStreamOf();
  const asked = useQueries({
    queries: cameras.map((one) => ({
      queryKey: ["footage", "calendar", one.device, month],
      queryFn: () =>
        ask("GET /footage/{device}/calendar", { path: { device: one.device }, query: { month, stream: streamOf(one.device) } }),
      refetchInterval: EVERY_MS,
    })),
  });
  const lines = cameras.map((camera, at) => ({
    camera,
    days: new Map((asked[at]?.data?.days ?? []).map((day) => [day.day, day])),
  }));
  return (
    <section aria-label={w.calendar}>
      <div className="wk-footage-tools wk-unprinted">
        <Button onClick={() => setMonth(plusMonths(month, -1))}>← {w.earlier}</Button>
        <input
          type="month"
          aria-label={w.month}
          value={month}
          onChange={(event) => event.target.value && setMonth(event.target.value)}
        />
        <Button onClick={() => setMonth(plusMonths(month, 1))}>{w.later} →</Button>
        <Button onClick={() => window.print()}>{w.print}</Button>
      </div>
      <p>
        <b>
          {w.calendar} {month}
        </b>{" "}
        · {w.made(dateTime(iso, zone))}
      </p>
      <ul className="wk-footage-signs" aria-label={w.legend}>
        {LEGEND.map((state) => (
          <li key={state}>
            <b aria-hidden="true">{SIGNS[state]}</b> {w[`d_${state}`]}
          </li>
        ))}
        <li>
          <b aria-hidden="true">{HELD}</b> {w.held}
        </li>
      </ul>
      <Grid month={month} lines={lines} today={localDay(iso, zone)} />
      <Missing lines={lines} />
    </section>
  );
}

function Grid({ month, lines, today }: { month: string; lines: readonly Line[]; today: string }) {
  const w = useWords(keptWords);
  const language = useLanguage();
  const days = daysOf(month);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="wk-rows-scroll" aria-label={w.calendar} tabIndex={0}>
      <table className="wk-rows wk-footage-calendar">
        <thead>
          <tr>
            <th scope="col">{w.camera}</th>
            {days.map((day) => (
              <th key={day} scope="col" aria-current={day === today ? "date" : undefined}>
                {Number(day.slice(8))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.camera.device} data-camera={line.camera.device}>
              <th scope="row">{told(line.camera, "name", language)}</th>
              {days.map((day) => (
                <Day key={day} camera={line.camera.device} day={day} view={line.days.get(day)} isAhead={day > today} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Day({ camera, day, view, isAhead }: { camera: string; day: string; view: DayView | undefined; isAhead: boolean }) {
  const w = useWords(keptWords);
  const language = useLanguage();
  const { zone } = useSession();
  const held = holdsOn(useHolds().data?.holds ?? [], camera, dayOf(day, zone)).length > 0;
  if (view === undefined) return <td data-state={isAhead ? "ahead" : "none"} aria-label={isAhead ? w.d_ahead : w.d_none} />;
  const said = [
    w[`d_${view.state}`],
    ...(view.missing_s > 0 ? [w.missing(duration(view.missing_s, language))] : []),
    ...view.causes.map((cause) => causeWord(w, cause)),
    ...(held ? [w.held] : []),
  ].join(" · ");
  return (
    <td data-day={day} data-state={view.state} data-held={held || undefined}>
      <Link
        to={`/footage?cameras=${encodeURIComponent(camera)}&at=${encodeURIComponent(noon(day, zone))}`}
        title={said}
        aria-label={`${day} ${said}`}
      >
        {SIGNS[view.state as State]}
        {held && HELD}
      </Link>
    </td>
  );
}

/** What is missing, in words: for whoever reads the print. */
function Missing({ lines }: { lines: readonly Line[] }) {
  const w = useWords(keptWords);
  const language = useLanguage();
  const holed = lines.flatMap(({ camera, days }) =>
    [...days.values()].filter((day) => day.state === "holed").map((day) => ({ camera, day })),
  );
  return (
    <>
      <h2>{w.holes}</h2>
      {holed.length === 0 ? (
        <p className="wk-quiet">{w.noHoles}</p>
      ) : (
        <Rows label={w.holes} columns={[w.day, w.camera, w.length, w.cause]}>
          {holed.map(({ camera, day }) => (
            <tr key={`${camera.device} ${day.day}`} data-missing={camera.device}>
              <td>{day.day}</td>
              <td>{told(camera, "name", language)}</td>
              <td>{duration(day.missing_s, language)}</td>
              <td>{day.causes.map((cause) => causeWord(w, cause)).join(language === "zh" ? "、" : ", ")}</td>
            </tr>
          ))}
        </Rows>
      )}
    </>
  );
}

/** What a cause is called; one that has no word yet is shown by its name. */
function causeWord(w: Readonly<Record<string, unknown>>, cause: string): string {
  const word = w[`c_${cause}`];
  return typeof word === "string" ? word : cause;
}

function noon(day: string, zone: string): string {
  const { fromMs, toMs } = dayOf(day, zone);
  return new Date((fromMs + toMs) / 2).toISOString();
}
