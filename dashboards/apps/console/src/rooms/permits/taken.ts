/** Which rows of a file were taken and which not, as runs of numbers such as `2–5, 7`. Pure. */
import type { CellWrongModel } from "@watchkeeper/api";

/** The rows that failed, each once, in order. */
export function failedRows(wrong: readonly CellWrongModel[]): number[] {
  return [...new Set(wrong.map((one) => one.row))].filter((row) => row > 0).sort((a, b) => a - b);
}

export function runs(rows: readonly number[]): string {
  const found: [number, number][] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === row - 1) last[1] = row;
    else found.push([row, row]);
  }
  return found.map(([from, until]) => (from === until ? String(from) : `${from}–${until}`)).join(", ");
}
