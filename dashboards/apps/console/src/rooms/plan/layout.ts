/** The estate as the plan needs it: floors in their order, what stands where, and what stands nowhere. Pure. */
import type { Condition, DeviceState, DrawingInfo, EstateView, Signal } from "@watchkeeper/api";

/** In a drawing's own units, from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Named {
  readonly name_zh: string;
  readonly name_en: string;
}
export interface Floor extends Named {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Its address; null: nobody has uploaded one. */
  readonly drawing: string | null;
}
/** A device or a phone, of which no state is known. `spot`: null where nobody has put it on the plan. */
export interface Thing extends Named {
  readonly id: string;
  readonly kind: string;
  readonly place: string;
  readonly agent: string;
  readonly spot: Spot | null;
  readonly condition: Condition | null;
  readonly signals: readonly Signal[];
  readonly reportedUpTo: string | null;
}
export interface Spot extends Point {
  readonly floor: string;
}
export interface Place extends Named {
  readonly id: string;
  readonly parent: string | null;
  /** Its checkpoint, else the middle of its area, else that of the place around it. */
  readonly spot: Spot | null;
  /** Its corners on its floor; none: it is not outlined. */
  readonly area: readonly Point[];
  readonly floor: string | null;
}
export interface Layout {
  readonly floors: readonly Floor[];
  readonly places: ReadonlyMap<string, Place>;
}

type Pair = readonly [number, number];
interface FloorRow extends Named {
  readonly id: string;
  readonly order?: number;
}
interface PlaceRow extends Named {
  readonly id: string;
  readonly parent?: string | null;
  readonly floor?: string | null;
  readonly at?: Pair | null;
  readonly area?: readonly Pair[];
}
interface PhoneRow extends Named {
  readonly id: string;
  readonly place: string;
  readonly floor?: string | null;
  readonly at?: Pair | null;
}
interface Document {
  readonly floors?: readonly FloorRow[];
  readonly places?: readonly PlaceRow[];
  readonly phones?: readonly PhoneRow[];
}

/** Of a floor without a drawing. */
const SHEET = { width: 1200, height: 800 };
const DEPTH_MAX = 20;

/** Floors and places of the estate in force. */
export function layoutOf(estate: EstateView): Layout {
  const document = estate.document as Document;
  const drawings = new Map(estate.drawings.map((one) => [one.floor, one]));
  const floors = [...(document.floors ?? [])]
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((row) => floorOf(row, drawings.get(row.id)));
  const sheets = new Map(floors.map((floor) => [floor.id, floor]));
  const rows = new Map((document.places ?? []).map((row) => [row.id, row]));
  const places = [...rows.values()].map((row) => placeOf(row, rows, sheets));
  return { floors, places: new Map(places.map((place) => [place.id, place])) };
}

/** A drawing that is replaced has another address, so that nobody sees the old one. */
function floorOf(row: FloorRow, drawing: DrawingInfo | undefined): Floor {
  const { id, name_zh, name_en } = row;
  if (drawing === undefined) return { id, name_zh, name_en, ...SHEET, drawing: null };
  const address = `/estate/drawings/${encodeURIComponent(id)}?digest=${drawing.digest}`;
  return { id, name_zh, name_en, width: drawing.width, height: drawing.height, drawing: address };
}

function placeOf(row: PlaceRow, rows: ReadonlyMap<string, PlaceRow>, sheets: ReadonlyMap<string, Floor>): Place {
  const sheet = sheets.get(row.floor ?? "");
  const area = sheet === undefined ? [] : (row.area ?? []).map((pair) => on(sheet, pair));
  const { id, name_zh, name_en, parent = null } = row;
  return { id, name_zh, name_en, parent, area, floor: sheet?.id ?? null, spot: spotOf(row, rows, sheets) };
}

function spotOf(row: PlaceRow, rows: ReadonlyMap<string, PlaceRow>, sheets: ReadonlyMap<string, Floor>): Spot | null {
  let around: PlaceRow | undefined = row;
  for (let depth = 0; around !== undefined && depth < DEPTH_MAX; depth += 1) {
    const sheet = sheets.get(around.floor ?? "");
    if (sheet !== undefined) {
      if (around.at) return { floor: sheet.id, ...on(sheet, around.at) };
      const corners = (around.area ?? []).map((pair) => on(sheet, pair));
      if (corners.length > 0) return { floor: sheet.id, ...middle(corners) };
    }
    around = rows.get(around.parent ?? "");
  }
  return null;
}

/** Devices and phones, those of the estate's file in its order. */
export function thingsOf(estate: EstateView, devices: readonly DeviceState[], layout: Layout): readonly Thing[] {
  const phones = ((estate.document as Document).phones ?? []).map((row) => {
    const floor = row.floor ?? layout.places.get(row.place)?.floor ?? null;
    const { id, place, name_zh, name_en } = row;
    const spot = standing(layout, floor, row.at);
    return { id, kind: "phone", place, agent: "", name_zh, name_en, spot, condition: null, signals: [], reportedUpTo: null };
  });
  return [...devices.map((device) => thingOf(device, layout)), ...phones];
}

const known = new WeakMap<DeviceState, { layout: Layout; thing: Thing }>();

/** The same device on the same plan is the same thing, so that nothing of it is drawn anew. */
function thingOf(device: DeviceState, layout: Layout): Thing {
  const before = known.get(device);
  if (before?.layout === layout) return before.thing;
  const { id, kind, place, agent, name_zh, name_en, condition, signals } = device;
  const spot = standing(layout, device.floor, device.at as Pair | null);
  const thing = { id, kind, place, agent, name_zh, name_en, spot, condition, signals, reportedUpTo: device.reported_up_to };
  known.set(device, { layout, thing });
  return thing;
}

function standing(layout: Layout, floor: string | null, at: Pair | null | undefined): Spot | null {
  const sheet = layout.floors.find((one) => one.id === floor);
  return sheet === undefined || !at ? null : { floor: sheet.id, ...on(sheet, at) };
}

function on(sheet: Floor, [x, y]: Pair): Point {
  return { x: x * sheet.width, y: y * sheet.height };
}

/** The middle of the box around the corners. */
export function middle(corners: readonly Point[]): Point {
  const [xs, ys] = [corners.map((one) => one.x), corners.map((one) => one.y)];
  return { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2 };
}

const GATES: ReadonlySet<string> = new Set(["barrier", "door"]);

/** The number that the room of gates has for it; null: it is no gate. */
export function gateNumber(things: readonly Thing[], id: string): number | null {
  const at = things.filter((thing) => GATES.has(thing.kind)).findIndex((thing) => thing.id === id);
  return at < 0 ? null : at + 1;
}
