/** One person as a file of one row, so that whoever is added by hand is added whole, or not at all, with each wrong field named. Pure. */

export const COLUMNS = [
  "name",
  "phone",
  "kind",
  "building",
  "unit",
  "room",
  "card",
  "plate",
  "groups",
  "valid_until",
  "spaces",
  "note",
] as const;
export type Column = (typeof COLUMNS)[number];
export type Row = Readonly<Record<Column, string>>;

/** The file: a header and the row, every cell quoted. */
export function fileOf(row: Row): string {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  return `${COLUMNS.join(",")}\n${COLUMNS.map((name) => quoted(row[name].trim())).join(",")}\n`;
}
