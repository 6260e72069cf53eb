/** How a gate stands: the word that it told last, since when, and what else it tells. Only what is abnormal stands out. */
import type { Condition, DeviceState } from "@watchkeeper/api";
import { dateTime, type Priority, PrioritySymbol, symbolState, told, useLanguage, useWords } from "@watchkeeper/ui";
import { useNavigate } from "react-router";
import { useIncidentChanges, useLive } from "../../live/provider";
import { useSession } from "../../session/session";
import { table } from "./words";

export function Standing({ device }: { device: DeviceState }) {
  const w = useWords(table);
  const { zone } = useSession();
  const { condition } = device;
  return (
    <span className="wk-standing" data-state={condition.name}>
      <Word condition={condition} />
      <small>
        {condition.since !== null
          ? w.since(dateTime(condition.since, zone))
          : device.reported_up_to === null
            ? w.unheard
            : w.lastSaid(dateTime(device.reported_up_to, zone))}
      </small>
    </span>
  );
}

export function Word({ condition }: { condition: Condition }) {
  const language = useLanguage();
  const word = language === "zh" ? condition.zh : condition.en;
  return <b className={condition.abnormal ? "wk-abnormal" : ""}>{condition.abnormal ? `! ${word}` : word}</b>;
}

export function Signals({ device }: { device: DeviceState }) {
  return (
    <span className="wk-signals">
      {device.signals.map((signal) => (
        <Word key={signal.kind} condition={signal} />
      ))}
    </span>
  );
}

/** The live incidents of a device, each a way to it. */
export function DeviceIncidents({ numbers }: { numbers: readonly number[] }) {
  const language = useLanguage();
  const { incidents, selection } = useLive();
  useIncidentChanges();
  const navigate = useNavigate();
  return (
    <span className="wk-device-incidents">
      {numbers.map((no) => {
        const incident = incidents.get(no);
        return (
          <button
            key={no}
            type="button"
            onClick={(event) => {
              event.stopPropagation();
              selection.select(no);
              navigate("/queue");
            }}
          >
            {incident !== undefined && (
              <PrioritySymbol priority={incident.priority as Priority} state={symbolState(incident.alarm)} />
            )}
            {incident === undefined ? `#${no}` : told(incident, "title", language)}
          </button>
        );
      })}
    </span>
  );
}
