/** 记录: entries that fit, newest first, a page at a time. What is asked for stands in the address, so that it can be kept. */
import { useQuery } from "@tanstack/react-query";
import { type AuditEntry, ask } from "@watchkeeper/api";
import { dateTime, Empty, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { localMoment, plusDays } from "../../estate-time";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { ToIncident } from "../../parts/to-incident";
import { useSession } from "../../session/session";
import { acts, actWord, topics, topicWord } from "./acts";
import { newer, older, paramsOf, START, type Trail, type Wanted, wantedOf } from "./asking";
import { Difference } from "./difference-view";
import { Filter } from "./filter";
import { table } from "./words";

const PAGE = 50;

/** Not asked again by itself: each reading is an entry of the log. */
function useEntries(wanted: Wanted, before: number | null) {
  const { zone } = useSession();
  return useQuery({
    queryKey: ["audit", wanted, before],
    queryFn: () => {
      const from = wanted.from === "" ? null : localMoment(`${wanted.from}T00:00`, zone);
      const to = wanted.to === "" ? null : localMoment(`${plusDays(wanted.to, 1)}T00:00`, zone);
      return ask("GET /audit", { query: { ...wanted, from, to, before, limit: PAGE } });
    },
    gcTime: 0,
  });
}

export function LogView() {
  const w = useWords(table);
  const { me } = useSession();
  const [params, setParams] = useSearchParams();
  const wanted = wantedOf(params);
  return (
    <div>
      <Filter key={params.toString()} wanted={wanted} onAsk={(given) => setParams(paramsOf(given))} />
      <p className="wk-quiet">{me.role === "auditor" ? w.opened : w.sealed}</p>
      <Entries key={`page ${params}`} wanted={wanted} />
    </div>
  );
}

function Entries({ wanted }: { wanted: Wanted }) {
  const w = useWords(table);
  const { zone } = useSession();
  const [trail, setTrail] = useState<Trail>(START);
  const asked = useEntries(wanted, trail.at(-1) ?? null);
  return (
    <Asked of={asked}>
      {({ entries, before }) => (
        <>
          {entries.length === 0 ? (
            <Empty atMs={asked.dataUpdatedAt} zone={zone}>
              {w.none}
            </Empty>
          ) : (
            <Rows label={w.v_log} columns={[w.no, w.at, w.actor, w.act, w.subject, w.reason, w.changes]}>
              {entries.map((entry) => (
                <Entry key={entry.no} entry={entry} />
              ))}
            </Rows>
          )}
          <div className="wk-pages">
            {trail.length > 1 && <Button onClick={() => setTrail(newer(trail))}>{w.newer}</Button>}
            {before !== null && <Button onClick={() => setTrail(older(trail, before))}>{w.older}</Button>}
          </div>
        </>
      )}
    </Asked>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const names = useWords(acts);
  const { zone } = useSession();
  return (
    <tr data-entry={entry.no} data-act={entry.act}>
      <td className="wk-number">{entry.no}</td>
      <td>
        <time dateTime={entry.at}>{dateTime(entry.at, zone)}</time>
      </td>
      <td data-user-data>{entry.actor}</td>
      <td>{actWord(names, entry.act)}</td>
      <td>
        <Subject entry={entry} />
      </td>
      <td data-user-data>{entry.reason}</td>
      <td>
        <Difference entry={entry} />
      </td>
    </tr>
  );
}

/** What it was done to: an incident can be gone to, everything else is named. */
function Subject({ entry }: { entry: AuditEntry }) {
  const names = useWords(topics);
  const word = topicWord(names, entry.topic);
  if (entry.topic === "case" && /^\d+$/.test(entry.subject)) {
    return (
      <>
        {word} <ToIncident no={Number(entry.subject)} />
      </>
    );
  }
  return (
    <>
      {word} <span data-user-data>{entry.subject}</span>
    </>
  );
}
