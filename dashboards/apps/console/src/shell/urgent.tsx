/** The top slot: fire and what else is critical and nobody has yet. It is always as high, so that nothing below it moves. */
import type { Incident } from "@watchkeeper/api";
import { ageS, duration, type Priority, PrioritySymbol, symbolState, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { useNavigate } from "react-router";
import { useIncidentChanges, useLive } from "../live/provider";
import { table } from "./words";

const SHOWN_MAX = 2;

/** Fire first, then the oldest. */
export function urgentOf(incidents: readonly Incident[]): readonly Incident[] {
  const fire = (one: Incident) => (one.sound === "fire" ? 0 : 1);
  return incidents
    .filter((one) => one.state === "open" && !one.late && (one.priority === 1 || one.sound === "fire"))
    .sort((a, b) => fire(a) - fire(b) || a.no - b.no);
}

export function Urgent() {
  const w = useWords(table);
  const language = useLanguage();
  const { incidents, selection } = useLive();
  useIncidentChanges();
  const now = useNow();
  const navigate = useNavigate();
  const found = urgentOf(incidents.numbers().flatMap((no) => incidents.get(no) ?? []));
  const fire = found.some((one) => one.sound === "fire");
  return (
    <aside className="wk-urgent" aria-label={w.urgent} aria-live="assertive" data-count={found.length}>
      {found.length === 0 && <span className="wk-quiet">{w.noUrgent}</span>}
      {found.slice(0, SHOWN_MAX).map((one) => (
        <button
          key={one.no}
          type="button"
          onClick={() => {
            selection.select(one.no);
            navigate("/queue");
          }}
        >
          <PrioritySymbol priority={one.priority as Priority} state={symbolState(one.alarm)} size={22} />
          <b>{told(one, "title", language)}</b>
          {/* the age is not read out every second */}
          <span aria-hidden="true">{duration(ageS(one.raised_at, now), language)}</span>
        </button>
      ))}
      {found.length > SHOWN_MAX && <span>{w.more(found.length - SHOWN_MAX)}</span>}
      <span className="wk-fire-note" data-fire={fire}>
        {w.fire}
      </span>
    </aside>
  );
}
