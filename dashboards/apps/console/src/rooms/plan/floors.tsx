/** The floors as tabs, each with its live incidents. */
import { type Priority, PrioritySymbol, told, useLanguage, useWords } from "@watchkeeper/ui";
import type { KeyboardEvent } from "react";
import { useFloorCluster, useNowhere } from "./context";
import type { Floor } from "./layout";
import { table } from "./words";

export function Floors({ floors, shown, onShow }: { floors: readonly Floor[]; shown: string; onShow: (id: string) => void }) {
  const w = useWords(table);
  const nowhere = useNowhere();
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = floors[(floors.findIndex((floor) => floor.id === shown) + step + floors.length) % floors.length];
    if (next === undefined) return;
    onShow(next.id);
    event.currentTarget.querySelector<HTMLElement>(`#${CSS.escape(tabId(next.id))}`)?.focus();
  };
  return (
    <div className="wk-floors">
      <div role="tablist" aria-label={w.floors} onKeyDown={move}>
        {floors.map((floor) => (
          <Tab key={floor.id} floor={floor} shown={floor.id === shown} onShow={() => onShow(floor.id)} />
        ))}
      </div>
      {nowhere !== null && (
        <span className="wk-nowhere">
          <PrioritySymbol priority={nowhere.priority as Priority} />
          {w.nowhere(nowhere.count)}
        </span>
      )}
    </div>
  );
}

function Tab({ floor, shown, onShow }: { floor: Floor; shown: boolean; onShow: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const cluster = useFloorCluster(floor.id);
  return (
    <button
      type="button"
      role="tab"
      id={tabId(floor.id)}
      aria-selected={shown}
      aria-controls={PANEL_ID}
      tabIndex={shown ? 0 : -1}
      data-floor={floor.id}
      onClick={onShow}
    >
      {told(floor, "name", language)}
      {cluster !== null && (
        <>
          <PrioritySymbol
            priority={cluster.priority as Priority}
            state={cluster.calling && !shown ? "calling" : "steady"}
            size={18}
          />
          <b>
            <span aria-hidden="true">{cluster.count}</span>
            <span className="wk-unseen">{w.incidents(cluster.count)}</span>
          </b>
        </>
      )}
    </button>
  );
}

export const PANEL_ID = "plan-floor";
export const tabId = (floor: string) => `plan-floor-${floor}`;
