/** 覆盖日历: of each camera and day whether all is there, what is missing and why, what was deleted when due, and what is held. A sign
 * stands for each beside the shade, so that a grey print says the same. */
import { useQuery } from "@tanstack/react-query";
import { ask, type FootageCamera, type ProofDay } from "@watchkeeper/api";
import { dateTime, duration, localDay, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { useCameras } from "./data";
import { dayOf } from "./day";
import { daysOf, plusMonths } from "./month";
import { Sweep } from "./sweep";
import { keptWords } from "./words-kept";

/** By the state of a day. */
const SIGNS = { whole: "●", part: "◕", holed: "◐", deleted: "○", gone: "✕", none: "–", ahead: "" } as const;
type State = keyof typeof SIGNS;
const HELD = "▣";
const EVERY_MS = 60_000;
const LEGEND = ["whole", "part", "holed", "deleted", "gone", "none"] as const;

interface Line {
  readonly camera: FootageCamera;
  /** For how many days its footage is owed; null: nothing was ever recorded of it. */
  readonly owedDays: number | null;
  readonly days: ReadonlyMap<string, ProofDay>;
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
  const asked = useQuery({
    queryKey: ["footage", "proof", month],
    queryFn: () => ask("GET /footage/proof", { query: { month } }),
    refetchInterval: EVERY_MS,
  });
  const lines = cameras.map((camera) => {
    const proof = asked.data?.cameras.find((one) => one.camera === camera.device);
    return { camera, owedDays: proof?.owed_days ?? null, days: new Map((proof?.days ?? []).map((day) => [day.day, day])) };
  });
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
      <div className="wk-unprinted">
        <Sweep />
      </div>
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
              <th scope="row">
                {told(line.camera, "name", language)}
                {line.owedDays !== null && <small> · {w.owed(line.owedDays)}</small>}
              </th>
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

function Day({ camera, day, view, isAhead }: { camera: string; day: string; view: ProofDay | undefined; isAhead: boolean }) {
  const w = useWords(keptWords);
  const language = useLanguage();
  const { zone } = useSession();
  if (view === undefined) return <td data-state={isAhead ? "ahead" : "none"} aria-label={isAhead ? w.d_ahead : w.d_none} />;
  const missing = missingS(view);
  const said = [
    w[`d_${view.state}`],
    ...(missing > 0 ? [w.missing(duration(missing, language))] : []),
    ...causesOf(view).map((cause) => causeWord(w, cause)),
    ...(view.held ? [w.held] : []),
    ...(view.deleted_at === null ? [] : [w.deletedAt(dateTime(view.deleted_at, zone))]),
  ].join(" · ");
  return (
    <td data-day={day} data-state={view.state} data-held={view.held || undefined}>
      <Link
        to={`/footage?cameras=${encodeURIComponent(camera)}&at=${encodeURIComponent(noon(day, zone))}`}
        title={said}
        aria-label={`${day} ${said}`}
      >
        {SIGNS[view.state as State]}
        {view.held && HELD}
      </Link>
    </td>
  );
}

/** What is missing, in words: for whoever reads the print. */
function Missing({ lines }: { lines: readonly Line[] }) {
  const w = useWords(keptWords);
  const language = useLanguage();
  const holed = lines.flatMap(({ camera, days }) =>
    [...days.values()].filter((day) => day.state === "holed" || day.state === "gone").map((day) => ({ camera, day })),
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
              <td>{duration(missingS(day), language)}</td>
              <td>
                {causesOf(day)
                  .map((cause) => causeWord(w, cause))
                  .join(language === "zh" ? "、" : ", ")}
              </td>
            </tr>
          ))}
        </Rows>
      )}
    </>
  );
}

function missingS(day: ProofDay): number {
  return day.holes.reduce((sum, one) => sum + (Date.parse(one.to_at) - Date.parse(one.from_at)) / 1_000, 0);
}

/** Why, each cause once. */
function causesOf(day: ProofDay): readonly string[] {
  return [...new Set(day.holes.map((one) => (one.cause === "" ? "unknown" : one.cause)))];
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
