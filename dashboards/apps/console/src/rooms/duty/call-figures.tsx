/** Figures of the desk, each with what it counts. What people declared and what the exchange measured stand apart. */
import { useQuery } from "@tanstack/react-query";
import { ask, type CallFigures, type DeskKpi } from "@watchkeeper/api";
import { hubClock, localDay, Stopped, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Segmented } from "antd";
import { useState } from "react";
import { plusDays } from "../../estate-time";
import { useSession } from "../../session/session";
import { table } from "./words";

const SPANS = { today: 0, last7: 6, last30: 29 } as const;
const FIGURES = [
  "calls",
  "within",
  "late",
  "unanswered",
  "given_up",
  "outgoing",
  "within_percent",
  "median_s",
  "longest_s",
] as const;
const COUNTS = ["due", "kept", "missed", "unproven", "withdrawn"] as const;
type Span = keyof typeof SPANS;

export function CallFiguresView() {
  const w = useWords(table);
  const { zone } = useSession();
  const [span, setSpan] = useState<Span>("last7");
  const to = localDay(new Date(hubClock.nowMs()).toISOString(), zone);
  const from = plusDays(to, -SPANS[span]);
  const asked = useQuery({ queryKey: ["calls", "kpi", from, to], queryFn: () => ask("GET /duty/kpi", { query: { from, to } }) });
  return (
    <section aria-label={w.figures}>
      <h2>{w.figures}</h2>
      <Segmented<Span>
        value={span}
        options={(["today", "last7", "last30"] as const).map((value) => ({ value, label: w[value] }))}
        onChange={setSpan}
      />
      {asked.error !== null && <Stopped sinceMs={asked.dataUpdatedAt} onRetry={() => void asked.refetch()} />}
      {asked.data !== undefined && <Figures kpi={asked.data} />}
    </section>
  );
}

function Figures({ kpi }: { kpi: DeskKpi }) {
  const w = useWords(table);
  const language = useLanguage();
  const rings = String(kpi.rings_s);
  const said = (figures: CallFigures, name: (typeof FIGURES)[number]) => {
    const value = figures[name];
    if (value === null) return w.unknown;
    if (name === "within_percent") return `${value}%`;
    return name.endsWith("_s") ? w.seconds(String(value)) : String(value);
  };
  const definition = (name: (typeof FIGURES)[number]) => {
    const word = w[`e_${name}`];
    return typeof word === "string" ? word : word(rings);
  };
  return (
    <>
      <p className="wk-quiet">
        {kpi.first} – {kpi.last}
      </p>
      <table className="wk-table">
        <thead>
          <tr>
            <th scope="col">{w.figure}</th>
            {kpi.calls.map((one) => (
              <th key={one.source} scope="col">
                {one.source === "exchange" ? w.measured : w.declared}
              </th>
            ))}
            <th scope="col">{w.definition}</th>
          </tr>
        </thead>
        <tbody>
          {FIGURES.map((name) => (
            <tr key={name}>
              <th scope="row">{w[`n_${name}`]}</th>
              {kpi.calls.map((one) => (
                <td key={one.source}>{said(one, name)}</td>
              ))}
              <td className="wk-quiet">{definition(name)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className="wk-table">
        <thead>
          <tr>
            <th scope="col">{w.dutyName}</th>
            {COUNTS.map((name) => (
              <th key={name} scope="col">
                {w[`u_${name}`]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kpi.duties.map((duty) => (
            <tr key={duty.duty}>
              <th scope="row">{told(duty, "duty", language)}</th>
              {COUNTS.map((name) => (
                <td key={name}>{duty[name]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="wk-quiet">{w.e_duties}</p>
    </>
  );
}
