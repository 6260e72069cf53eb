/** 记录: windows by their state, route, place, person and day; and the day's record to sign. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ask, type WindowView, why } from "@watchkeeper/api";
import { clockTime, Empty, localDay, Skeleton, Stopped, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button, Select } from "antd";
import { useState } from "react";
import { useSession } from "../../session/session";
import { useBeats, useStaff } from "./asking";
import { useChosen } from "./chosen";
import { DailyRecord } from "./files";
import { Mark } from "./mark";
import { priorityOf, stopState } from "./rounds";
import { dayBounds, spanWord } from "./spans";
import { Flags } from "./stop";
import { WindowPanel } from "./window";
import { table, wordFor } from "./words";

const STATES = ["missed", "unproven", "withdrawn", "kept", "open"] as const;
type State = (typeof STATES)[number];
const PAGE = 50;

interface Filter {
  readonly states: readonly State[];
  readonly route: string;
  readonly place: string;
  readonly person: string;
  readonly day: string;
}

export function RecordView() {
  const { zone } = useSession();
  const today = localDay(new Date(useNow()).toISOString(), zone);
  const [filter, setFilter] = useState<Filter>({ states: STATES.slice(0, 4), route: "", place: "", person: "", day: today });
  const [chosen, choose] = useChosen();
  return (
    <div className="wk-patrol-split">
      <div className="wk-patrol-main">
        <Filters filter={filter} onChange={setFilter} today={today} />
        <DailyRecord day={filter.day} route={filter.route} />
        <Windows filter={filter} chosen={chosen} onShow={choose} />
      </div>
      <aside className="wk-patrol-side">
        <div>
          <WindowPanel id={chosen} onClose={() => choose(null)} />
        </div>
      </aside>
    </div>
  );
}

function Filters({ filter, onChange, today }: { filter: Filter; onChange: (filter: Filter) => void; today: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { beats } = useBeats();
  const { staff, nameOf } = useStaff();
  // its rows are all places that are planned, by name
  const places = useQuery({
    queryKey: ["estate", "places", filter.day],
    queryFn: () => ask("GET /reports/compliance", { query: { from: filter.day, to: filter.day, by: "place" } }),
  });
  const all = { value: "", label: w.all };
  const lists = [
    ["route", [all, ...(beats ?? []).map(({ route }) => ({ value: route.id, label: told(route, "name", language) }))]],
    ["place", [all, ...(places.data?.rows ?? []).map((row) => ({ value: row.key, label: told(row, "name", language) }))]],
    ["person", [all, ...staff.map((one) => ({ value: one.id, label: nameOf(one.id) }))]],
  ] as const;
  return (
    <div className="wk-filters">
      <label>
        {w.day}
        <input
          type="date"
          value={filter.day}
          max={today}
          required
          onChange={(event) => event.target.value !== "" && onChange({ ...filter, day: event.target.value })}
        />
      </label>
      <label htmlFor="patrol-states">
        {w.state}
        <Select
          id="patrol-states"
          mode="multiple"
          value={[...filter.states]}
          options={STATES.map((state) => ({ value: state, label: state === "open" ? w.st_due : w[`st_${state}`] }))}
          onChange={(states: State[]) => onChange({ ...filter, states })}
        />
      </label>
      {lists.map(([name, options]) => (
        <label key={name} htmlFor={`patrol-${name}`}>
          {w[name]}
          <Select
            id={`patrol-${name}`}
            value={filter[name]}
            options={[...options]}
            showSearch={{ optionFilterProp: "label" }}
            popupMatchSelectWidth={false}
            onChange={(value: string) => onChange({ ...filter, [name]: value })}
          />
        </label>
      ))}
    </div>
  );
}

function Windows({ filter, chosen, onShow }: { filter: Filter; chosen: string | null; onShow: (id: string) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { day, states, ...others } = filter;
  const asked = useInfiniteQuery({
    queryKey: ["windows", "record", filter],
    queryFn: ({ pageParam }) =>
      ask("GET /duties/windows", {
        query: { ...others, ...dayBounds(day, zone), state: [...states], limit: PAGE, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    maxPages: 20,
  });
  const rows = asked.data?.pages.flatMap((page) => page.windows);
  if (rows === undefined && asked.error === null) return <Skeleton />;
  return (
    <>
      {asked.error !== null && (
        <Stopped sinceMs={asked.dataUpdatedAt} why={why(asked.error, language)} onRetry={() => void asked.refetch()} />
      )}
      {rows?.length === 0 && (
        <Empty atMs={asked.dataUpdatedAt} zone={zone}>
          {w.noneFit}
        </Empty>
      )}
      {rows !== undefined && rows.length > 0 && <Rows rows={rows} chosen={chosen} onShow={onShow} />}
      {asked.hasNextPage && (
        <Button loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
          {w.more}
        </Button>
      )}
    </>
  );
}

function Rows({ rows, chosen, onShow }: { rows: readonly WindowView[]; chosen: string | null; onShow: (id: string) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { nameOf } = useStaff();
  const { beats } = useBeats();
  const now = useNow();
  return (
    <table className="wk-table">
      <thead>
        <tr>
          {[w.window, w.place, w.route, w.result, w.person].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const state = stopState(row, now);
          return (
            <tr key={row.id} data-state={row.state} aria-selected={row.id === chosen}>
              <td>{spanWord(row.opens_at, row.due_at, zone)}</td>
              <td>
                <button type="button" className="wk-link" onClick={() => onShow(row.id)}>
                  {told(row, "place", language)}
                </button>
              </td>
              <td>{told(row, "route", language)}</td>
              <td>
                <Mark state={state} priority={priorityOf(beats, row.duty)} /> {w[`st_${state}`]}{" "}
                {row.evidence !== null && `${clockTime(row.evidence.at, zone)} ${wordFor(w, "m", row.evidence.medium)}`}{" "}
                <Flags names={row.evidence?.flags ?? []} />
              </td>
              <td>{row.people.map(nameOf).join(w.comma)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
