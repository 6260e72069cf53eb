/** What differs between two documents, row by row. */
import { type Estate, HEAD, KINDS, type Kind, type Row, rowsOf } from "./document";

export type What = "added" | "changed" | "removed";
export interface Change {
  readonly what: What;
  readonly kind: Kind | "estate";
  readonly id: string;
  /** Which values differ, of a changed one. */
  readonly fields: readonly string[];
}

export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  if (keys.length !== others.length || Array.isArray(one) !== Array.isArray(other)) return false;
  return keys.every(
    (key) => key in other && same((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  );
}

/** The names of the values that differ. */
export function fieldsThatDiffer(was: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): string[] {
  if (was === now) return [];
  return [...new Set([...Object.keys(was), ...Object.keys(now)])].filter((field) => !same(was[field], now[field]));
}

/** In the order of the tables; within one what is gone, then the rest as the document has it. */
export function changesOf(was: Estate, now: Estate): readonly Change[] {
  if (was === now) return [];
  const head = HEAD.filter((field) => !same(was[field], now[field]));
  const found: Change[] = head.length > 0 ? [{ what: "changed", kind: "estate", id: String(now.site), fields: head }] : [];
  return [...found, ...KINDS.flatMap((kind) => ofKind(kind, rowsOf(was, kind), rowsOf(now, kind)))];
}

/** By `kind/id`, for a table that marks its rows. */
export function marksOf(changes: readonly Change[]): ReadonlyMap<string, Change> {
  return new Map(changes.map((change) => [`${change.kind}/${change.id}`, change]));
}

export function countsOf(changes: readonly Change[]): Readonly<Record<What, number>> {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const { what } of changes) counts[what] += 1;
  return counts;
}

function ofKind(kind: Kind, before: readonly Row[], after: readonly Row[]): Change[] {
  if (before === after) return [];
  const old = new Map(before.map((row) => [row.id, row]));
  const present = new Set(after.map((row) => row.id));
  const gone = before.filter((row) => !present.has(row.id));
  const found: Change[] = gone.map((row) => ({ what: "removed", kind, id: row.id, fields: [] }));
  for (const row of after) {
    const was = old.get(row.id);
    if (was === undefined) found.push({ what: "added", kind, id: row.id, fields: [] });
    else {
      const fields = fieldsThatDiffer(was, row);
      if (fields.length > 0) found.push({ what: "changed", kind, id: row.id, fields });
    }
  }
  return found;
}
