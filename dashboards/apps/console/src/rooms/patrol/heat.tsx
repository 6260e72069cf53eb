/** 合规热力图: how well duties were kept, as shades with numbers and as a table; and the places that stayed unvisited for longest. */
import { useQuery } from "@tanstack/react-query";
import { ask, why } from "@watchkeeper/api";
import { hubClock, localDay, Skeleton, Stopped, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Segmented, Select } from "antd";
import { lazy, Suspense, useState } from "react";
import { FileButton } from "../../parts/file-button";
import { useSession } from "../../session/session";
import { useBeats } from "./asking";
import { HeatTable } from "./heat-table";
import { SPANS, type Span, type SpanName, spanOf } from "./spans";
import { Unvisited } from "./unvisited";
import { table } from "./words";

const HeatChart = lazy(() => import("./heat-chart"));
type By = "hour" | "place";
const BYS: readonly By[] = ["hour", "place"];
const LINES_MAX = 40;
/** So many places are drawn, the worst; a screen has no more. */
const EVERY_MS = 60_000;

export function HeatView() {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { beats } = useBeats();
  const [by, setBy] = useState<By>("hour");
  const [name, setName] = useState<SpanName>("weeks");
  const [route, setRoute] = useState("");
  const span = spanOf(name, localDay(new Date(hubClock.nowMs()).toISOString(), zone));
  const duties = [...new Set((beats ?? []).map((beat) => beat.duty.duty))];
  const routes = [
    { value: "", label: w.all },
    ...(beats ?? []).map((beat) => ({ value: beat.route.id, label: told(beat.route, "name", language) })),
  ];
  return (
    <div className="wk-patrol-main wk-heat">
      <div className="wk-filters">
        <Segmented
          aria-label={w.by}
          value={by}
          options={BYS.map((one) => ({ value: one, label: w[`by_${one}`] }))}
          onChange={setBy}
        />
        <Segmented
          aria-label={w.span}
          value={name}
          options={SPANS.map((one) => ({ value: one, label: w[`s_${one}`] }))}
          onChange={setName}
        />
        <label htmlFor="heat-route">
          {w.route}
          <Select id="heat-route" value={route} options={routes} popupMatchSelectWidth={false} onChange={setRoute} />
        </label>
      </div>
      {beats !== undefined && <Heat by={by} span={span} route={route} duties={duties} />}
      <Unvisited span={span} duties={duties} />
    </div>
  );
}

function Heat({ by, span, route, duties }: { by: By; span: Span; route: string; duties: readonly string[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const [tabled, setTabled] = useState(false);
  const query = { ...span, by, route: route === "" ? [] : [route], duty: [...duties], limit: LINES_MAX };
  const asked = useQuery({
    queryKey: ["heat", query],
    queryFn: () => ask("GET /reports/heatmap", { query }),
    enabled: duties.length > 0,
    refetchInterval: EVERY_MS,
  });
  const report = asked.data;
  return (
    <section aria-label={w.v_heat}>
      {asked.error !== null && (
        <Stopped sinceMs={asked.dataUpdatedAt} why={why(asked.error, language)} onRetry={() => void asked.refetch()} />
      )}
      {report === undefined ? (
        asked.error === null && <Skeleton />
      ) : (
        <>
          <p>
            {span.from} – {span.to} · {told(report, "figure", language)}
          </p>
          <p className="wk-legend">
            <i data-shade="dark" /> 0 <i data-shade="middle" /> 50 <i data-shade="light" /> 100 % · {w.scale} ·{" "}
            <i data-shade="none" /> {w.noData}
          </p>
          <Suspense fallback={<Skeleton />}>
            <HeatChart report={report} />
          </Suspense>
          {report.left_out > 0 && <p className="wk-quiet">{w.leftOut(report.left_out)}</p>}
          <p className="wk-files">
            <Button aria-expanded={tabled} onClick={() => setTabled(!tabled)}>
              {tabled ? w.hideTable : w.showTable}
            </Button>
            <FileButton
              route="GET /reports/heatmap.csv"
              asked={{ query: { ...query, limit: 1_000, lang: language } }}
              name={`heatmap-${by}-${span.from}-${span.to}.csv`}
              word={w.csv}
            />
          </p>
          {tabled && <HeatTable report={report} />}
        </>
      )}
    </section>
  );
}
