/** The estate's document as a person edits it: rows by kind, and what points to what. Nothing is changed in place. */

export const KINDS = ["floors", "places", "agents", "devices", "phones", "staff", "routes"] as const;
export type Kind = (typeof KINDS)[number];
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };
/** As the hub gives it: the head's texts, and a list of rows for each kind that has any. */
export type Estate = Readonly<Record<string, unknown>>;

export const HEAD = ["site", "name_zh", "name_en", "timezone"] as const;
const MUST: readonly Kind[] = ["places", "agents", "devices"];
/** The hub leaves out what is as if it were not written; a row is compared as the hub would write it. */
const STANDARD: Readonly<Partial<Record<Kind, Readonly<Record<string, unknown>>>>> = {
  floors: { order: 0 },
  staff: { post: "guard" },
  routes: { order: "free" },
};
/** The fields that name rows of other kinds. */
const POINTS: readonly { kind: Kind; field: string; to: readonly Kind[] }[] = [
  { kind: "places", field: "parent", to: ["places"] },
  { kind: "places", field: "floor", to: ["floors"] },
  { kind: "agents", field: "place", to: ["places"] },
  { kind: "devices", field: "place", to: ["places"] },
  { kind: "devices", field: "agent", to: ["agents"] },
  { kind: "devices", field: "opens", to: ["devices"] },
  { kind: "devices", field: "frees", to: ["devices"] },
  { kind: "devices", field: "watches", to: ["places"] },
  { kind: "devices", field: "floor", to: ["floors"] },
  { kind: "phones", field: "place", to: ["places"] },
  { kind: "phones", field: "floor", to: ["floors"] },
  { kind: "routes", field: "places", to: ["places"] },
  { kind: "routes", field: "sources", to: ["devices", "phones"] },
];

const NONE: readonly Row[] = [];

export function rowsOf(estate: Estate, kind: Kind): readonly Row[] {
  return (estate[kind] as readonly Row[] | undefined) ?? NONE;
}

export function rowOf(estate: Estate, kind: Kind, id: string): Row | undefined {
  return rowsOf(estate, kind).find((row) => row.id === id);
}

export function text(row: Readonly<Record<string, unknown>>, field: string): string {
  const value = row[field];
  return value === undefined || value === null ? "" : String(value);
}

export function list(row: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  return Array.isArray(row[field]) ? (row[field] as string[]) : [];
}

/** The row without what is empty or stands for itself. */
export function tidy(kind: Kind, row: Row): Row {
  const standard = STANDARD[kind] ?? {};
  const kept = Object.entries(row).filter(([field, value]) => !isEmpty(value) && standard[field] !== value);
  return { ...Object.fromEntries(kept), id: row.id };
}

/** What a field shows where the row has no value of its own. */
export function standardOf(kind: Kind, field: string): unknown {
  return STANDARD[kind]?.[field];
}

export function withRows(estate: Estate, kind: Kind, rows: readonly Row[]): Estate {
  const { [kind]: _, ...others } = estate;
  return rows.length === 0 && !MUST.includes(kind) ? others : { ...others, [kind]: rows };
}

/** The row in the place of the one with `id`, or at the end. */
export function withRow(estate: Estate, kind: Kind, row: Row, id: string = row.id): Estate {
  const rows = rowsOf(estate, kind);
  const put = tidy(kind, row);
  const known = rows.some((one) => one.id === id);
  return withRows(estate, kind, known ? rows.map((one) => (one.id === id ? put : one)) : [...rows, put]);
}

export function withoutRow(estate: Estate, kind: Kind, id: string): Estate {
  return withRows(
    estate,
    kind,
    rowsOf(estate, kind).filter((row) => row.id !== id),
  );
}

export interface User {
  readonly kind: Kind;
  readonly id: string;
  readonly field: string;
}

/** The rows that name this one, so that nobody deletes what others stand on without knowing it. */
export function usersOf(estate: Estate, kind: Kind, id: string): readonly User[] {
  return POINTS.filter((point) => point.to.includes(kind)).flatMap((point) =>
    rowsOf(estate, point.kind)
      .filter((row) => row[point.field] === id || list(row, point.field).includes(id))
      .map((row) => ({ kind: point.kind, id: row.id, field: point.field })),
  );
}

/** An id that no row of the estate has: agents, devices and phones share theirs. */
export function freshId(estate: Estate, wish: string): string {
  const taken = new Set(KINDS.flatMap((kind) => rowsOf(estate, kind).map((row) => row.id)));
  const stem = wish.replace(/-\d+$/, "");
  let at = 2;
  while (taken.has(`${stem}-${at}`)) at += 1;
  return `${stem}-${at}`;
}

/** Places with the ones that lie in them right below, and how deep each lies. One that lies in a circle comes last. */
export function treeOf(places: readonly Row[]): readonly { row: Row; depth: number }[] {
  const inside = new Map<string, Row[]>();
  const known = new Set(places.map((row) => row.id));
  for (const row of places) {
    const parent = text(row, "parent");
    const key = known.has(parent) ? parent : "";
    inside.set(key, [...(inside.get(key) ?? []), row]);
  }
  const found: { row: Row; depth: number }[] = [];
  const waiting = (inside.get("") ?? []).map((row) => ({ row, depth: 0 })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    const depth = next.depth + 1;
    waiting.push(...(inside.get(next.row.id) ?? []).map((row) => ({ row, depth })).reverse());
  }
  const seen = new Set(found.map((one) => one.row.id));
  return [...found, ...places.filter((row) => !seen.has(row.id)).map((row) => ({ row, depth: 0 }))];
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}
