/** The time line with what moves it: nearer, farther, earlier, later. */
import type { FootageCamera } from "@watchkeeper/api";
import { clockTime, useKeys, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useSession } from "../../session/session";
import { useMarks } from "./data";
import { kept, lengthOf, moved, type Span, zoomed } from "./span";
import { Timeline } from "./timeline";
import { TrackTable } from "./track-table";
import type { Track } from "./tracks";
import type { Look } from "./view";
import { table } from "./words";

interface Given {
  readonly tracks: readonly Track[];
  readonly day: Span;
  readonly shown: Span;
  readonly atMs: number;
  readonly look: Look | null;
  readonly cameras: readonly FootageCamera[];
  onShown(span: Span): void;
  name(device: string): string;
  onAt(ms: number): void;
  onGo(ms: number): void;
}

const HALF = 0.5;

export function Strip({ tracks, day, shown, atMs, look, cameras, onShown, name, onAt, onGo }: Given) {
  const w = useWords(table);
  const { zone } = useSession();
  const marks = useMarks(cameras, day);
  const zoom = (step: 1 | -1) => onShown(zoomed(shown, step, atMs, day));
  const move = (share: number) => onShown(moved(shown, share, day));
  useKeys({
    "[": () => zoom(-1),
    "]": () => zoom(1),
    "+": () => zoom(1),
    ...(look === null
      ? {
          arrowleft: () => onAt(atMs - Math.max(5_000, lengthOf(shown) / 100)),
          arrowright: () => onAt(atMs + Math.max(5_000, lengthOf(shown) / 100)),
        }
      : {}),
  });
  const outside = look !== null && (atMs < look.span.fromMs || atMs >= look.span.toMs);
  return (
    <section className="wk-footage-strip" aria-label={w.timeline}>
      <div className="wk-footage-tools">
        <Button size="small" aria-label={w.zoomIn} title={w.zoomIn} onClick={() => zoom(1)}>
          +
        </Button>
        <Button size="small" aria-label={w.zoomOut} title={w.zoomOut} onClick={() => zoom(-1)}>
          −
        </Button>
        <Button size="small" aria-label={w.earlier} title={w.earlier} onClick={() => move(-HALF)}>
          ‹‹
        </Button>
        <Button size="small" aria-label={w.later} title={w.later} onClick={() => move(HALF)}>
          ››
        </Button>
        <Button size="small" onClick={() => onShown(kept(day, day))}>
          {w.whole}
        </Button>
        <Legend />
        {outside && (
          <span role="status">
            {w.outside(clockTime(new Date(atMs).toISOString(), zone))}{" "}
            <Button size="small" onClick={() => onGo(atMs)}>
              {w.openHere}
            </Button>
          </span>
        )}
      </div>
      <Timeline
        tracks={tracks}
        incidents={marks}
        shown={shown}
        day={day}
        atMs={atMs}
        looked={look?.span ?? null}
        name={name}
        onAt={onAt}
        onGo={onGo}
        onIncident={(one) => onAt(one.atMs)}
      />
      <TrackTable tracks={tracks} incidents={marks} shown={shown} name={name} onGo={onGo} />
    </section>
  );
}

const LEGEND = ["covered", "hole", "gone_due", "motion", "held"] as const;

function Legend() {
  const w = useWords(table);
  return (
    <ul className="wk-footage-legend" aria-label={w.legend}>
      {LEGEND.map((kind) => (
        <li key={kind} data-kind={kind}>
          <i aria-hidden="true" /> {w[kind]}
        </li>
      ))}
    </ul>
  );
}
