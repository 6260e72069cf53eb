/** One round: where, who, how far, and how long it still goes. */
import type { ScanView, ShiftView } from "@watchkeeper/api";
import { clockTime, duration, type Language, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { useSession } from "../../session/session";
import { oddScans, onDuty, progressOf, type Round, walkers } from "./rounds";
import { spanWord } from "./spans";
import { Flags, Stop } from "./stop";
import { table, wordFor } from "./words";

export interface Around {
  readonly shifts: readonly ShiftView[];
  readonly scans: readonly ScanView[];
  readonly nameOf: (person: string) => string;
  readonly chosen: string | null;
  readonly onShow: (window: string) => void;
}

export function RoundCard({ round, around }: { round: Round; around: Around }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { done, all, missed, unproven } = progressOf(round.stops);
  const name = told(round.beat.route, "name", language);
  const stops = (
    <ol className="wk-stops">
      {round.stops.map((stop) => (
        <Stop
          key={stop.id}
          stop={stop}
          priority={round.beat.duty.priority}
          chosen={around.chosen === stop.id}
          onShow={() => around.onShow(stop.id)}
        />
      ))}
    </ol>
  );
  return (
    <section
      className="wk-round"
      aria-label={`${name} ${spanWord(round.opensAt, round.dueAt, zone)}`}
      data-route={round.beat.route.id}
      data-phase={round.phase}
    >
      <header>
        <h3>{name}</h3>
        <span>
          {round.beat.duty[language]} · {round.beat.duty.clause} · {wordFor(w, "o", round.beat.route.order)}
        </span>
        <span>
          {w.window} {spanWord(round.opensAt, round.dueAt, zone)}
        </span>
        <Countdown round={round} />
      </header>
      <div className="wk-round-progress">
        <progress value={done} max={all} aria-label={w.progress(done, all)} />
        <b>{w.progress(done, all)}</b>
        {missed > 0 && (
          <b data-count="missed">
            {w.missed} {missed}
          </b>
        )}
        {unproven > 0 && (
          <b data-count="unproven">
            {w.unproven} {unproven}
          </b>
        )}
      </div>
      <Who round={round} around={around} />
      {round.phase === "ahead" ? <p>{names(round, language)}</p> : stops}
      <Odd round={round} scans={around.scans} nameOf={around.nameOf} />
    </section>
  );
}

/** Where a round will lead: a set order by arrows. A drawn one is not known here. */
function names(round: Round, language: Language): string {
  const between = round.beat.route.order === "set" ? " → " : " · ";
  return round.stops.map((stop) => told(stop, "place", language)).join(between);
}

function Countdown({ round }: { round: Round }) {
  const w = useWords(table);
  const language = useLanguage();
  const now = useNow();
  const away = (at: string) => duration(Math.abs(Date.parse(at) - now) / 1_000, language);
  if (round.phase === "ahead") return <b>{w.begins(away(round.opensAt))}</b>;
  if (round.phase === "over") return <span>{w.ended(away(round.endsAt))}</span>;
  return <b>{now <= Date.parse(round.dueAt) ? w.left(away(round.dueAt)) : w.graceLeft(away(round.endsAt))}</b>;
}

function Who({ round, around }: { round: Round; around: Around }) {
  const w = useWords(table);
  const language = useLanguage();
  const now = useNow();
  const at = round.phase === "open" ? now : Date.parse(round.phase === "ahead" ? round.opensAt : round.dueAt);
  const people = onDuty(around.shifts, round.beat.route.id, at);
  const scanned = walkers(round);
  return (
    <p className="wk-round-who">
      {w.onDuty}
      {w.colon}
      {people.length === 0 ? w.nobody : people.map((shift) => told(shift, "person", language)).join(w.comma)}
      {scanned.length > 0 && ` · ${w.walking}${w.colon}${scanned.map(around.nameOf).join(w.comma)}`}
    </p>
  );
}

function Odd({ round, scans, nameOf }: { round: Round; scans: readonly ScanView[]; nameOf: (person: string) => string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const odd = oddScans(scans, round).slice(0, ODD_MAX);
  if (odd.length === 0) return null;
  return (
    <div className="wk-odd">
      <h4>{w.odd}</h4>
      <ul>
        {odd.map((scan) => (
          <li key={`${scan.source} ${scan.key}`}>
            {clockTime(scan.at, zone)} {told(scan, "place", language) || w.f_unknown_tag} · {wordFor(w, "m", scan.medium)} ·{" "}
            {scan.person === "" ? scan.person_told || w.f_unknown_person : nameOf(scan.person)} <Flags names={scan.flags} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const ODD_MAX = 5;
