/** 报警泛滥: floods, newest first, each with its causes and what came first. */
import type { Flood } from "@watchkeeper/api";
import { clockTime, dateTime, duration, Empty, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { ToIncident } from "../../parts/to-incident";
import { useSession } from "../../session/session";
import { useFloods } from "./data";
import { table } from "./words";

export function FloodsView() {
  const w = useWords(table);
  const { zone } = useSession();
  const asked = useFloods();
  return (
    <div>
      <Asked of={asked}>
        {({ floods }) =>
          floods.length === 0 ? (
            <Empty atMs={asked.dataUpdatedAt} zone={zone}>
              {w.noFloods}
            </Empty>
          ) : (
            <Rows label={w.v_floods} columns={[w.began, w.ended, w.lasting, w.count, w.causes]}>
              {floods.map((flood) => (
                <FloodRow key={flood.no} flood={flood} />
              ))}
            </Rows>
          )
        }
      </Asked>
    </div>
  );
}

function FloodRow({ flood }: { flood: Flood }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  const endMs = flood.ended_at === null ? now : Date.parse(flood.ended_at);
  return (
    <tr>
      <td>
        <time dateTime={flood.began_at}>{dateTime(flood.began_at, zone)}</time>
      </td>
      <td>
        {flood.ended_at === null ? <b>{w.lasts}</b> : <time dateTime={flood.ended_at}>{dateTime(flood.ended_at, zone)}</time>}
      </td>
      <td className="wk-number">{duration((endMs - Date.parse(flood.began_at)) / 1000, language)}</td>
      <td className="wk-number">{flood.count}</td>
      <td>
        <ol className="wk-flood-groups">
          {flood.groups.map((group) => (
            <li key={`${group.cause} ${group.zone}`}>
              {told(group, "cause", language)} · {told(group, "zone", language)} · {w.items(group.count)} · {w.first}{" "}
              <ToIncident no={group.first_no} /> {clockTime(group.first_at, zone)}
            </li>
          ))}
        </ol>
      </td>
    </tr>
  );
}
