/** 报警指标: what operators get to hear, each figure with what it counts. No data is never good. */
import type { KpiReport } from "@watchkeeper/api";
import { dateTime, hubClock, localDay, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { Asked } from "../../parts/asked";
import { useSession } from "../../session/session";
import { useKpi } from "./data";
import { figureText, grouped } from "./figures";
import { Listed, Top } from "./lists";
import { SPANS, type Span, spanOf } from "./spans";
import { table } from "./words";

export function KpiView() {
  const { zone } = useSession();
  const today = localDay(new Date(hubClock.nowMs()).toISOString(), zone);
  const [span, setSpan] = useState<Span>(() => spanOf("week", today));
  const report = useKpi(span);
  return (
    <div>
      <SpanChooser span={span} today={today} onChoose={setSpan} />
      <Asked of={report}>{(data) => <Report report={data} />}</Asked>
    </div>
  );
}

function SpanChooser({ span, today, onChoose }: { span: Span; today: string; onChoose: (span: Span) => void }) {
  const w = useWords(table);
  const same = (other: Span) => other.from === span.from && other.to === span.to;
  return (
    <form className="wk-fields" aria-label={w.span} onSubmit={(event) => event.preventDefault()}>
      <span>
        {SPANS.map((name) => (
          <Button
            key={name}
            type={same(spanOf(name, today)) ? "primary" : "default"}
            aria-pressed={same(spanOf(name, today))}
            onClick={() => onChoose(spanOf(name, today))}
          >
            {w[name]}
          </Button>
        ))}
      </span>
      {(["from", "to"] as const).map((name) => (
        <label key={name}>
          {w[name]}
          <input
            type="date"
            value={span[name]}
            max={today}
            onChange={(event) => event.target.value !== "" && onChoose({ ...span, [name]: event.target.value })}
          />
        </label>
      ))}
    </form>
  );
}

function Report({ report }: { report: KpiReport }) {
  const w = useWords(table);
  const { zone } = useSession();
  return (
    <>
      <p className="wk-quiet">
        {w.posts(report.operator_posts)} · {w.asOf} {dateTime(report.as_of, zone)}
        {report.known_from !== null && ` · ${w.knownFrom} ${dateTime(report.known_from, zone)}`}
      </p>
      {report.known_from === null && <p role="status">{w.nothingKnown}</p>}
      {grouped(report.figures).map(([group, figures]) => (
        <section key={group} aria-label={w[`g_${group}`]}>
          <h2>{w[`g_${group}`]}</h2>
          <dl className="wk-figures">
            {figures.map((figure) => (
              <Figure key={figure.name} figure={figure} />
            ))}
          </dl>
        </section>
      ))}
      <div className="wk-alarm-lists">
        <Top rows={report.top} />
        <Listed name="chattering" rows={report.chattering} />
        <Listed name="stale" rows={report.stale} />
      </div>
    </>
  );
}

function Figure({ figure }: { figure: KpiReport["figures"][number] }) {
  const language = useLanguage();
  return (
    <div data-figure={figure.name}>
      <dt>{told(figure, "name", language)}</dt>
      <dd className="wk-value" data-unknown={figure.value === null}>
        {figureText(figure, language)}
      </dd>
      <dd className="wk-quiet">{told(figure, "definition", language)}</dd>
    </div>
  );
}
