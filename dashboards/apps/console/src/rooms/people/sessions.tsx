/** Where an account is signed in, and its tokens; each can be ended. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type SessionView } from "@watchkeeper/api";
import { dateTime, Empty, useWords } from "@watchkeeper/ui";
import { Button, Popconfirm } from "antd";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { Said } from "../../sending/said";
import { type Sending, useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useSessions } from "./data";
import { table, wordFor } from "./words";

/** `account` null: one's own. */
export function Sessions({ account, mayEnd }: { account: string | null; mayEnd: boolean }) {
  const w = useWords(table);
  const { zone } = useSession();
  const asked = useSessions(account);
  const sending = useSending();
  const columns = [w.kind, w.where, w.since, w.usedAt, w.until, ...(mayEnd ? [w.act] : [])];
  return (
    <>
      <h2>{w.sessions}</h2>
      <Said sending={sending} />
      <Asked of={asked}>
        {(sessions) =>
          sessions.length === 0 ? (
            <Empty atMs={asked.dataUpdatedAt} zone={zone}>
              {w.noSessions}
            </Empty>
          ) : (
            <Rows label={w.sessions} columns={columns}>
              {sessions.map((one) => (
                <SessionRow key={one.session} session={one} mayEnd={mayEnd} sending={sending} />
              ))}
            </Rows>
          )
        }
      </Asked>
    </>
  );
}

function SessionRow({ session, mayEnd, sending }: { session: SessionView; mayEnd: boolean; sending: Sending }) {
  const w = useWords(table);
  const { zone } = useSession();
  const queries = useQueryClient();
  const end = () =>
    void sending.send(async () => {
      const { ended } = await ask("DELETE /sessions/{session}", { path: { session: session.session } });
      await queries.invalidateQueries({ queryKey: ["accounts"] });
      return w.sessionEnded(ended);
    });
  return (
    <tr data-session={session.session}>
      <td>
        {wordFor(w, "k", session.kind)}
        {session.own && ` · ${w.own}`}
      </td>
      <td data-user-data>{session.label}</td>
      {[session.created_at, session.used_at, session.expires_at].map((at, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: three columns, always the same
        <td key={column}>
          <time dateTime={at}>{dateTime(at, zone)}</time>
        </td>
      ))}
      {mayEnd && (
        <td>
          {!session.own && (
            <Popconfirm title={w.endAsk} okText={w.end} onConfirm={end}>
              <Button size="small" disabled={sending.busy}>
                {w.end}
              </Button>
            </Popconfirm>
          )}
        </td>
      )}
    </tr>
  );
}
