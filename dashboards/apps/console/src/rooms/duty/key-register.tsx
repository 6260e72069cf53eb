/** 钥匙与装备: the register, who has what and until when, and everything that was ever done with an item. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { ask, type KeyView } from "@watchkeeper/api";
import { dateTime, Empty, Skeleton, Stopped, told, useKeys, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { useSession } from "../../session/session";
import { KeyDetail } from "./key-detail";
import { AddKey } from "./key-forms";
import { isOverdue, type KeyListView, shownKeys, VIEWS } from "./register";
import { table } from "./words";

const PAGE_ROWS = 500;

export function KeyRegister() {
  const w = useWords(table);
  const { zone, may } = useSession();
  const now = useNow();
  const [view, setView] = useState<KeyListView>("all");
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useInfiniteQuery({
    queryKey: ["keys", "list"],
    queryFn: ({ pageParam }) => ask("GET /keys", { query: { limit: PAGE_ROWS, offset: pageParam } }),
    initialPageParam: 0,
    getNextPageParam: (page, pages) => (page.keys.length < PAGE_ROWS ? undefined : pages.length * PAGE_ROWS),
  });
  const rows = shownKeys(asked.data?.pages.flatMap((page) => page.keys) ?? [], view, now);
  const go = (step: 1 | -1) => {
    const at = rows.findIndex((one) => one.id === chosen);
    setChosen(rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))]?.id ?? null);
  };
  useKeys({
    j: () => go(1),
    arrowdown: () => go(1),
    k: () => go(-1),
    arrowup: () => go(-1),
    enter: () => document.querySelector<HTMLElement>(".wk-key-detail input, .wk-key-detail button")?.focus(),
  });
  const words = { all: w.all, out: w.k_out, overdue: w.k_overdue, in: w.k_in, unfit: w.k_unfit };
  return (
    <div className="wk-split">
      <section aria-label={w.t_keys}>
        <Segmented value={view} options={VIEWS.map((value) => ({ value, label: words[value] }))} onChange={setView} />
        {asked.error !== null && <Stopped sinceMs={asked.dataUpdatedAt} onRetry={() => void asked.refetch()} />}
        {asked.isPending && <Skeleton />}
        {asked.data !== undefined && rows.length === 0 && (
          <Empty atMs={asked.dataUpdatedAt} zone={zone}>
            {w.noKeys}
          </Empty>
        )}
        {rows.length > 0 && <Rows rows={rows} chosen={chosen} nowMs={now} onChoose={setChosen} />}
        {asked.hasNextPage && <Button onClick={() => void asked.fetchNextPage()}>{w.more}</Button>}
      </section>
      <section>
        {chosen === null ? <p className="wk-quiet">{w.chooseKey}</p> : <KeyDetail key={chosen} id={chosen} />}
        {may("POST /keys") && <AddKey onAdded={setChosen} />}
      </section>
    </div>
  );
}

function Rows({
  rows,
  chosen,
  nowMs,
  onChoose,
}: {
  rows: readonly KeyView[];
  chosen: string | null;
  nowMs: number;
  onChoose: (id: string) => void;
}) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  return (
    <table className="wk-table">
      <thead>
        <tr>
          {[w.id, w.title, w.keyState, w.holder, w.dueAt].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((key) => {
          const over = isOverdue(key, nowMs);
          return (
            <tr key={key.id} data-key={key.id} data-chosen={key.id === chosen}>
              <td>
                <button type="button" className="wk-link" aria-pressed={key.id === chosen} onClick={() => onChoose(key.id)}>
                  {key.id}
                </button>
              </td>
              <td>
                {told(key, "name", language)} <span className="wk-quiet">{told(key, "kind", language)}</span>
              </td>
              <td data-over={over || key.state === "lost" || key.state === "broken"}>
                {over ? w.overdue : told(key, "state", language)}
              </td>
              <td>{told(key, "holder", language)}</td>
              <td>{key.due_at === null ? "" : dateTime(key.due_at, zone)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
