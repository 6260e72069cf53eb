/** One checkpoint of a round: a shape, its state in a word, and what is known. */
import type { WindowView } from "@watchkeeper/api";
import { clockTime, duration, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { useSession } from "../../session/session";
import { Mark } from "./mark";
import { stopState } from "./rounds";
import { table, wordFor } from "./words";

export function Stop({
  stop,
  priority,
  onShow,
  chosen,
}: {
  stop: WindowView;
  priority: number;
  onShow: () => void;
  chosen: boolean;
}) {
  const w = useWords(table);
  const language = useLanguage();
  const state = stopState(stop, useNow());
  return (
    <li>
      <button type="button" className="wk-stop" data-state={state} data-place={stop.place} aria-pressed={chosen} onClick={onShow}>
        <Mark state={state} priority={priority} />
        <span className="wk-stop-name">{told(stop, "place", language)}</span>
        <b>{w[`st_${state}`]}</b>
        <Told stop={stop} />
      </button>
    </li>
  );
}

/** When and how it was visited, or how much time is left, or why it is not known. */
function Told({ stop }: { stop: WindowView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  const state = stopState(stop, now);
  const left = (until: string) => duration((Date.parse(until) - now) / 1_000, language);
  const notes = stop.note.split(" ").filter((name) => name !== "");
  return (
    <span className="wk-stop-told">
      {state === "due" && w.left(left(stop.due_at))}
      {state === "grace" && w.graceLeft(left(stop.ends_at))}
      {state === "unproven" && w.unprovenWhy}
      {stop.evidence !== null &&
        (state === "withdrawn"
          ? w.withdrawnWhy(clockTime(stop.evidence.at, zone))
          : `${clockTime(stop.evidence.at, zone)} · ${wordFor(w, "m", stop.evidence.medium)}`)}
      <Flags names={stop.evidence?.flags ?? []} />
      {notes.map((name) => (
        <em key={name}>{wordFor(w, "n", name)}</em>
      ))}
    </span>
  );
}

/** What is odd about a scan, in words. */
export function Flags({ names }: { names: readonly string[] }) {
  const w = useWords(table);
  return names.map((name) => (
    <em key={name} data-flag={name}>
      {wordFor(w, "f", name)}
    </em>
  ));
}
