/** The heat map's numbers as a table: for those who cannot see shades, and for whoever wants the counts. */
import type { HeatReport } from "@watchkeeper/api";
import { told, useLanguage, useWords } from "@watchkeeper/ui";
import { cellKey, cellsOf, columnWord } from "./heatmap";
import { table } from "./words";

export function HeatTable({ report }: { report: HeatReport }) {
  const w = useWords(table);
  const language = useLanguage();
  const cells = cellsOf(report);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="wk-scroll" tabIndex={0} aria-label={w.heatTable}>
      <table className="wk-table wk-heat-table">
        <caption>{w.heatTable}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{w.sum}</th>
            {report.columns.map((column) => (
              <th key={column} scope="col">
                {columnWord(report, column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.lines.map((line) => (
            <tr key={line.key}>
              <th scope="row">{told(line, "name", language)}</th>
              <Figure percent={line.percent} due={line.due} />
              {report.columns.map((column) => {
                const cell = cells.get(cellKey(line.key, column));
                return <Figure key={column} percent={cell?.percent ?? null} due={cell?.due ?? 0} />;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Figure({ percent, due }: { percent: string | null; due: number }) {
  const w = useWords(table);
  if (percent === null || due === 0) return <td className="wk-no-data">{w.noData}</td>;
  return (
    <td>
      {percent} <small>({due})</small>
    </td>
  );
}
