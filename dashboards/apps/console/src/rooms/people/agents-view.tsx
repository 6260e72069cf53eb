/** 采集端: how each agent is known, since when it is silent, and what says that somebody else may speak in its name. */
import { dateTime, duration, PrioritySymbol, told, useKeys, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { useIncidentChanges, useLive } from "../../live/provider";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { ToIncident } from "../../parts/to-incident";
import { useSession } from "../../session/session";
import { AgentPanel } from "./agent";
import { type AgentRow, agentRows, warnings } from "./agents";
import { useAgents } from "./data";
import { table, wordFor } from "./words";

export function AgentsView() {
  const w = useWords(table);
  const { may } = useSession();
  const asked = useAgents();
  const [open, setOpen] = useState<string | null>(null);
  useKeys({ escape: () => setOpen(null) });
  const acts = may("POST /agents/{agent}/enrolment");
  return (
    <div>
      <Asked of={asked}>
        {({ keys, heard }) => {
          const rows = agentRows(keys, heard);
          const chosen = acts ? rows.find((row) => row.key.agent === open) : undefined;
          return (
            <>
              {chosen !== undefined && <AgentPanel key={chosen.key.agent} row={chosen} onClose={() => setOpen(null)} />}
              <Rows label={w.agents} columns={[w.agent, w.known, w.knownSince, w.heardAt, w.streams, w.warnings]}>
                {rows.map((row) => (
                  <Row
                    key={row.key.agent}
                    row={row}
                    open={row.key.agent === open}
                    onOpen={acts ? () => setOpen(row.key.agent === open ? null : row.key.agent) : null}
                  />
                ))}
              </Rows>
            </>
          );
        }}
      </Asked>
    </div>
  );
}

function Row({ row, open, onOpen }: { row: AgentRow; open: boolean; onOpen: (() => void) | null }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { key, heard } = row;
  const name = told(key, "name", language);
  const at = key.revoked ?? key.since;
  const streams = heard?.streams ?? [];
  return (
    <tr aria-selected={open} data-agent={key.agent}>
      <td>
        {onOpen === null ? (
          name
        ) : (
          <Button size="small" aria-expanded={open} onClick={onOpen}>
            {name}
          </Button>
        )}
      </td>
      <td>
        {wordFor(w, "ks", key.state)}
        {key.certified && ` · ${w.certified}`}
        {key.reason !== "" && (
          <>
            {" · "}
            <span data-user-data>{key.reason}</span>
          </>
        )}
        {key.invited_until !== null && ` · ${w.invitedUntil} ${dateTime(key.invited_until, zone)}`}
      </td>
      <td>{at !== null && <time dateTime={at}>{dateTime(at, zone)}</time>}</td>
      <td>
        <Heard row={row} />
      </td>
      <td>{streams.length > 0 && w.streamTold(streams.length, (streams[0]?.offset_ms ?? 0).toFixed(0))}</td>
      <td>
        <Warnings numbers={heard?.live_incidents ?? []} />
      </td>
    </tr>
  );
}

const QUIET_S = 60;
/** An agent says something at least so often. */

function Heard({ row }: { row: AgentRow }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  useNow();
  const silentS = row.heard?.silent_s ?? null;
  if (silentS === null) return w.never;
  const last = (row.heard?.streams ?? [])
    .map((one) => one.heard_at)
    .toSorted()
    .at(-1);
  return (
    <>
      {last !== undefined && <time dateTime={last}>{dateTime(last, zone)}</time>}
      {silentS > QUIET_S && (
        <b>
          {" "}
          {w.silent} {duration(silentS, language)}
        </b>
      )}
    </>
  );
}

function Warnings({ numbers }: { numbers: readonly number[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const { incidents } = useLive();
  useIncidentChanges();
  const found = warnings(numbers.map((no) => incidents.get(no)));
  if (found.length === 0) return w.noWarnings;
  return found.map((one) => (
    <span key={one.no} className="wk-wrong">
      <PrioritySymbol priority={one.priority as 1 | 2 | 3 | 4} /> {told(one, "title", language)} <ToIncident no={one.no} />
    </span>
  ));
}
