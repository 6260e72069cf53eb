/** The heat map as a drawing. It comes only when it is looked at: the library is heavy. */
import type { HeatReport } from "@watchkeeper/api";
import { told, useLanguage, useWords } from "@watchkeeper/ui";
import { CustomChart, type CustomSeriesOption } from "echarts/charts";
import { GridComponent, type GridComponentOption } from "echarts/components";
import { type ComposeOption, type ECharts, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { columnWord, type Drawn, drawn } from "./heatmap";
import { table } from "./words";

use([CustomChart, GridComponent, SVGRenderer]);
type Option = ComposeOption<CustomSeriesOption | GridComponentOption>;
type RenderItem = NonNullable<CustomSeriesOption["renderItem"]>;

const ROW_PX = 26;
const HEAD_PX = 30;
const GAP_PX = 1;
const HATCH_PX = 7;
const LINE = "#868E96";
const INK = "#1F2429";

export default function HeatChart({ report }: { report: HeatReport }) {
  const w = useWords(table);
  const language = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  useEffect(() => {
    if (box.current === null) return;
    const made = init(box.current, null, { renderer: "svg" });
    chart.current = made;
    const watcher = new ResizeObserver(() => made.resize());
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    const names = report.lines.map((line) => told(line, "name", language));
    chart.current?.resize();
    chart.current?.setOption(optionOf(report, names), { notMerge: true });
  }, [report, language]);
  return (
    <div
      ref={box}
      className="wk-heat-chart"
      role="img"
      aria-label={w.chart(report.first, report.last)}
      style={{ height: report.lines.length * ROW_PX + HEAD_PX + 4 }}
    />
  );
}

function optionOf(report: HeatReport, names: readonly string[]): Option {
  const cells = drawn(report);
  const axis = { axisTick: { show: false }, axisLine: { show: false }, splitLine: { show: false }, animation: false };
  const words = { color: INK, fontSize: 12 };
  return {
    animation: false,
    grid: { left: 4, right: 4, top: 2, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      position: "top",
      data: report.columns.map((column) => columnWord(report, column)),
      axisLabel: { ...words, interval: "auto" },
      ...axis,
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: [...names],
      axisLabel: { ...words, interval: 0, width: 150, overflow: "truncate" },
      ...axis,
    },
    series: [
      {
        type: "custom",
        silent: true,
        clip: false,
        data: cells.map((cell) => [cell.column, cell.line]),
        renderItem: (given, api) => cellShape(cells[given.dataIndex] as Drawn, api),
      },
    ],
  };
}

function cellShape(cell: Drawn, api: Parameters<RenderItem>[1]): ReturnType<RenderItem> {
  const [x, y] = api.coord([cell.column, cell.line]) as [number, number];
  const sizes = (api.size?.([1, 1]) ?? [0, 0]) as [number, number];
  const [width, height] = sizes.map((size) => size - GAP_PX) as [number, number];
  const shape = { x: x - width / 2, y: y - height / 2, width, height };
  if (cell.shade === null) return { type: "group", children: [edge(shape), ...hatching(shape)] };
  return {
    type: "rect",
    shape,
    style: { fill: cell.shade, stroke: LINE, lineWidth: 0.5 },
    textContent: { type: "text", style: { text: cell.text, fill: cell.ink, fontSize: 11 } },
    textConfig: { position: "inside" },
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function edge(shape: Box) {
  return { type: "rect" as const, shape, style: { fill: "none", stroke: LINE, lineWidth: 0.5 } };
}

/** Slanting lines from edge to edge of the cell. */
function hatching({ x, y, width, height }: Box) {
  const lines = [];
  for (let at = HATCH_PX; at < width + height; at += HATCH_PX) {
    const [low, high] = [Math.min(at, height), Math.min(at, width)];
    lines.push({
      type: "line" as const,
      shape: { x1: x + at - low, y1: y + low, x2: x + high, y2: y + at - high },
      style: { stroke: LINE, lineWidth: 1 },
    });
  }
  return lines;
}
