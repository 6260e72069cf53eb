/** One thing on the drawing: a device is a disc, a checkpoint a square, a phone a rhombus. */
import { useLanguage } from "@watchkeeper/ui";
import { memo, type PointerEvent, type RefObject, useRef } from "react";
import { nameOf } from "../choices";
import type { Chosen } from "./index";
import type { PlacedKind, Spot } from "./placing";
import { clamped, type Share, type Size } from "./position";

const DRAG_PX = 3;
const SHAPES: Readonly<Record<PlacedKind, string>> = {
  devices: "M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z",
  places: "M-.9 -.9H.9V.9H-.9Z",
  phones: "M0 -1.2L1 0L0 1.2L-1 0Z",
};

interface Given {
  readonly spot: Spot;
  readonly at: Share;
  /** How far it is drawn beside its place, in its own radii. */
  readonly aside: Share;
  readonly size: Size;
  readonly chosen: boolean;
  readonly movable: boolean;
  /** Always the same object: with 5,000 marks only the one that is moved is drawn anew. */
  readonly acts: RefObject<MarkActs>;
}
export interface MarkActs {
  shareAt(x: number, y: number): Share | null;
  onChoose(one: Chosen): void;
  onDrag(one: Chosen, at: Share | null): void;
  onPlace(one: Chosen, at: Share): void;
}

export const Mark = memo(function Mark({ spot, at, aside, size, chosen, movable, acts }: Given) {
  const language = useLanguage();
  const from = useRef<{ x: number; y: number; off: Share; moved: boolean } | null>(null);
  const one = { kind: spot.kind, id: spot.id };
  const target = (event: PointerEvent): Share | null => {
    const there = acts.current.shareAt(event.clientX, event.clientY);
    const off = from.current?.off ?? [0, 0];
    return there === null ? null : clamped([there[0] - off[0], there[1] - off[1]]);
  };
  const down = (event: PointerEvent<SVGGElement>) => {
    acts.current.onChoose(one);
    if (!movable) return;
    const there = acts.current.shareAt(event.clientX, event.clientY) ?? at;
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, y: event.clientY, off: [there[0] - at[0], there[1] - at[1]], moved: false };
  };
  const move = (event: PointerEvent) => {
    const start = from.current;
    if (start === null) return;
    start.moved ||= Math.hypot(event.clientX - start.x, event.clientY - start.y) > DRAG_PX;
    if (start.moved) acts.current.onDrag(one, target(event));
  };
  const up = (event: PointerEvent) => {
    const to = target(event);
    if (from.current?.moved && to !== null) acts.current.onPlace(one, to);
    from.current = null;
    acts.current.onDrag(one, null);
  };
  const cancel = () => {
    from.current = null;
    acts.current.onDrag(one, null);
  };
  const [x, y] = [at[0] * size.width, at[1] * size.height];
  const beside = aside[0] !== 0 || aside[1] !== 0;
  return (
    <g
      className="wk-drawing-mark"
      data-mark={spot.id}
      data-kind={spot.kind}
      data-chosen={chosen || undefined}
      data-movable={movable || undefined}
      style={{ transform: `translate(${x}px, ${y}px) scale(var(--wk-mark))` }}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={cancel}
    >
      {beside && <line x2={aside[0]} y2={aside[1]} className="wk-drawing-leader" />}
      <g transform={`translate(${aside[0]} ${aside[1]})`}>
        <path d={SHAPES[spot.kind]} />
        <text y={2.8} className="wk-drawing-label">
          {nameOf(spot.row, language)}
        </text>
        <title>{nameOf(spot.row, language)}</title>
      </g>
    </g>
  );
}, isSame);

function isSame(before: Given, after: Given): boolean {
  return (
    before.spot.row === after.spot.row &&
    before.size === after.size &&
    before.chosen === after.chosen &&
    before.movable === after.movable &&
    isAt(before.at, after.at) &&
    isAt(before.aside, after.aside)
  );
}

function isAt(one: Share, other: Share): boolean {
  return one[0] === other[0] && one[1] === other[1];
}
