/** 设备: the plan in words. Everything that can be reached on the picture is here, by keyboard and for screen readers. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type Priority, PrioritySymbol, priorityWords, symbolState, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Checkbox, Input, type InputRef } from "antd";
import { type KeyboardEvent, memo, type RefObject, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useCluster, usePlan, useTargets } from "./context";
import { plateOf, symbolOf } from "./glyphs";
import type { Layout, Thing } from "./layout";
import { neighbour, searched } from "./search";
import { useStateWord } from "./state";
import { kindWord, table } from "./words";

const ROW_PX = 46;
const PAGE = 10;
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: PAGE,
  PageUp: -PAGE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

interface Given {
  readonly layout: Layout;
  readonly things: readonly Thing[];
  readonly chosen: string | null;
  readonly search: RefObject<InputRef | null>;
  readonly onChoose: (id: string) => void;
}

export function DeviceList({ layout, things, chosen, search, onChoose }: Given) {
  const w = useWords(table);
  const [text, setText] = useState("");
  const [onlyUnplaced, setOnlyUnplaced] = useState(false);
  const unplaced = useMemo(() => things.filter((thing) => thing.spot === null).length, [things]);
  const shown = useShown(layout, things, useDeferredValue(text), onlyUnplaced && unplaced > 0);
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || (event.target instanceof HTMLInputElement && Math.abs(step) === Number.POSITIVE_INFINITY)) return;
    event.preventDefault();
    event.stopPropagation();
    const next = neighbour(shown, chosen, step);
    if (next !== null) onChoose(next);
  };
  return (
    <section className="wk-plan-list" aria-label={w.devices}>
      <div className="wk-plan-search">
        <Input
          ref={search}
          allowClear
          value={text}
          placeholder={`${w.search}  /`}
          aria-label={w.search}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={move}
          onPressEnter={() => {
            const [first] = shown;
            if (first !== undefined && !shown.some((thing) => thing.id === chosen)) onChoose(first.id);
            list.current?.focus();
          }}
        />
        <span className="wk-plan-found" role="status">
          {w.found(shown.length)}
        </span>
        {unplaced > 0 && (
          <Checkbox checked={onlyUnplaced} onChange={(event) => setOnlyUnplaced(event.target.checked)}>
            {w.unplaced(unplaced)}
          </Checkbox>
        )}
      </div>
      {shown.length === 0 && <p className="wk-empty">{w.none}</p>}
      <Rows list={list} layout={layout} shown={shown} chosen={chosen} onChoose={onChoose} onMove={move} />
    </section>
  );
}

/** In the order in which they are wanted; looked at again when an incident comes or goes. */
function useShown(layout: Layout, things: readonly Thing[], text: string, onlyUnplaced: boolean): readonly Thing[] {
  const w = useWords(table);
  const language = useLanguage();
  const { clusters } = usePlan();
  const targets = useTargets();
  const listed = useMemo(
    () =>
      things.map((thing) => {
        const place = layout.places.get(thing.place);
        const at = place === undefined ? thing.place : told(place, "name", language);
        return { thing, words: [thing.name_zh, thing.name_en, thing.id, at, kindWord(w, thing.kind)] };
      }),
    [things, layout, language, w],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `targets` says that incidents have come or gone
  return useMemo(
    () => searched(listed, text, clusters.get, (thing) => !onlyUnplaced || thing.spot === null),
    [listed, text, onlyUnplaced, clusters, targets],
  );
}

interface RowsGiven {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly layout: Layout;
  readonly shown: readonly Thing[];
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
  readonly onMove: (event: KeyboardEvent) => void;
}

function Rows({ list, layout, shown, chosen, onChoose, onMove }: RowsGiven) {
  const w = useWords(table);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  const at = shown.findIndex((thing) => thing.id === chosen);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, virtual]);
  return (
    <div
      ref={list}
      className="wk-plan-rows"
      role="listbox"
      aria-label={w.devices}
      tabIndex={0}
      aria-activedescendant={at < 0 ? undefined : `device-${chosen}`}
      onKeyDown={onMove}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const thing = shown[item.index];
          if (thing === undefined) return null;
          return (
            <Row
              key={thing.id}
              thing={thing}
              layout={layout}
              topPx={item.start}
              position={item.index + 1}
              count={shown.length}
              chosen={thing.id === chosen}
              onChoose={onChoose}
            />
          );
        })}
      </div>
    </div>
  );
}

interface RowGiven {
  readonly thing: Thing;
  readonly layout: Layout;
  readonly topPx: number;
  readonly position: number;
  readonly count: number;
  readonly chosen: boolean;
  readonly onChoose: (id: string) => void;
}

const Row = memo(function Row({ thing, layout, topPx, position, count, chosen, onChoose }: RowGiven) {
  const w = useWords(table);
  const language = useLanguage();
  const place = layout.places.get(thing.place);
  const floor = layout.floors.find((one) => one.id === thing.spot?.floor);
  const state = useStateWord(thing);
  const where = [
    kindWord(w, thing.kind),
    place === undefined ? thing.place : told(place, "name", language),
    floor === undefined ? w.noPosition : told(floor, "name", language),
  ];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself has the arrow keys
    <div
      id={`device-${thing.id}`}
      role="option"
      aria-selected={chosen}
      aria-posinset={position}
      aria-setsize={count}
      tabIndex={-1}
      className="wk-plan-row"
      data-device={thing.id}
      style={{ transform: `translateY(${topPx}px)`, height: ROW_PX }}
      onClick={() => onChoose(thing.id)}
    >
      <Glyph thing={thing} />
      <span className="wk-plan-row-name">
        <b>{told(thing, "name", language)}</b>
        <small>{where.join(" · ")}</small>
      </span>
      <span className="wk-plan-row-state">{state}</span>
      <RowBadge id={thing.id} />
    </div>
  );
});

export function Glyph({ thing }: { thing: Thing }) {
  return (
    <svg className="wk-glyph-box" width={26} height={26} viewBox="-14 -14 28 28" aria-hidden="true">
      <path className={`wk-device wk-device-${plateOf(thing)}`} d={symbolOf(thing)} />
    </svg>
  );
}

function RowBadge({ id }: { id: string }) {
  const w = useWords(table);
  const priorities = useWords(priorityWords);
  const cluster = useCluster(id);
  if (cluster === null) return null;
  return (
    <span className="wk-plan-row-badge">
      <PrioritySymbol
        priority={cluster.priority as Priority}
        state={cluster.calling ? "calling" : symbolState(cluster.alarm)}
        size={20}
      />
      <span className="wk-unseen">
        {priorities[`p${cluster.priority as Priority}`]} {w.incidents(cluster.count)}
      </span>
      {cluster.count > 1 && <span aria-hidden="true">{w.several(cluster.count)}</span>}
    </span>
  );
}
