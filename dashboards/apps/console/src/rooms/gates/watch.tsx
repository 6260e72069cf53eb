/** 布控: the plates that are looked for, with who and why; one is put there, one is ended. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type WatchView as Watched } from "@watchkeeper/api";
import { dateTime, Empty, priorityWords, useNow, useWords } from "@watchkeeper/ui";
import { Button, Checkbox, Input } from "antd";
import { type FormEvent, useId, useState } from "react";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useWatchList } from "./passage-data";
import { PutForm } from "./watch-put";
import { table } from "./words-pages";

const REASON_MAX = 1_000;

export function WatchListView() {
  const w = useWords(table);
  const { zone, may } = useSession();
  const [withEnded, setWithEnded] = useState(false);
  const [ending, setEnding] = useState<Watched | null>(null);
  const asked = useWatchList(withEnded);
  return (
    <div>
      <p className="wk-quiet">{w.watchNote}</p>
      {may("POST /watch-list") && <PutForm />}
      {ending !== null && <EndForm key={ending.id} of={ending} onAway={() => setEnding(null)} />}
      <p>
        <Checkbox checked={withEnded} onChange={(event) => setWithEnded(event.target.checked)}>
          {w.showEnded}
        </Checkbox>
      </p>
      <Asked of={asked}>
        {(watched) =>
          watched.length === 0 ? (
            <Empty atMs={asked.dataUpdatedAt} zone={zone}>
              {w.noWatched}
            </Empty>
          ) : (
            <List watched={watched} onEnd={setEnding} />
          )
        }
      </Asked>
    </div>
  );
}

function List({ watched, onEnd }: { watched: readonly Watched[]; onEnd: (one: Watched) => void }) {
  const w = useWords(table);
  const priorities = useWords(priorityWords);
  const { zone, may } = useSession();
  return (
    <Rows label={w.watched} columns={[w.plate, w.why, w.priority, w.putBy, w.putAt, w.until, w.state, w.end]}>
      {watched.map((one) => (
        <tr key={one.id} data-watch={one.id} data-ended={one.ended_at !== null}>
          <td data-user-data>{one.plate}</td>
          <td data-user-data>{one.reason}</td>
          <td>{priorities[`p${one.priority}` as keyof typeof priorities]}</td>
          <td data-user-data>{one.actor}</td>
          <td>
            <time dateTime={one.at}>{dateTime(one.at, zone)}</time>
          </td>
          <td>{one.until === null ? w.untilEnded : <time dateTime={one.until}>{dateTime(one.until, zone)}</time>}</td>
          <td>
            <State of={one} />
          </td>
          <td>
            {one.ended_at === null && may("POST /watch-list/{watch}/end") && (
              <Button size="small" aria-label={w.endOf(one.plate)} onClick={() => onEnd(one)}>
                {w.end}
              </Button>
            )}
          </td>
        </tr>
      ))}
    </Rows>
  );
}

function State({ of }: { of: Watched }) {
  const w = useWords(table);
  const { zone } = useSession();
  const now = useNow();
  if (of.ended_at !== null) return <span data-user-data>{w.endedBy(of.ended_by, dateTime(of.ended_at, zone))}</span>;
  return of.until !== null && Date.parse(of.until) <= now ? w.over : w.stands;
}

function EndForm({ of, onAway }: { of: Watched; onAway: () => void }) {
  const w = useWords(table);
  const id = useId();
  const queries = useQueryClient();
  const sending = useSending();
  const [reason, setReason] = useState("");
  const end = (event: FormEvent) => {
    event.preventDefault();
    void sending
      .send(async () => {
        await ask("POST /watch-list/{watch}/end", { path: { watch: of.id }, body: { reason: reason.trim() } });
        await queries.invalidateQueries({ queryKey: ["watch-list"] });
        return w.isEnded(of.plate);
      })
      .then((isDone) => isDone && onAway());
  };
  return (
    <form className="wk-fields wk-card" aria-label={w.endOf(of.plate)} onSubmit={end}>
      <label htmlFor={id}>
        <span data-user-data>{w.endOf(of.plate)}</span>
        <Input
          id={id}
          autoFocus
          placeholder={w.reason}
          value={reason}
          maxLength={REASON_MAX}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <Button type="primary" htmlType="submit" disabled={reason.trim() === ""} loading={sending.busy}>
        {w.end}
      </Button>
      <Button onClick={onAway}>{w.cancel}</Button>
      <Said sending={sending} />
    </form>
  );
}
