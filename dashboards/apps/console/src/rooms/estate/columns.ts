/** Searching, sorting and paging of a table. */
import { list, type Row, text } from "./document";

export interface Sorting {
  readonly field: string;
  readonly down: boolean;
}
export const PAGE_ROWS = 100;

/** What of a row is shown and searched, by its field. */
export type Shown = (row: Row, field: string) => string;

export function plainly(row: Row, field: string): string {
  const value = row[field];
  if (Array.isArray(value)) return list(row, field).join("、");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([name, number]) => `${name}=${number}`)
      .join("、");
  }
  return text(row, field);
}

/** The rows in whose fields every word of the search stands, whatever its case. */
export function found(rows: readonly Row[], search: string, fields: readonly string[], shown: Shown): readonly Row[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const whole = fields
      .map((field) => `${shown(row, field)} ${plainly(row, field)}`)
      .join(" ")
      .toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}

/** `door-2` comes before `door-10`. Without a sorting, the rows as they stand. */
export function sorted(rows: readonly Row[], sorting: Sorting | null, shown: Shown): readonly Row[] {
  if (sorting === null) return rows;
  const order = new Intl.Collator("zh-CN", { numeric: true });
  const keyed = rows.map((row) => ({ row, key: shown(row, sorting.field) }));
  keyed.sort((one, other) => order.compare(one.key, other.key) * (sorting.down ? -1 : 1));
  return keyed.map((one) => one.row);
}

/** Up, down, and as it stands. */
export function nextSorting(before: Sorting | null, field: string): Sorting | null {
  if (before?.field !== field) return { field, down: false };
  return before.down ? null : { field, down: true };
}

/** One thing of a list moved by so many places; at an end it stays. */
export function moved<T>(things: readonly T[], from: number, by: number): readonly T[] {
  const to = Math.min(things.length - 1, Math.max(0, from + by));
  if (to === from) return things;
  const rest = things.filter((_, at) => at !== from);
  return [...rest.slice(0, to), things[from] as T, ...rest.slice(to)];
}
