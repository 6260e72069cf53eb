/** 正在进行: the rounds of now, with today's figures, and who is on duty. */
import { type FiguresRow, why } from "@watchkeeper/api";
import { clockTime, Empty, Skeleton, Stopped, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { useSession } from "../../session/session";
import { ROUTES_MAX, useBeats, useLastScans, useLiveWindows, useRoster, useScansSince, useStaff, useToday } from "./asking";
import { useChosen } from "./chosen";
import { RoundCard } from "./round";
import { type Beat, onDutyAnywhere, type Phase, type Round, roundsOf } from "./rounds";
import { WindowPanel } from "./window";
import { table } from "./words";

const PHASES: readonly Phase[] = ["open", "over", "ahead"];

export function LiveView() {
  const { beats, error, errorUpdatedAt, refetch } = useBeats();
  const [chosen, choose] = useChosen();
  const w = useWords(table);
  const language = useLanguage();
  if (beats === undefined)
    return error === null ? (
      <Skeleton />
    ) : (
      <Stopped sinceMs={errorUpdatedAt} why={why(error, language)} onRetry={() => void refetch()} />
    );
  if (beats.length === 0) return <p className="wk-empty">{w.noRoutes}</p>;
  return (
    <div className="wk-patrol-split">
      <div className="wk-patrol-main">
        <Today beats={beats} />
        {beats.length > ROUTES_MAX && <p className="wk-quiet">{w.tooMany(ROUTES_MAX)}</p>}
        <Rounds beats={beats} chosen={chosen} onShow={choose} />
      </div>
      <aside className="wk-patrol-side">
        <div>
          <WindowPanel id={chosen} onClose={() => choose(null)} />
          <People />
        </div>
      </aside>
    </div>
  );
}

function Rounds({ beats, chosen, onShow }: { beats: readonly Beat[]; chosen: string | null; onShow: (id: string) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  const windows = useLiveWindows(beats);
  const rounds = roundsOf(windows.data ?? [], beats, now);
  const begun = rounds.filter((round) => round.phase !== "ahead").map((round) => Date.parse(round.opensAt));
  const scans = useScansSince(begun.length === 0 ? null : Math.min(...begun));
  const roster = useRoster();
  const { nameOf } = useStaff();
  const around = { shifts: roster.data ?? [], scans: scans.data?.scans ?? [], nameOf, chosen, onShow };
  return (
    <>
      {windows.error !== null && (
        <Stopped sinceMs={windows.dataUpdatedAt} why={why(windows.error, language)} onRetry={() => void windows.refetch()} />
      )}
      {windows.data === undefined && windows.error === null && <Skeleton />}
      {windows.data !== undefined && rounds.length === 0 && (
        <Empty atMs={windows.dataUpdatedAt} zone={zone}>
          {w.noRounds}
        </Empty>
      )}
      {PHASES.map((phase) => {
        const these: Round[] = rounds.filter((round) => round.phase === phase);
        return (
          these.length > 0 && (
            <div key={phase}>
              <h2>{w[`p_${phase}`]}</h2>
              <div className="wk-rounds">
                {these.map((round) => (
                  <RoundCard key={round.key} round={round} around={around} />
                ))}
              </div>
            </div>
          )
        );
      })}
    </>
  );
}

/** The sums of today: missed and unproven stand apart, and nothing due is no figure. */
function Today({ beats }: { beats: readonly Beat[] }) {
  const w = useWords(table);
  const asked = useToday([...new Set(beats.map((beat) => beat.duty.duty))]);
  if (asked.data === undefined) return null;
  const sum = (name: "due" | "kept" | "missed" | "unproven" | "withdrawn") =>
    asked.data.rows.reduce((all, row: FiguresRow) => all + row[name], 0);
  const due = sum("due");
  return (
    <div className="wk-today">
      <b>{w.today}</b>
      <dl aria-label={w.today}>
        {(["due", "kept", "missed", "unproven", "withdrawn"] as const).map((name) => (
          <div key={name} data-figure={name}>
            <dt>{w[name]}</dt>
            <dd>{due === 0 ? w.noData : sum(name)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Who is on the roster now, each with the last scan: the last sign of life that is known here. */
function People() {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  const roster = useRoster();
  const { beats } = useBeats();
  const people = onDutyAnywhere(roster.data ?? [], now);
  const scans = useLastScans([...new Set(people.map((shift) => shift.person))].slice(0, PEOPLE_MAX));
  const routeWord = (id: string) => {
    const route = beats?.find((beat) => beat.route.id === id)?.route;
    return id === "" ? w.everyRoute : route === undefined ? id : told(route, "name", language);
  };
  return (
    <section className="wk-people">
      <h3>{w.people}</h3>
      {roster.data !== undefined && people.length === 0 && <p className="wk-quiet">{w.noPeople}</p>}
      <ul>
        {people.map((shift) => {
          const scan = scans.data?.get(shift.person);
          return (
            <li key={`${shift.person} ${shift.route}`}>
              <b>{told(shift, "person", language)}</b> · {routeWord(shift.route)}
              <br />
              <span className="wk-quiet">
                {scan === undefined
                  ? w.noSign
                  : `${w.lastSign} ${clockTime(scan.at, zone)} · ${told(scan, "place", language) || w.f_unknown_tag}`}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const PEOPLE_MAX = 30;
