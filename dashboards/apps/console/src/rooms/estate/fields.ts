/** The fields of each kind of row: how they are filled in, and where their choices come from. A table; forms and tables go by it. */
import type { Kind } from "./document";

export type Choice = "place" | "agent" | "floor" | "gate" | "source" | "deviceKind" | "placeClass" | "post" | "duty" | "order";
export type How =
  | { readonly as: "id" }
  | { readonly as: "text"; readonly must?: boolean }
  | { readonly as: "number" }
  | { readonly as: "one"; readonly of: Choice; readonly must?: boolean }
  | { readonly as: "many"; readonly of: Choice; readonly ordered?: boolean; readonly must?: boolean }
  | { readonly as: "options" }
  | { readonly as: "point" }
  | { readonly as: "corners" };
export interface Field {
  readonly name: FieldName;
  readonly how: How;
  /** Stands in the table too. */
  readonly column?: boolean;
  /** Only of rows of which this holds: a reader opens a gate, a camera watches places. */
  readonly when?: { readonly field: string; readonly is: readonly string[] };
}
export type FieldName =
  | "id"
  | "name_zh"
  | "name_en"
  | "kind"
  | "place"
  | "agent"
  | "opens"
  | "watches"
  | "options"
  | "floor"
  | "at"
  | "parent"
  | "place_class"
  | "area"
  | "key_file"
  | "post"
  | "duty"
  | "places"
  | "sources"
  | "order"
  | "site"
  | "timezone";

export const DEVICE_KINDS = ["door", "barrier", "camera", "reader", "meter", "contacts", "wand", "other"] as const;
export const ORDERS = ["free", "set"] as const;

const ID: Field = { name: "id", how: { as: "id" }, column: true };
const NAMES: readonly Field[] = [
  { name: "name_zh", how: { as: "text", must: true }, column: true },
  { name: "name_en", how: { as: "text", must: true }, column: true },
];
const PLACE: Field = { name: "place", how: { as: "one", of: "place", must: true }, column: true };
const FLOOR: Field = { name: "floor", how: { as: "one", of: "floor" }, column: true };
const AT: Field = { name: "at", how: { as: "point" } };

export const FIELDS: Readonly<Record<Kind, readonly Field[]>> = {
  floors: [ID, ...NAMES, { name: "order", how: { as: "number" }, column: true }],
  places: [
    ID,
    ...NAMES,
    { name: "parent", how: { as: "one", of: "place" }, column: true },
    { name: "place_class", how: { as: "one", of: "placeClass" }, column: true },
    FLOOR,
    AT,
    { name: "area", how: { as: "corners" } },
  ],
  agents: [
    ID,
    ...NAMES,
    PLACE,
    { name: "key_file", how: { as: "text" }, column: true },
    { name: "options", how: { as: "options" } },
  ],
  devices: [
    ID,
    ...NAMES,
    { name: "kind", how: { as: "one", of: "deviceKind", must: true }, column: true },
    PLACE,
    { name: "agent", how: { as: "one", of: "agent", must: true }, column: true },
    {
      name: "opens",
      how: { as: "one", of: "gate" },
      column: true,
      when: { field: "kind", is: ["reader", "contacts", "camera", "other"] },
    },
    { name: "watches", how: { as: "many", of: "place" }, column: true, when: { field: "kind", is: ["camera"] } },
    { name: "options", how: { as: "options" }, column: true },
    FLOOR,
    AT,
  ],
  phones: [ID, ...NAMES, PLACE, FLOOR, AT],
  staff: [ID, ...NAMES, { name: "post", how: { as: "one", of: "post", must: true }, column: true }],
  routes: [
    ID,
    ...NAMES,
    { name: "duty", how: { as: "one", of: "duty", must: true }, column: true },
    { name: "places", how: { as: "many", of: "place", ordered: true, must: true }, column: true },
    { name: "sources", how: { as: "many", of: "source", must: true }, column: true },
    { name: "order", how: { as: "one", of: "order", must: true }, column: true },
  ],
};

/** Whether a row of such values has the field at all. One that stands there already is shown, so that it can be taken away. */
export function applies(field: Field, row: Readonly<Record<string, unknown>>): boolean {
  if (field.when === undefined || row[field.name] !== undefined) return true;
  return field.when.is.includes(String(row[field.when.field]));
}
