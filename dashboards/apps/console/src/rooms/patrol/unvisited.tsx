/** 最长未巡时间: the checkpoints that nobody saw for longest, the worst first. */
import { useQuery } from "@tanstack/react-query";
import { ask, why } from "@watchkeeper/api";
import { dateTime, duration, Stopped, told, useLanguage, useWords } from "@watchkeeper/ui";
import { useSession } from "../../session/session";
import type { Span } from "./spans";
import { table } from "./words";

const EVERY_MS = 60_000;

export function Unvisited({ span, duties }: { span: Span; duties: readonly string[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const query = { ...span, duty: [...duties] };
  const asked = useQuery({
    queryKey: ["unvisited", query],
    queryFn: () => ask("GET /reports/unvisited", { query }),
    enabled: duties.length > 0,
    refetchInterval: EVERY_MS,
  });
  const time = (seconds: number | null) => (seconds === null ? "–" : duration(seconds, language));
  return (
    <section aria-label={w.unvisited}>
      <h2>{w.unvisited}</h2>
      {asked.error !== null && (
        <Stopped sinceMs={asked.dataUpdatedAt} why={why(asked.error, language)} onRetry={() => void asked.refetch()} />
      )}
      {asked.data?.rows.length === 0 && <p className="wk-quiet">{w.unvisitedNone}</p>}
      {asked.data !== undefined && asked.data.rows.length > 0 && (
        <table className="wk-table">
          <thead>
            <tr>
              {[w.place, w.longest, w.ongoing, w.lastVisit].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {asked.data.rows.map((row) => (
              <tr key={`${row.place} ${row.duties.join(" ")}`}>
                <td>{told(row, "name", language)}</td>
                <td>
                  {row.at_least && `${w.atLeast} `}
                  {time(row.longest_s)}
                </td>
                <td>{time(row.ongoing_s)}</td>
                <td>{row.last_visit_at === null ? w.noVisit : dateTime(row.last_visit_at, zone)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
