/** What can be told of a row without asking the hub; the hub checks the rest with the whole document. */
import { type Estate, KINDS, type Kind, type Row, rowsOf, standardOf } from "./document";
import { applies, FIELDS, type FieldName } from "./fields";
import { isOn, type Share } from "./plan/position";

export type Fault = "must" | "idTaken" | "idBad" | "pointBad" | "cornersBad";

const ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const CORNERS_MIN = 3;
/** Agents, devices and phones are all sources of events, and share their names. */
const SOURCES: readonly Kind[] = ["agents", "devices", "phones"];

/** By field: what is wrong with it. `was`: the id that the row has in the document; empty: it is new. */
export function faultsOf(estate: Estate, kind: Kind, row: Row, was: string): Readonly<Partial<Record<FieldName, Fault>>> {
  const found: Partial<Record<FieldName, Fault>> = {};
  if (!ID.test(row.id)) found.id = "idBad";
  else if (row.id !== was && isTaken(estate, kind, row.id)) found.id = "idTaken";
  for (const field of FIELDS[kind]) {
    const { name, how } = field;
    if (!applies(field, row)) continue;
    if ("must" in how && how.must === true && isEmpty(row[name] ?? standardOf(kind, name))) found[name] = "must";
    if (how.as === "point" && row[name] !== undefined && !isShare(row[name])) found[name] = "pointBad";
    if (how.as === "corners" && !areCorners(row[name])) found[name] = "cornersBad";
  }
  return found;
}

function isTaken(estate: Estate, kind: Kind, id: string): boolean {
  if (id === "hub" && SOURCES.includes(kind)) return true;
  const kinds = SOURCES.includes(kind) ? SOURCES : KINDS.filter((one) => one === kind);
  return kinds.some((one) => rowsOf(estate, one).some((row) => row.id === id));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function isShare(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length === 2 && value.every((one) => Number.isFinite(one)) && isOn(value as unknown as Share)
  );
}

function areCorners(value: unknown): boolean {
  return (
    value === undefined || (Array.isArray(value) && (value.length === 0 || value.length >= CORNERS_MIN) && value.every(isShare))
  );
}
