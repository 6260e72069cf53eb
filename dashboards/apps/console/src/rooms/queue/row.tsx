/** One row of the list. It is drawn anew when its own incident changes, and never because another one did. */
import {
  ageS,
  clockTime,
  duration,
  type Priority,
  PrioritySymbol,
  symbolState,
  told,
  useLanguage,
  useNow,
  useWords,
} from "@watchkeeper/ui";
import { memo } from "react";
import { useIncident } from "../../live/provider";
import { useSession } from "../../session/session";
import { table } from "./words";

interface Given {
  readonly no: number;
  readonly topPx: number;
  readonly heightPx: number;
  readonly selected: boolean;
  readonly chosen: boolean;
  readonly onSelect: () => void;
  readonly onChoose: () => void;
}

export const Row = memo(
  function Row({ no, topPx, heightPx, selected, chosen, onSelect, onChoose }: Given) {
    const w = useWords(table);
    const language = useLanguage();
    const { zone } = useSession();
    const incident = useIncident(no);
    if (incident === undefined) return null;
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself has the keys J, K and Enter
      <div
        id={`incident-${no}`}
        role="option"
        aria-selected={selected}
        tabIndex={-1}
        className="wk-row"
        data-no={no}
        data-alarm={incident.alarm}
        data-live={incident.live}
        style={{ transform: `translateY(${topPx}px)`, height: heightPx }}
        onClick={onSelect}
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: for the mouse alone; the key X chooses the selected row */}
        <span
          className="wk-row-choice"
          role="presentation"
          data-chosen={chosen}
          onClick={(event) => {
            event.stopPropagation();
            onChoose();
          }}
        />
        <PrioritySymbol priority={incident.priority as Priority} state={symbolState(incident.alarm)} size={22} />
        <span className="wk-row-title">{told(incident, "title", language)}</span>
        <span className="wk-row-marks">
          {incident.late && <em>{w.late}</em>}
          {!incident.proven && <em>{w.unproven}</em>}
          {incident.comebacks > 0 && <em>{w.chatter(incident.comebacks)}</em>}
          {incident.escalation > 0 && <em>{w.escalated(incident.escalation)}</em>}
          {incident.live && !incident.active && <em>{w.returned}</em>}
        </span>
        <span className="wk-row-state">{w[`s_${incident.state}` as "s_open"]}</span>
        <time dateTime={incident.raised_at}>{clockTime(incident.raised_at, zone)}</time>
        <Age since={incident.raised_at} until={incident.closed_at} />
      </div>
    );
  },
  (before, after) =>
    before.no === after.no &&
    before.topPx === after.topPx &&
    before.selected === after.selected &&
    before.chosen === after.chosen,
);

function Age({ since, until }: { since: string; until: string | null }) {
  const language = useLanguage();
  const now = useNow();
  return <span className="wk-row-age">{duration(ageS(since, until === null ? now : Date.parse(until)), language)}</span>;
}
