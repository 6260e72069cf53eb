/** Own changes on somebody else's newer version: by row and by value. Where both changed the same one, a person chooses. */
import { fieldsThatDiffer, same } from "./diff";
import { type Estate, HEAD, KINDS, type Kind, type Row, rowsOf, withRows } from "./document";

export type Side = "mine" | "theirs";
export interface Conflict {
  /** `kind/id/field`; the field is empty where one deleted the row that the other changed. */
  readonly key: string;
  readonly kind: Kind | "estate";
  readonly id: string;
  readonly field: string;
  readonly mine: unknown;
  readonly theirs: unknown;
}
export interface Merged {
  readonly document: Estate;
  readonly conflicts: readonly Conflict[];
}
export type Choices = Readonly<Record<string, Side>>;

type Values = Readonly<Record<string, unknown>>;

/** Their document with my changes since `base`. Where both changed one value differently, `choices` says whose counts; else mine. */
export function merged(base: Estate, mine: Estate, theirs: Estate, choices: Choices = {}): Merged {
  const conflicts: Conflict[] = [];
  const head = ofValues("estate", String(theirs.site), pick(base), pick(mine), pick(theirs), choices, conflicts);
  let document: Estate = { ...theirs, ...head };
  for (const kind of KINDS) {
    document = withRows(document, kind, ofKind(kind, [base, mine, theirs], choices, conflicts));
  }
  return { document, conflicts };
}

function ofKind(kind: Kind, sides: readonly [Estate, Estate, Estate], choices: Choices, conflicts: Conflict[]): readonly Row[] {
  const [base, mine, theirs] = sides.map((one) => rowsOf(one, kind)) as [readonly Row[], readonly Row[], readonly Row[]];
  if (same(base, mine)) return theirs;
  const [was, own] = [base, mine].map((rows) => new Map(rows.map((row) => [row.id, row]))) as [
    Map<string, Row>,
    Map<string, Row>,
  ];
  const present = new Set(theirs.map((row) => row.id));
  const found: Row[] = [];
  for (const row of theirs) {
    const kept = ofRow(kind, row.id, was.get(row.id), own.get(row.id), row, choices, conflicts);
    if (kept !== undefined) found.push(kept);
  }
  for (const row of mine) {
    if (present.has(row.id)) continue;
    const kept = ofRow(kind, row.id, was.get(row.id), row, undefined, choices, conflicts);
    if (kept !== undefined) found.push(kept);
  }
  return found;
}

function ofRow(
  kind: Kind,
  id: string,
  was: Row | undefined,
  mine: Row | undefined,
  theirs: Row | undefined,
  choices: Choices,
  conflicts: Conflict[],
): Row | undefined {
  if (same(mine, was)) return theirs;
  if (same(theirs, was)) return mine;
  if (mine !== undefined && theirs !== undefined) {
    return { ...ofValues(kind, id, was ?? {}, mine, theirs, choices, conflicts), id };
  }
  // one deleted what the other changed
  const key = `${kind}/${id}/`;
  conflicts.push({ key, kind, id, field: "", mine, theirs });
  return choices[key] === "theirs" ? theirs : mine;
}

function ofValues(
  kind: Kind | "estate",
  id: string,
  was: Values,
  mine: Values,
  theirs: Values,
  choices: Choices,
  conflicts: Conflict[],
): Values {
  const found: Record<string, unknown> = { ...theirs };
  for (const field of fieldsThatDiffer(was, mine)) {
    if (same(mine[field], theirs[field])) continue;
    if (!same(theirs[field], was[field])) {
      const key = `${kind}/${id}/${field}`;
      conflicts.push({ key, kind, id, field, mine: mine[field], theirs: theirs[field] });
      if (choices[key] === "theirs") continue;
    }
    if (mine[field] === undefined) delete found[field];
    else found[field] = mine[field];
  }
  return found;
}

function pick(estate: Estate): Values {
  return Object.fromEntries(HEAD.filter((field) => field in estate).map((field) => [field, estate[field]]));
}
