/** What stands on a floor's drawing, what could, and how the document is when something is put there or taken away. */
import { type Estate, type Kind, type Row, rowOf, rowsOf, text, withRow } from "../document";
import { clamped, type Share } from "./position";

export const PLACED_KINDS = ["devices", "places", "phones"] as const;
export type PlacedKind = (typeof PLACED_KINDS)[number] & Kind;
export interface Spot {
  readonly kind: PlacedKind;
  readonly row: Row;
  readonly id: string;
  readonly at: Share;
}

/** The floor that a row is drawn on: its own, else that of its place; undefined: none. */
export function floorOf(row: Row, floors: ReadonlyMap<string, string>): string | undefined {
  return (row.floor as string | undefined) ?? floors.get(text(row, "place"));
}

/** By place: the floor that it names. */
export function floorsOfPlaces(estate: Estate): ReadonlyMap<string, string> {
  return new Map(rowsOf(estate, "places").flatMap((row) => (row.floor === undefined ? [] : [[row.id, String(row.floor)]])));
}

export function spotsOn(estate: Estate, floor: string): readonly Spot[] {
  const floors = floorsOfPlaces(estate);
  return PLACED_KINDS.flatMap((kind) =>
    rowsOf(estate, kind)
      .filter((row) => row.at !== undefined && floorOf(row, floors) === floor)
      .map((row) => ({ kind, row, id: row.id, at: row.at as unknown as Share })),
  );
}

/** Rows that have no position and belong on this floor, or on none yet. */
export function unplacedOn(estate: Estate, kind: PlacedKind, floor: string): readonly Row[] {
  const floors = floorsOfPlaces(estate);
  return rowsOf(estate, kind).filter((row) => row.at === undefined && (floorOf(row, floors) ?? floor) === floor);
}

/** It stands there. Its floor is written only where that of its place is another. */
export function placedAt(estate: Estate, kind: PlacedKind, id: string, floor: string, at: Share): Estate {
  const row = rowOf(estate, kind, id);
  if (row === undefined) return estate;
  const own = floorOf(row, floorsOfPlaces(estate)) === floor ? {} : { floor };
  return withRow(estate, kind, { ...row, ...own, at: clamped(at) });
}

export function takenOff(estate: Estate, kind: PlacedKind, id: string): Estate {
  const row = rowOf(estate, kind, id);
  return row === undefined ? estate : withRow(estate, kind, { ...row, at: undefined });
}

export interface Area {
  readonly row: Row;
  readonly corners: readonly Share[];
}

export function areasOn(estate: Estate, floor: string): readonly Area[] {
  return rowsOf(estate, "places")
    .filter((row) => row.floor === floor && Array.isArray(row.area))
    .map((row) => ({ row, corners: row.area as unknown as Share[] }));
}

/** The place's corners on this floor; none: it has no area. */
export function withArea(estate: Estate, place: string, floor: string, corners: readonly Share[]): Estate {
  const row = rowOf(estate, "places", place);
  if (row === undefined) return estate;
  return withRow(estate, "places", { ...row, floor, area: corners.map(clamped) });
}
