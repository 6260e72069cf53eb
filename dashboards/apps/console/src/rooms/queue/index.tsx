/** 事件队列: what happened and is not ended, and the one that is looked at. Everything can be done by keyboard. */
import { ask, Refusal } from "@watchkeeper/api";
import { Empty, hubClock, Skeleton, useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, type InputRef, Segmented } from "antd";
import { useCallback, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useChannel, useIncidentChanges, useLive, useSelected } from "../../live/provider";
import { useSession } from "../../session/session";
import { footageOf } from "../footage/asking";
import { useActing } from "./acting";
import { bulkSaid } from "./bulk";
import { Detail, useDetail } from "./detail";
import { MoreEnded, useEnded } from "./ended";
import { EVERYTHING, type Filter, toggled, type View } from "./filter";
import { List } from "./list";
import { neighbour } from "./order";
import { PlanOf } from "./plan/panel";
import { Priorities } from "./priorities";
import { table } from "./words";
import "./queue.css";

const VIEWS: readonly View[] = ["live", "shelved", "held", "ended"];

export default function Queue() {
  const w = useWords(table);
  const { zone, me, may } = useSession();
  const { incidents, selection } = useLive();
  const selected = useSelected();
  const navigate = useNavigate();
  const [filter, setFilter] = useState<Filter>(EVERYTHING);
  const [shown, setShown] = useState<readonly number[]>([]);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const search = useRef<InputRef>(null);
  const detail = useDetail(selected);
  const acting = useActing(detail.data);
  const ended = useEnded(filter);
  const toggle = useCallback(
    (no: number) =>
      setChosen((before) => {
        const after = new Set(before);
        if (!after.delete(no)) after.add(no);
        return after;
      }),
    [],
  );
  const begin = (name: string) => {
    const act = detail.data?.acts.find((one) => one.act === name && one.roles.includes(me.role));
    if (act !== undefined) acting.begin(act);
  };
  const move = (step: 1 | -1) => selection.select(neighbour(shown, selected, step));
  const bulk = useBulk(chosen, () => setChosen(new Set()));
  useKeys({
    j: () => move(1),
    arrowdown: () => move(1),
    k: () => move(-1),
    arrowup: () => move(-1),
    a: () => begin("acknowledge"),
    h: () => begin("shelve"),
    d: () => begin("dispatch"),
    x: () => selected !== null && toggle(selected),
    "shift+a": bulk.acknowledge,
    escape: () => selection.select(null),
    enter: () => document.querySelector<HTMLElement>(".wk-detail button")?.focus(),
    "/": () => search.current?.focus(),
    p: () => navigate("/plan"),
    v: () => navigate(selected !== null && may("POST /footage/views") ? footageOf(selected) : "/wall"),
    ...Object.fromEntries(
      [1, 2, 3, 4].map((priority) => [String(priority), () => setFilter((before) => toggled(before, priority))]),
    ),
  });
  return (
    <div className="wk-queue">
      <section className="wk-queue-list" aria-label={w.list}>
        <div className="wk-queue-head">
          <Segmented
            value={filter.view}
            options={VIEWS.map((view) => ({ value: view, label: w[view] }))}
            onChange={(view) => setFilter({ ...filter, view })}
          />
          <Priorities filter={filter} setFilter={setFilter} />
          <Input
            ref={search}
            allowClear
            value={filter.text}
            placeholder={w.search}
            aria-label={w.search}
            onChange={(event) => setFilter({ ...filter, text: event.target.value })}
            onPressEnter={(event) => event.currentTarget.blur()}
          />
        </div>
        <Chosen chosen={chosen} bulk={bulk} onClear={() => setChosen(new Set())} />
        {incidents.truncated && <p className="wk-chosen">{w.truncated}</p>}
        <Nothing shown={shown} filter={filter} zone={zone} />
        <List filter={filter} shown={shown} setShown={setShown} chosen={chosen} onChoose={toggle} />
        {filter.view === "ended" && <MoreEnded ended={ended} />}
      </section>
      <section className="wk-queue-detail">
        {selected === null ? (
          <p className="wk-quiet">{w.choose}</p>
        ) : (
          <Detail no={selected} acting={acting} extra={<PlanOf no={selected} />} />
        )}
      </section>
      {acting.dialog}
    </div>
  );
}

function Nothing({ shown, filter, zone }: { shown: readonly number[]; filter: Filter; zone: string }) {
  const w = useWords(table);
  const channel = useChannel();
  const changes = useIncidentChanges();
  if (shown.length > 0) return null;
  if (changes === 0 && channel.state !== "live") return <Skeleton />;
  return (
    <Empty atMs={channel.state === "live" ? hubClock.nowMs() : channel.silentSinceMs} zone={zone}>
      {filter === EVERYTHING ? w.empty : w.none}
    </Empty>
  );
}

interface Bulk {
  readonly result: string | null;
  acknowledge(): void;
}

/** The same act on those that a person has chosen one by one. There is none on all. */
function useBulk(chosen: ReadonlySet<number>, clear: () => void): Bulk {
  const language = useLanguage();
  const { incidents } = useLive();
  const [result, setResult] = useState<string | null>(null);
  const acknowledge = async () => {
    if (chosen.size === 0) return;
    const selection = [...chosen].map((no) => ({ no, version: incidents.get(no)?.version ?? null }));
    try {
      const done = await ask("POST /incidents/acts/{act}", { path: { act: "acknowledge" }, body: { selection, fields: {} } });
      for (const one of done.results) if (one.incident !== null) incidents.put(one.incident);
      setResult(bulkSaid(done, language));
      clear();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setResult(error[language]);
    }
  };
  return { result, acknowledge: () => void acknowledge() };
}

function Chosen({ chosen, bulk, onClear }: { chosen: ReadonlySet<number>; bulk: Bulk; onClear: () => void }) {
  const w = useWords(table);
  if (chosen.size === 0)
    return bulk.result === null ? null : (
      <p className="wk-chosen" role="status">
        {bulk.result}
      </p>
    );
  return (
    <div className="wk-chosen">
      {w.selected(chosen.size)}{" "}
      <Button size="small" onClick={bulk.acknowledge}>
        {w.acknowledgeSelected} (Shift+A)
      </Button>{" "}
      <Button size="small" onClick={onClear}>
        {w.clear}
      </Button>
    </div>
  );
}
