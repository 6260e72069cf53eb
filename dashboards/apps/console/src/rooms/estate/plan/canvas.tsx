/** The drawing with what stands on it. Moved and zoomed without drawing anything anew. */
import type { DrawingInfo } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { type KeyboardEvent, type MouseEvent, type Ref, useImperativeHandle, useMemo, useRef, useState } from "react";
import { useWork } from "../working";
import { useFinish } from "./area-tools";
import { Areas } from "./areas";
import type { Chosen, Outline } from "./index";
import { Mark, type MarkActs } from "./mark";
import type { Spot } from "./placing";
import { fanned, isOn, nudged, type Share, type Size } from "./position";
import { table } from "./words";
import { useZoom } from "./zoom";

export interface CanvasHandle {
  focus(): void;
  /** The share under a point of the window; null: it is not on the drawing. */
  shareAt(x: number, y: number): Share | null;
  /** The share in the middle of what is seen. */
  centre(): Share;
  show(at: Share): void;
}
interface Given {
  readonly ref: Ref<CanvasHandle>;
  readonly floor: string;
  readonly drawing: DrawingInfo | undefined;
  readonly spots: readonly Spot[];
  readonly chosen: Chosen | null;
  readonly outline: Outline | null;
  onChoose(one: Chosen | null): void;
  onPlace(one: Chosen, at: Share, tag?: string): void;
  onTakeOff(one: Chosen): void;
  onOutline(outline: Outline | null): void;
}

const EMPTY: Size = { width: 1200, height: 800 };
export const keyOf = ({ kind, id }: Chosen) => `${kind}/${id}`;

export function Canvas({ ref, floor, drawing, spots, chosen, outline, onChoose, onPlace, onTakeOff, onOutline }: Given) {
  const w = useWords(table);
  const { mayWrite } = useWork();
  const [width, height] = drawing === undefined ? [EMPTY.width, EMPTY.height] : [drawing.width, drawing.height];
  const size = useMemo(() => ({ width, height }), [width, height]);
  const zoom = useZoom(size);
  const [drag, setDrag] = useState<{ key: string; at: Share } | null>(null);
  const spread = useMemo(() => fanned(spots.map((spot) => ({ id: keyOf(spot), at: spot.at }))), [spots]);
  const byKey = useMemo(() => new Map(spots.map((spot) => [keyOf(spot), spot])), [spots]);
  useImperativeHandle(ref, () => ({
    focus: () => zoom.svg.current?.focus(),
    shareAt: (x, y) => {
      const at = zoom.shareAt(x, y);
      return at !== null && isOn(at) && zoom.isOver(x, y) ? at : null;
    },
    centre: zoom.centre,
    show: zoom.show,
  }));
  const acts = useRef<MarkActs>(null as unknown as MarkActs);
  acts.current = {
    ...{ shareAt: zoom.shareAt, onChoose, onPlace },
    onDrag: (one, now) => setDrag(now === null ? null : { key: keyOf(one), at: now }),
  };
  const finish = useFinish(floor, outline, onOutline);
  const keys = useCanvasKeys({ spots, chosen, outline, finish, zoomBy: zoom.by, onChoose, onPlace, onTakeOff, onOutline });
  const click = (event: MouseEvent) => {
    const at = zoom.shareAt(event.clientX, event.clientY);
    if (outline !== null && at !== null && isOn(at)) onOutline({ ...outline, corners: [...outline.corners, at] });
    else if (event.target instanceof Element && event.target.closest("[data-mark], [data-corner]") === null) onChoose(null);
  };
  return (
    <div className="wk-drawing-frame">
      <div className="wk-drawing-zoom">
        <Button size="small" aria-label={w.zoomIn} onClick={() => zoom.by(1.5)}>
          +
        </Button>
        <Button size="small" aria-label={w.zoomOut} onClick={() => zoom.by(1 / 1.5)}>
          −
        </Button>
        <Button size="small" onClick={zoom.reset}>
          {w.whole}
        </Button>
      </div>

      <svg
        ref={zoom.svg}
        className="wk-drawing-canvas"
        viewBox={`0 0 ${width} ${height}`}
        role="application"
        aria-label={w.canvas}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application has keys of its own
        tabIndex={0}
        data-outlining={outline !== null || undefined}
        onKeyDown={mayWrite ? keys : undefined}
        onClick={click}
      >
        <g ref={zoom.group}>
          <rect width={width} height={height} className="wk-drawing-sheet" />
          {drawing !== undefined && (
            <image href={`/estate/drawings/${encodeURIComponent(floor)}?of=${drawing.digest}`} width={width} height={height} />
          )}
          <Areas {...{ floor, size, outline, chosen }} shareAt={zoom.shareAt} />
          {spread.map(({ id, at, aside }) => {
            const spot = byKey.get(id);
            if (spot === undefined) return null;
            const dragged = drag?.key === id;
            return (
              <Mark
                key={id}
                spot={spot}
                at={dragged ? drag.at : at}
                aside={dragged ? HERE : aside}
                size={size}
                chosen={chosen !== null && keyOf(chosen) === id}
                movable={mayWrite && outline === null}
                acts={acts}
              />
            );
          })}
        </g>
      </svg>
      {drawing === undefined && <p className="wk-drawing-none wk-quiet">{w.noDrawing}</p>}
    </div>
  );
}

const HERE: Share = [0, 0];

interface KeysGiven extends Pick<Given, "spots" | "chosen" | "outline" | "onChoose" | "onPlace" | "onTakeOff" | "onOutline"> {
  finish(): void;
  zoomBy(factor: number): void;
}

function useCanvasKeys({ spots, chosen, outline, finish, zoomBy, ...on }: KeysGiven) {
  const at = chosen === null ? -1 : spots.findIndex((spot) => keyOf(spot) === keyOf(chosen));
  const other = (by: number) => {
    const spot = spots[(Math.max(at, by > 0 ? -1 : 0) + by + spots.length) % spots.length];
    if (spot !== undefined) on.onChoose({ kind: spot.kind, id: spot.id });
  };
  const acts: Readonly<Record<string, () => void>> = {
    escape: () => (outline === null ? on.onChoose(null) : on.onOutline(null)),
    delete: () => chosen !== null && on.onTakeOff(chosen),
    backspace: () => {
      if (outline !== null) on.onOutline({ ...outline, corners: outline.corners.slice(0, -1) });
      else if (chosen !== null) on.onTakeOff(chosen);
    },
    enter: finish,
    "[": () => other(-1),
    "]": () => other(1),
    "+": () => zoomBy(1.5),
    "=": () => zoomBy(1.5),
    "-": () => zoomBy(1 / 1.5),
  };
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const spot = spots[at];
    const to = spot === undefined ? null : nudged(spot.at, event.key, event.shiftKey);
    const act =
      to !== null && chosen !== null ? () => on.onPlace(chosen, to, `nudge/${keyOf(chosen)}`) : acts[event.key.toLowerCase()];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
}
