/** The areas of places, and the one that is being drawn. Corners of the chosen place's can be moved. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { type PointerEvent, useMemo, useState } from "react";
import { nameOf } from "../choices";
import { useWork } from "../working";
import type { Chosen, Outline } from "./index";
import { areasOn, withArea } from "./placing";
import { clamped, type Share, type Size } from "./position";
import { table } from "./words";

interface Given {
  readonly floor: string;
  readonly size: Size;
  readonly outline: Outline | null;
  readonly chosen: Chosen | null;
  shareAt(x: number, y: number): Share | null;
}

export function Areas({ floor, size, outline, chosen, shareAt }: Given) {
  const language = useLanguage();
  const { document, edit, mayWrite } = useWork();
  const areas = useMemo(() => areasOn(document, floor), [document, floor]);
  const [drag, setDrag] = useState<{ place: string; corners: readonly Share[] } | null>(null);
  const points = (corners: readonly Share[]) => corners.map(([x, y]) => `${x * size.width},${y * size.height}`).join(" ");
  return (
    <>
      {areas.map(({ row, corners }) => {
        const now = drag?.place === row.id ? drag.corners : corners;
        const isChosen = mayWrite && outline === null && chosen?.kind === "places" && chosen.id === row.id;
        return (
          <g key={row.id} data-area={row.id}>
            <polygon className="wk-drawing-area" points={points(now)} data-chosen={isChosen || undefined}>
              <title>{nameOf(row, language)}</title>
            </polygon>
            {isChosen && (
              <Corners
                corners={now}
                {...{ size, shareAt }}
                onDrag={(moved) => setDrag({ place: row.id, corners: moved })}
                onDone={() => {
                  if (drag !== null) edit((before) => withArea(before, row.id, floor, drag.corners));
                  setDrag(null);
                }}
              />
            )}
          </g>
        );
      })}
      {outline !== null && (
        <g className="wk-drawing-drawn">
          <polygon points={points(outline.corners)} />
          {outline.corners.map(([x, y]) => (
            <circle key={`${x} ${y}`} style={{ transform: at(x * size.width, y * size.height) }} r={0.5} />
          ))}
        </g>
      )}
    </>
  );
}

const at = (x: number, y: number) => `translate(${x}px, ${y}px) scale(var(--wk-mark))`;

interface CornersGiven extends Pick<Given, "size" | "shareAt"> {
  readonly corners: readonly Share[];
  onDrag(corners: readonly Share[]): void;
  onDone(): void;
}

function Corners({ corners, size, shareAt, onDrag, onDone }: CornersGiven) {
  const w = useWords(table);
  const [held, setHeld] = useState<number | null>(null);
  const move = (event: PointerEvent) => {
    const to = held === null ? null : shareAt(event.clientX, event.clientY);
    if (to !== null) onDrag(corners.map((one, index) => (index === held ? clamped(to) : one)));
  };
  const end = () => {
    setHeld(null);
    onDone();
  };
  return corners.map(([x, y], index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its number
    <g key={index} style={{ transform: at(x * size.width, y * size.height) }}>
      <rect
        x={-0.6}
        y={-0.6}
        width={1.2}
        height={1.2}
        data-corner={index}
        data-movable
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setHeld(index);
        }}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      >
        <title>{w.corner(index + 1)}</title>
      </rect>
    </g>
  ));
}
