/** Plans that were started: what runs, and what still waits for its review or its notice. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { ask, type RunSummary } from "@watchkeeper/api";
import { dateTime, Empty, Skeleton, Stopped, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useLive } from "../../live/provider";
import { useSession } from "../../session/session";
import { DueMark } from "../queue/plan/step";
import { table } from "./words";

const OPEN = ["running", "review", "notice", "all"] as const;
type Open = (typeof OPEN)[number];

export function Runs() {
  const w = useWords(table);
  const { zone } = useSession();
  const [open, setOpen] = useState<Open>("review");
  const runs = useInfiniteQuery({
    queryKey: ["plan-run", "list", open],
    queryFn: ({ pageParam }) =>
      ask("GET /plan-runs", { query: { open: open === "all" ? null : open, cursor: pageParam, limit: 50 } }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
  const rows = runs.data?.pages.flatMap((page) => page.runs) ?? [];
  return (
    <section aria-label={w.runs}>
      <h2>{w.runs}</h2>
      <Segmented value={open} options={OPEN.map((value) => ({ value, label: w[`o_${value}`] }))} onChange={setOpen} />
      {runs.error !== null && <Stopped sinceMs={runs.dataUpdatedAt} onRetry={() => void runs.refetch()} />}
      {runs.isPending && <Skeleton />}
      {runs.data !== undefined && rows.length === 0 && (
        <Empty atMs={runs.dataUpdatedAt} zone={zone}>
          {w.noRuns}
        </Empty>
      )}
      {rows.length > 0 && <Table rows={rows} />}
      {runs.hasNextPage && <Button onClick={() => void runs.fetchNextPage()}>{w.more}</Button>}
    </section>
  );
}

function Table({ rows }: { rows: readonly RunSummary[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { selection } = useLive();
  const navigate = useNavigate();
  const show = (no: number) => {
    selection.select(no);
    navigate("/queue");
  };
  return (
    <table className="wk-table">
      <thead>
        <tr>
          {[w.incident, w.plans, w.started, w.state, w.reviewDue, w.noticeDue].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((run) => (
          <tr key={run.no}>
            <td>
              <Button size="small" onClick={() => show(run.no)}>
                #{run.no}
              </Button>
            </td>
            <td>{language === "zh" ? run.zh : run.en}</td>
            <td>
              <time dateTime={run.started_at}>{dateTime(run.started_at, zone)}</time>
            </td>
            <td>
              {w[`r_${run.state}`]}
              {run.state === "running" && ` · ${w.stepsOpen(run.steps_open)}`}
              {run.overdue > 0 && <span data-abnormal> · {w.overdueN(run.overdue)}</span>}
            </td>
            <td>
              <Due at={run.review_due_at} done={run.review_approved} />
            </td>
            <td>
              <Due at={run.notice_due_at} done={run.notice_published} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Due({ at, done }: { at: string | null; done: boolean }) {
  const { zone } = useSession();
  if (at === null) return null;
  return (
    <>
      <time dateTime={at}>{dateTime(at, zone)}</time> <DueMark deadline={{ due_at: at, overdue: false }} done={done} />
    </>
  );
}
