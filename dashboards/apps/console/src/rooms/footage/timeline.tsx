/** A day of up to four cameras: what is there, what is missing and why, what moved, what is held, and the incidents. A picture for
 * the mouse and the keyboard; the table beside it says the same. */
import { clockTime, hourMinute, type Priority, PrioritySymbol, symbolState, told, useLanguage, useWords } from "@watchkeeper/ui";
import { type PointerEvent, useEffect, useId, useRef, useState } from "react";
import { useLive } from "../../live/provider";
import { useSession } from "../../session/session";
import { clipped, lengthOf, type Span, ticks } from "./span";
import type { Marked, Track } from "./tracks";
import { table } from "./words";

const ROW = 34;
const AXIS = 20;
const TEXT_PX = 70;
const MARKS_MAX = 80;
const WIDTH = 800;

interface Given {
  readonly tracks: readonly Track[];
  readonly incidents: readonly Marked[];
  readonly shown: Span;
  readonly day: Span;
  readonly atMs: number;
  /** What may be looked at now; null: nothing was asked for. */
  readonly looked: Span | null;
  name(device: string): string;
  onAt(ms: number): void;
  onGo(ms: number): void;
  onIncident(one: Marked): void;
}

export function Timeline(given: Given) {
  const w = useWords(table);
  const { zone } = useSession();
  const { tracks, shown, atMs } = given;
  const [box, width] = useWidth();
  const height = tracks.length * ROW + AXIS;
  const x = (ms: number) => ((ms - shown.fromMs) / lengthOf(shown)) * width;
  const time = new Date(atMs).toISOString();
  const pick = (event: PointerEvent<HTMLElement>) => {
    if (event.type === "pointermove" && event.buttons !== 1) return;
    const at = (event.clientX - event.currentTarget.getBoundingClientRect().left) / Math.max(1, width);
    given.onAt(shown.fromMs + Math.max(0, Math.min(1, at)) * lengthOf(shown));
  };
  return (
    <div className="wk-footage-timeline">
      <ul className="wk-footage-names" aria-hidden="true">
        {tracks.map((one) => (
          <li key={one.device}>{given.name(one.device)}</li>
        ))}
      </ul>
      <div className="wk-footage-lanes">
        <Incidents {...given} x={x} width={width} />
        <div
          ref={box}
          className="wk-footage-slider"
          role="slider"
          tabIndex={0}
          aria-label={`${w.timeline}. ${w.timelineHelp}`}
          aria-valuemin={Math.round(shown.fromMs / 1_000)}
          aria-valuemax={Math.round(shown.toMs / 1_000)}
          aria-valuenow={Math.round(atMs / 1_000)}
          aria-valuetext={clockTime(time, zone)}
          onPointerDown={pick}
          onPointerMove={pick}
          onDoubleClick={() => given.onGo(atMs)}
          onKeyDown={(event) => event.key === "Enter" && given.onGo(atMs)}
        >
          <svg width={width} height={height} aria-hidden="true">
            <Hatch />
            <Axis shown={shown} dayFromMs={given.day.fromMs} x={x} top={tracks.length * ROW} zone={zone} />
            {tracks.map((one, at) => (
              <Lane key={one.device} track={one} shown={shown} top={at * ROW} x={x} />
            ))}
            <Looked span={given.looked} shown={shown} x={x} height={tracks.length * ROW} />
            {atMs >= shown.fromMs && atMs <= shown.toMs && (
              <path className="wk-footage-head" d={`M${x(atMs)} 0V${height}`} data-head />
            )}
          </svg>
        </div>
      </div>
    </div>
  );
}

function Hatch() {
  return (
    <defs>
      <pattern id="wk-footage-hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M0 0H8V8H0Z" fill="#fff" />
        <path d="M2 0V8" stroke="#1f2429" strokeWidth="2.5" />
      </pattern>
    </defs>
  );
}

function Axis({
  shown,
  dayFromMs,
  x,
  top,
  zone,
}: {
  shown: Span;
  dayFromMs: number;
  x: (ms: number) => number;
  top: number;
  zone: string;
}) {
  return (
    <g className="wk-footage-axis">
      {ticks(shown, dayFromMs).map((at) => (
        <g key={at} transform={`translate(${x(at)} 0)`}>
          <path d={`M0 0V${top + 4}`} />
          <text x={3} y={top + 14}>
            {hourMinute(new Date(at).toISOString(), zone)}
          </text>
        </g>
      ))}
    </g>
  );
}

