/** One item of the register: as it is now, what can be done with it, and its history. */
import { useQuery } from "@tanstack/react-query";
import { ask, type KeyMoveView } from "@watchkeeper/api";
import { dateTime, Skeleton, Stopped, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useNavigate } from "react-router";
import { useIncidentChanges, useLive } from "../../live/provider";
import { useNames } from "../../names";
import { useSession } from "../../session/session";
import { ConditionForm, IssueForm } from "./key-forms";
import { isOverdue } from "./register";
import { table } from "./words";

const KEY_OVERDUE = "key_overdue";

export function KeyDetail({ id }: { id: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone, may } = useSession();
  const now = useNow();
  const asked = useQuery({ queryKey: ["keys", "one", id], queryFn: () => ask("GET /keys/{key}", { path: { key: id } }) });
  if (asked.data === undefined)
    return asked.error === null ? <Skeleton /> : <Stopped sinceMs={asked.errorUpdatedAt} onRetry={() => void asked.refetch()} />;
  const { key, history } = asked.data;
  const isOut = key.state === "out";
  return (
    <article className="wk-key-detail" aria-label={`${key.id} ${told(key, "name", language)}`} data-state={key.state}>
      <h2>
        {key.id} · {told(key, "name", language)}
      </h2>
      <p>
        {told(key, "kind", language)} · {w.place} {told(key, "place", language)} · <b>{told(key, "state", language)}</b>
        {isOut && key.due_at !== null && (
          <>
            {" "}
            · {w.holder} {told(key, "holder", language)} · <span data-user-data>{key.purpose}</span> ·{" "}
            <span data-over={isOverdue(key, now)}>
              {isOverdue(key, now) ? w.overdue : w.dueAt} {dateTime(key.due_at, zone)}
            </span>
          </>
        )}
      </p>
      {isOverdue(key, now) && <OverdueIncident id={id} />}
      {key.state === "in" && may("POST /keys/{key}/issue") && <IssueForm id={id} />}
      {isOut && may("POST /keys/{key}/return") && <ConditionForm id={id} act="return" />}
      {!isOut && may("POST /keys/{key}/mark") && <ConditionForm id={id} act="mark" />}
      <h3>{w.history}</h3>
      <History history={history} />
    </article>
  );
}

/** What is overdue is an incident; the way to it. */
function OverdueIncident({ id }: { id: string }) {
  const w = useWords(table);
  const { incidents, selection } = useLive();
  const navigate = useNavigate();
  useIncidentChanges();
  const found = incidents
    .numbers()
    .flatMap((no) => incidents.get(no) ?? [])
    .find((one) => one.live && one.detector === KEY_OVERDUE && one.subject === id);
  if (found === undefined) return null;
  return (
    <Button
      onClick={() => {
        selection.select(found.no);
        navigate("/queue");
      }}
    >
      {w.incident} #{found.no}
    </Button>
  );
}

function History({ history }: { history: readonly KeyMoveView[] }) {
  const w = useWords(table);
  const { zone } = useSession();
  const { personName } = useNames();
  const state = (name: string) =>
    (({ in: w.k_in, out: w.k_out, broken: w.c_broken, lost: w.c_lost }) as Record<string, string>)[name];
  return (
    <ol className="wk-history" reversed>
      {history.map((move) => (
        <li key={move.no}>
          <time dateTime={move.at}>{dateTime(move.at, zone)}</time> <b>{w[`a_${move.act}` as "a_added"]}</b>{" "}
          {move.person !== "" && personName(move.person)} · {state(move.state) ?? move.state} · {move.actor}
          {move.note !== "" && <q data-user-data>{move.note}</q>}
        </li>
      ))}
    </ol>
  );
}
