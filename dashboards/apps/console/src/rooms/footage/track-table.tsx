/** The time line in words: for whoever cannot see it, and for a report. */
import { clockTime, duration, told, useLanguage, useWords } from "@watchkeeper/ui";
import { useLive } from "../../live/provider";
import { Rows } from "../../parts/rows";
import { ToIncident } from "../../parts/to-incident";
import { useSession } from "../../session/session";
import { clipped, type Span } from "./span";
import { type Marked, type Row, rowsOf, type Track } from "./tracks";
import { table } from "./words";

const ROWS_MAX = 300;

export function TrackTable({
  tracks,
  incidents,
  shown,
  name,
  onGo,
}: {
  tracks: readonly Track[];
  incidents: readonly Marked[];
  shown: Span;
  name: (device: string) => string;
  onGo: (ms: number) => void;
}) {
  const w = useWords(table);
  const rows = rowsOf(tracks, incidents).flatMap((row) =>
    row.kind === "incidents" ? (row.fromMs >= shown.fromMs && row.fromMs <= shown.toMs ? row : []) : (clipped(row, shown) ?? []),
  );
  return (
    <details className="wk-footage-words">
      <summary>{w.asTable}</summary>
      {rows.length === 0 && <p className="wk-quiet">{w.noRows}</p>}
      {rows.length > 0 && (
        <Rows label={w.timeline} columns={[w.kind, w.camera, w.start, w.finish, w.length, w.what, w.play]}>
          {rows.slice(0, ROWS_MAX).map((row) => (
            <Line key={`${row.kind} ${row.device} ${row.fromMs} ${row.no}`} row={row} name={name} onGo={onGo} />
          ))}
        </Rows>
      )}
      {rows.length > ROWS_MAX && <p>{w.more(rows.length - ROWS_MAX)}</p>}
    </details>
  );
}

function Line({ row, name, onGo }: { row: Row; name: (device: string) => string; onGo: (ms: number) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { incidents } = useLive();
  const time = (ms: number) => clockTime(new Date(ms).toISOString(), zone);
  const incident = row.no === null ? undefined : incidents.get(row.no);
  const said = row.kind === "hole" ? row[language] || w.unknownCause : row[language];
  return (
    <tr data-row={row.kind}>
      <td>{w[row.kind]}</td>
      <td>{row.device === "" ? "" : name(row.device)}</td>
      <td>{time(row.fromMs)}</td>
      <td>{row.kind === "incidents" ? "" : time(row.toMs)}</td>
      <td>{row.kind === "incidents" ? "" : duration((row.toMs - row.fromMs) / 1_000, language)}</td>
      <td data-user-data={row.kind === "held" ? true : undefined}>
        {said} {row.no !== null && <ToIncident no={row.no} />} {incident !== undefined && told(incident, "title", language)}
      </td>
      <td>
        {row.kind !== "hole" && row.kind !== "gone_due" && (
          <button type="button" className="wk-link" onClick={() => onGo(row.fromMs)}>
            {w.playFrom(time(row.fromMs))}
          </button>
        )}
      </td>
    </tr>
  );
}