function Lane({ track, shown, top, x }: { track: Track; shown: Span; top: number; x: (ms: number) => number }) {
  const w = useWords(table);
  const language = useLanguage();
  const id = useId();
  const seen = <T extends Span>(all: readonly T[]) => all.flatMap((one) => clipped(one, shown) ?? []);
  const wide = (one: Span) => Math.max(1, x(one.toMs) - x(one.fromMs));
  return (
    <g transform={`translate(0 ${top})`} data-lane={track.device}>
      <path d={`M0 8H${x(shown.toMs)}V26H0Z`} fill="#fff" />
      {seen(track.runs).map((one) => (
        <rect key={one.fromMs} className="wk-footage-run" x={x(one.fromMs)} y={8} width={wide(one)} height={18} data-run />
      ))}
      {seen(track.gone).map((one) => (
        <g key={one.fromMs}>
          <rect className="wk-footage-gone" x={x(one.fromMs)} y={8} width={wide(one)} height={18} />
          {wide(one) > TEXT_PX && (
            <text className="wk-footage-said" x={x(one.fromMs) + 4} y={21}>
              {w.gone_due}
            </text>
          )}
        </g>
      ))}
      {seen(track.holes).map((one, at) => {
        const cause = (language === "zh" ? one.zh : one.en) || w.unknownCause;
        return (
          <g key={one.fromMs} data-hole>
            <title>{`${w.hole}: ${cause}`}</title>
            <rect className="wk-footage-hole" x={x(one.fromMs)} y={6} width={Math.max(3, wide(one))} height={22} />
            {wide(one) > TEXT_PX && (
              <>
                <clipPath id={`${id}-${at}`}>
                  <rect x={x(one.fromMs)} y={6} width={wide(one)} height={22} />
                </clipPath>
                <g clipPath={`url(#${id}-${at})`}>
                  <text className="wk-footage-cause" x={x(one.fromMs) + 5} y={21}>
                    {w.hole} · {cause}
                  </text>
                </g>
              </>
            )}
          </g>
        );
      })}
      {seen(track.motion).map((one) => (
        <rect
          key={one.fromMs}
          className="wk-footage-motion"
          x={x(one.fromMs)}
          y={27}
          width={Math.max(2, wide(one))}
          height={5}
          data-motion
        />
      ))}
      {seen(track.held).map((one) => (
        <g key={`${one.hold} ${one.fromMs}`} data-hold>
          <title>{`${w.held}: ${one.reason}`}</title>
          <path className="wk-footage-held" d={`M${x(one.fromMs)} 7V3H${x(one.toMs)}V7`} />
        </g>
      ))}
    </g>
  );
}

function Looked({ span, shown, x, height }: { span: Span | null; shown: Span; x: (ms: number) => number; height: number }) {
  const seen = span === null ? null : clipped(span, shown);
  if (seen === null) return null;
  return <path className="wk-footage-looked" d={`M${x(seen.fromMs)} 1H${x(seen.toMs)}V${height - 1}H${x(seen.fromMs)}Z`} />;
}

function Incidents({ incidents, shown, x, width, onIncident }: Given & { x: (ms: number) => number; width: number }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const live = useLive().incidents;
  const seen = incidents.filter((one) => one.atMs >= shown.fromMs && one.atMs <= shown.toMs).slice(0, MARKS_MAX);
  return (
    <div className="wk-footage-marks" style={{ width }}>
      {seen.map((one) => {
        const incident = live.get(one.no);
        if (incident === undefined) return null;
        const title = told(incident, "title", language);
        return (
          <button
            key={one.no}
            type="button"
            style={{ left: x(one.atMs) }}
            title={`#${one.no} ${title}`}
            data-no={one.no}
            onClick={() => onIncident(one)}
          >
            <PrioritySymbol priority={incident.priority as Priority} state={symbolState(incident.alarm)} size={16} />
            <span className="wk-footage-unseen">
              {w.about(one.no)} {title} {clockTime(incident.opened_at, zone)}
            </span>
          </button>
        );
      })}
    </div>
  );
}

/** How wide the element is; it is asked again when that changes. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDTH);
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const watch = new ResizeObserver(() => setWidth(Math.max(1, current.clientWidth)));
    watch.observe(current);
    return () => watch.disconnect();
  }, []);
  return [box, width] as const;
}
