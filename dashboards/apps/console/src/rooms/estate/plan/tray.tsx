/** What could stand on the drawing and what does: dragged onto it, or put there by a button. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Segmented } from "antd";
import { memo, type PointerEvent, type RefObject, useMemo, useRef, useState } from "react";
import { nameOf } from "../choices";
import { found, plainly } from "../columns";
import type { Row } from "../document";
import { useWork } from "../working";
import type { Chosen } from "./index";
import { PLACED_KINDS, type PlacedKind, type Spot, unplacedOn } from "./placing";
import { table } from "./words";

const SHOWN_MAX = 100;
const DRAG_PX = 4;
const SEARCHED = ["id", "name_zh", "name_en", "place", "kind"];

interface Acts {
  onChoose(one: Chosen): void;
  onPut(one: Chosen): void;
  /** Let go of at this point of the window. */
  onDrop(one: Chosen, x: number, y: number): void;
}
interface Given extends Acts {
  readonly floor: string;
  readonly chosen: Chosen | null;
  readonly spots: readonly Spot[];
}

export function Tray({ floor, chosen, spots, ...given }: Given) {
  const w = useWords(table);
  const { document, mayWrite } = useWork();
  const [kind, setKind] = useState<PlacedKind>("devices");
  const [search, setSearch] = useState("");
  const acts = useRef<Acts>(given);
  acts.current = given;
  const waiting = useMemo(() => unplacedOn(document, kind, floor), [document, kind, floor]);
  const unplaced = found(waiting, search, SEARCHED, plainly);
  const placed = found(
    spots.filter((spot) => spot.kind === kind).map((spot) => spot.row),
    search,
    SEARCHED,
    plainly,
  );
  return (
    <aside className="wk-drawing-tray">
      <Segmented<PlacedKind>
        aria-label={w.kind}
        value={kind}
        onChange={setKind}
        options={PLACED_KINDS.map((value) => ({ value, label: w[value] }))}
      />
      <Input
        allowClear
        aria-label={w.search}
        placeholder={w.search}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <h3>
        {w.unplaced} {unplaced.length}
      </h3>
      <ul aria-label={w.unplaced} data-list="unplaced">
        {unplaced.slice(0, SHOWN_MAX).map((row) => (
          <Waiting key={row.id} row={row} {...{ kind, mayWrite, acts }} />
        ))}
        <Rest count={unplaced.length} none={w.noneUnplaced} />
      </ul>
      <h3>
        {w.placed} {placed.length}
      </h3>
      <ul aria-label={w.placed} data-list="placed">
        {placed.slice(0, SHOWN_MAX).map((row) => (
          <Placed key={row.id} row={row} chosen={chosen?.kind === kind && chosen.id === row.id} {...{ kind, acts }} />
        ))}
        <Rest count={placed.length} none={w.nonePlaced} />
      </ul>
    </aside>
  );
}

function Rest({ count, none }: { count: number; none: string }) {
  const w = useWords(table);
  if (count === 0) return <li className="wk-quiet">{none}</li>;
  return count > SHOWN_MAX ? <li className="wk-quiet">{w.more(count - SHOWN_MAX)}</li> : null;
}

interface WaitingGiven {
  readonly kind: PlacedKind;
  readonly row: Row;
  readonly mayWrite: boolean;
  /** Always the same object, so that a step draws only the rows anew that it changes. */
  readonly acts: RefObject<Acts>;
}

const Waiting = memo(function Waiting({ kind, row, mayWrite, acts }: WaitingGiven) {
  const w = useWords(table);
  const language = useLanguage();
  const start = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const [ghost, setGhost] = useState<{ x: number; y: number } | null>(null);
  const end = () => {
    start.current = null;
    setGhost(null);
  };
  const name = nameOf(row, language);
  const move = (event: PointerEvent) => {
    const from = start.current;
    if (from === null) return;
    const [x, y] = [event.clientX, event.clientY];
    from.moved ||= Math.hypot(x - from.x, y - from.y) > DRAG_PX;
    if (from.moved) setGhost({ x, y });
  };
  if (!mayWrite) return <li lang="zh">{name}</li>;
  return (
    <li data-id={row.id}>
      <span
        className="wk-drawing-grip"
        lang="zh"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = { x: event.clientX, y: event.clientY, moved: false };
        }}
        onPointerMove={move}
        onPointerUp={(event) => {
          if (start.current?.moved) acts.current.onDrop({ kind, id: row.id }, event.clientX, event.clientY);
          end();
        }}
        onPointerCancel={end}
      >
        <span className="wk-drawing-handle" aria-hidden="true">
          ⠿
        </span>{" "}
        {name}
      </span>
      <Button size="small" onClick={() => acts.current.onPut({ kind, id: row.id })} aria-label={w.putNamed(name)}>
        {w.put}
      </Button>
      {ghost !== null && (
        <span className="wk-drawing-ghost" style={{ left: ghost.x, top: ghost.y }} aria-hidden="true">
          {name}
        </span>
      )}
    </li>
  );
});

interface PlacedGiven extends Omit<WaitingGiven, "mayWrite"> {
  readonly chosen: boolean;
}

const Placed = memo(function Placed({ kind, row, chosen, acts }: PlacedGiven) {
  const w = useWords(table);
  const language = useLanguage();
  const name = nameOf(row, language);
  const choose = () => acts.current.onChoose({ kind, id: row.id });
  return (
    <li>
      <button type="button" lang="zh" aria-pressed={chosen} aria-label={w.select(name)} onClick={choose}>
        {name}
      </button>
    </li>
  );
});
