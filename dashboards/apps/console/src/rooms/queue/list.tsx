/** The list: rows of a fixed height, drawn where they are seen. A row keeps its place while others come and go. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useWords } from "@watchkeeper/ui";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useIncidentChanges, useLive, useSelected } from "../../live/provider";
import { type Filter, fits } from "./filter";
import { anchored, canSweep, merged, swept } from "./order";
import { Row } from "./row";
import { table } from "./words";

const ROW_PX = 44;
const CALM_MS = 2_000;
/** Rows that are no longer wanted go when neither mouse nor keyboard has been at the list for so long. */

export function List({
  filter,
  shown,
  setShown,
  chosen,
  onChoose,
}: {
  filter: Filter;
  shown: readonly number[];
  setShown: (numbers: readonly number[]) => void;
  chosen: ReadonlySet<number>;
  onChoose: (no: number) => void;
}) {
  const w = useWords(table);
  const { incidents, selection } = useLive();
  const changes = useIncidentChanges();
  const selected = useSelected();
  const box = useRef<HTMLDivElement>(null);
  const touchedMs = useRef(0);
  const inside = useRef(false);
  const [above, setAbove] = useState(0);
  const before = useRef<{ shown: readonly number[]; filter: Filter }>({ shown: [], filter });
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    getItemKey: (at) => shown[at] ?? at,
  });

  const fitting = useCallback(
    () =>
      incidents.numbers().filter((no) => {
        const incident = incidents.get(no);
        return incident !== undefined && fits(incident, filter);
      }),
    [incidents, filter],
  );

  /** What is to stay where it is: the selected row where it is seen, else the first that is seen, else nothing. */
  const anchor = useCallback((): number | null => {
    const view = box.current;
    if (view === null) return null;
    const at = selected === null ? -1 : shown.indexOf(selected);
    const seen = at >= 0 && (at + 1) * ROW_PX > view.scrollTop && at * ROW_PX < view.scrollTop + view.clientHeight;
    if (seen) return selected;
    if (view.scrollTop === 0 && !inside.current) return null;
    return shown[Math.floor(view.scrollTop / ROW_PX)] ?? null;
  }, [selected, shown]);
  const held = useRef<number | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `changes` is what says that the incidents are others
  useEffect(() => {
    held.current = anchor();
    if (before.current.filter !== filter) setShown(fitting());
    else setShown(merged(shown, fitting()));
  }, [changes, filter, fitting]);

  useLayoutEffect(() => {
    const view = box.current;
    if (view !== null && before.current.filter === filter && before.current.shown !== shown) {
      const to = anchored(before.current.shown, shown, held.current, view.scrollTop, ROW_PX);
      if (to !== view.scrollTop) {
        const added = shown.length - before.current.shown.length;
        view.scrollTop = to;
        if (added > 0) setAbove((count) => count + added);
      }
    }
    before.current = { shown, filter };
  }, [shown, filter]);

  useEffect(() => {
    const timer = window.setInterval(() => {
      const view = box.current;
      if (view === null || performance.now() - touchedMs.current < CALM_MS) return;
      const after = swept(shown, fitting(), selected);
      const stays = anchor();
      if (after !== shown && canSweep(shown, after, stays, view.scrollTop, ROW_PX)) {
        held.current = stays;
        setShown(after);
      }
    }, CALM_MS / 2);
    return () => window.clearInterval(timer);
  }, [shown, selected, fitting, anchor, setShown]);

  // a selection made elsewhere, or by a key, is brought into sight
  useEffect(() => {
    const at = selected === null ? -1 : before.current.shown.indexOf(selected);
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [selected, virtual]);

  const touch = () => {
    touchedMs.current = performance.now();
  };
  return (
    <div className="wk-list-frame">
      {above > 0 && (
        <button
          type="button"
          className="wk-fresh"
          onClick={() => {
            box.current?.scrollTo({ top: 0 });
            setAbove(0);
          }}
        >
          {w.fresh(above)}
        </button>
      )}
      <div
        ref={box}
        className="wk-list"
        role="listbox"
        aria-label={w.list}
        tabIndex={0}
        aria-activedescendant={selected === null ? undefined : `incident-${selected}`}
        onPointerEnter={() => {
          inside.current = true;
          touch();
        }}
        onPointerLeave={() => {
          inside.current = false;
        }}
        onPointerMove={touch}
        onKeyDown={touch}
        onScroll={(event) => {
          if (event.currentTarget.scrollTop === 0) setAbove(0);
        }}
      >
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map((item) => {
            const no = shown[item.index];
            if (no === undefined) return null;
            return (
              <Row
                key={no}
                no={no}
                topPx={item.start}
                heightPx={ROW_PX}
                selected={no === selected}
                chosen={chosen.has(no)}
                onSelect={() => selection.select(no)}
                onChoose={() => onChoose(no)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
