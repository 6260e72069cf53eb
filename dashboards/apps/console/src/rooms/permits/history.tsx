/** All that became of a holder, the permits and the credentials: when, who, what and why. */
import { dateTime, useWords } from "@watchkeeper/ui";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { type Kind, type Told, useHistories, type Whole } from "./data";
import { mediumWord, table } from "./words";

export function History({ whole }: { whole: Whole }) {
  const w = useWords(table);
  const { zone } = useSession();
  const { holder, permits, credentials } = whole;
  const found = useHistories([
    ["holder", holder.id],
    ...permits.map((one): [Kind, string] => ["permit", one.id]),
    ...credentials.map((one): [Kind, string] => ["credential", one.id]),
  ]);
  const what = (entry: Told) => {
    const credential = credentials.find((one) => one.id === entry.id);
    if (credential === undefined) return entry.kind === "holder" ? w.holder : w.permit;
    return `${mediumWord(w, credential.medium)} ${credential.shown}`;
  };
  const act = (entry: Told) => (w as Readonly<Record<string, unknown>>)[`a_${entry.act}`] ?? entry.act;
  return (
    <>
      {found.wrong && <p role="alert" data-abnormal>{`! ${w.historyMissing}`}</p>}
      <Rows label={w.history} columns={[w.when, w.what, w.act, w.who, w.why]}>
        {found.told.map((entry) => (
          <tr key={`${entry.kind}-${entry.id}-${entry.version}-${entry.act}`} data-act={entry.act}>
            <td>
              <time dateTime={entry.at}>{dateTime(entry.at, zone)}</time>
            </td>
            <td data-user-data>{what(entry)}</td>
            <td>{String(act(entry))}</td>
            <td data-user-data>{entry.actor}</td>
            <td data-user-data>{entry.reason}</td>
          </tr>
        ))}
      </Rows>
    </>
  );
}
