/** A heat map's cells as they are drawn and read. Greys alone, darker is worse; what has no data has no shade. Pure. */
import type { HeatCell, HeatReport } from "@watchkeeper/api";

export interface Drawn {
  readonly line: number;
  readonly column: number;
  /** What stands in the cell: a whole percent, cut off, so that 100 means every one. Empty: nothing was due. */
  readonly text: string;
  /** Null: no data, hatched. */
  readonly shade: string | null;
  readonly ink: string;
}

export const LIGHT = "#F1F2F4";
export const DARK = "#3A434C";
const INK = "#000000";
const WHITE = "#FFFFFF";
/** From here on black letters can be read better than white ones. */
const TURNS_AT = 0.285;

export function cellKey(line: string, column: string): string {
  return `${line} ${column}`;
}

export function cellsOf(report: HeatReport): ReadonlyMap<string, HeatCell> {
  return new Map(report.cells.map((cell) => [cellKey(cell.line, cell.column), cell]));
}

/** Every cell of the grid, those without data too. */
export function drawn(report: HeatReport): Drawn[] {
  const cells = cellsOf(report);
  return report.lines.flatMap((line, at) =>
    report.columns.map((column, across) => {
      const cell = cells.get(cellKey(line.key, column));
      if (cell === undefined || cell.due === 0) return { line: at, column: across, text: "", shade: null, ink: INK };
      const done = (cell.kept + cell.withdrawn) / cell.due;
      return { line: at, column: across, text: cell.percent.split(".")[0] ?? "", shade: shadeOf(done), ink: inkOf(done) };
    }),
  );
}

/** From DARK, where nothing was done, to LIGHT, where everything was. */
export function shadeOf(done: number): string {
  const channel = (at: number) => {
    const [dark, light] = [DARK, LIGHT].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16)) as [number, number];
    return Math.round(dark + (light - dark) * Math.min(1, Math.max(0, done)))
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

export function inkOf(done: number): string {
  return done < TURNS_AT ? WHITE : INK;
}

/** A column's head: an hour as it is, of a day the month and the day. */
export function columnWord(report: HeatReport, column: string): string {
  return report.by === "hour" ? column : column.slice(5);
}
