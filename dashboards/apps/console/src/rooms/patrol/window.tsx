/** One window: why it is what it is, in the hub's own words, with every scan and what became of it. */
import { useQuery } from "@tanstack/react-query";
import { ask, type WeighedScan, type WindowDetail, why } from "@watchkeeper/api";
import { clockTime, dateTime, Stopped, told, useKeys, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useNavigate } from "react-router";
import { useLive } from "../../live/provider";
import { useSession } from "../../session/session";
import { useBeats, useStaff } from "./asking";
import { Mark } from "./mark";
import { priorityOf, stopState } from "./rounds";
import { Flags } from "./stop";
import { table, wordFor } from "./words";

export function WindowPanel({ id, onClose }: { id: string | null; onClose: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  useKeys({ escape: onClose });
  const asked = useQuery({
    queryKey: ["windows", "one", id],
    queryFn: () => ask("GET /duties/windows/{window}", { path: { window: id as string } }),
    enabled: id !== null,
  });
  return (
    <section className="wk-window" aria-label={w.detail} aria-live="polite">
      {id === null && <p className="wk-quiet">{w.choose}</p>}
      {id !== null && asked.error !== null && (
        <Stopped sinceMs={asked.errorUpdatedAt} why={why(asked.error, language)} onRetry={() => void asked.refetch()} />
      )}
      {id !== null && asked.data !== undefined && <Known detail={asked.data} onClose={onClose} />}
    </section>
  );
}

function Known({ detail, onClose }: { detail: WindowDetail; onClose: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { window } = detail;
  const { beats } = useBeats();
  const state = stopState(window, useNow());
  return (
    <>
      <header>
        <h3>
          <Mark state={state} priority={priorityOf(beats, window.duty)} /> {told(window, "place", language)} · {w[`st_${state}`]}
        </h3>
        <Button size="small" onClick={onClose}>
          {w.close}
        </Button>
      </header>
      <p>
        {told(window, "route", language)} · {told(window, "duty", language)} · {w.clause} {detail.clause}
      </p>
      <p>
        {dateTime(window.opens_at, zone)} – {clockTime(window.due_at, zone)}
      </p>
      {state === "unproven" && <p className="wk-unproven-why">{w.unprovenWhy}</p>}
      <p className="wk-explanation">{told(detail, "explanation", language)}</p>
      <Incident no={detail.incident} />
      <h4>{w.scans}</h4>
      {detail.scans.length === 0 && <p className="wk-quiet">{w.noScans}</p>}
      <ul>
        {detail.scans.map((one) => (
          <Weighed key={`${one.scan.source} ${one.scan.key}`} one={one} />
        ))}
      </ul>
      <h4>{w.sources}</h4>
      <ul>
        {detail.sources.map((source) => (
          <li key={source.id}>
            {told(source, "name", language)}
            {w.colon}
            {source.reported_up_to === null ? w.never : dateTime(source.reported_up_to, zone)}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The gap's incident: selected in the queue, in all windows of the room. */
function Incident({ no }: { no: number | null }) {
  const w = useWords(table);
  const navigate = useNavigate();
  const { selection } = useLive();
  if (no === null) return <p className="wk-quiet">{w.noIncident}</p>;
  return (
    <p>
      <Button
        onClick={() => {
          selection.select(no);
          void navigate("/queue");
        }}
      >
        {w.showIncident(no)}
      </Button>
    </p>
  );
}

function Weighed({ one }: { one: WeighedScan }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { nameOf } = useStaff();
  const { scan } = one;
  const person = scan.person === "" ? scan.person_told : nameOf(scan.person);
  return (
    <li>
      <b>{one.keeps ? w.counts : w.countsNot}</b> {clockTime(scan.at, zone)} · {wordFor(w, "m", scan.medium)}
      {person !== "" && ` · ${person}`} · {told(one, "why", language)} <Flags names={scan.flags} />
      <span className="wk-quiet">
        {" "}
        ({w.received} {clockTime(scan.received_at, zone)})
      </span>
    </li>
  );
}
