/** The registration form: which fields a kind has, and what is sent. Pure. */
import type { SpaceView, VisitKindView, VisitRequest } from "@watchkeeper/api";
import type { Fields } from "../../draft";

export type Kind = VisitKindView["kind"];
export const KINDS: readonly Kind[] = ["visitor", "vehicle", "temporary", "truck"];

/** A draft's fields. The identity number is none of them: it is never kept by the browser. */
export const EMPTY: Fields = {
  kind: "visitor",
  room: "",
  name: "",
  phone: "",
  plate: "",
  reason: "",
  company: "",
  route: "",
  space: "",
  expected: "",
};
export type Field = "room" | "name" | "identity" | "phone" | "plate" | "reason" | "company" | "route" | "space" | "expected";

interface Row {
  readonly field: Field;
  readonly required: boolean;
}

const ALWAYS: readonly Field[] = ["room", "name", "identity", "phone", "reason", "company", "route", "expected"];
const OF_VEHICLES: readonly Field[] = ["plate", "space"];
const ORDER: readonly Field[] = ["room", "plate", "name", "identity", "phone", "reason", "company", "route", "space", "expected"];
/** A truck may come to the estate itself: nobody's door is asked for. */
const MAY_BE_EMPTY: Readonly<Record<Kind, readonly Field[]>> = { visitor: [], vehicle: [], temporary: [], truck: ["room"] };

/** The fields of a kind in the form's order. `spaces`: those that fit it; where there is none, none is asked for. */
export function fieldsOf(kind: VisitKindView, spaces: number): readonly Row[] {
  const hasPlate = kind.needs.includes("plate");
  const wanted = new Set<Field>([...ALWAYS, ...(hasPlate ? OF_VEHICLES : [])]);
  if (spaces === 0) wanted.delete("space");
  return ORDER.filter((field) => wanted.has(field)).map((field) => ({
    field,
    required: kind.needs.includes(field) && !MAY_BE_EMPTY[kind.kind].includes(field),
  }));
}

/** The spaces that a kind of vehicle is sent to. */
export function spacesFor(kind: Kind, spaces: readonly SpaceView[]): readonly SpaceView[] {
  return spaces.filter((space) => space.temporary === (kind === "temporary"));
}

/** What is sent; a field that this kind does not have is left out, whatever was typed before the kind was changed. */
export function bodyOf(
  kind: VisitKindView,
  rows: readonly Row[],
  fields: Fields,
  identity: string,
  expectedAt: string | null,
): VisitRequest {
  const given: Fields = { ...fields, identity };
  const texts = rows.filter((row) => row.field !== "expected").map((row) => [row.field, (given[row.field] ?? "").trim()]);
  return { kind: kind.kind, ...Object.fromEntries(texts), expected_at: expectedAt, admit: !kind.resident };
}

/** The required fields that are empty. */
export function missing(rows: readonly Row[], fields: Fields, identity: string): readonly Field[] {
  const given: Fields = { ...fields, identity };
  return rows.filter((row) => row.required && (given[row.field] ?? "").trim() === "").map((row) => row.field);
}

/** `07:00` of seconds after midnight. */
export function hourOf(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}`;
}
