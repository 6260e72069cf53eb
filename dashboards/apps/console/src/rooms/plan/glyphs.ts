/** The devices' symbols: grey lines on a plate, one path a device, so that 1,200 of them follow a wheel. Another drawing for each kind,
 * and where a state changes what it looks like. All in a box of 24 by 24 around the origin. Colours are for incidents alone. */
import type { Thing } from "./layout";

/** How the plate is drawn: `unknown` is struck through, `abnormal` has a second edge and an exclamation mark. */
export type Plate = "normal" | "unknown" | "abnormal";

const PLATE = "M-8-10h16a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2h-16a2 2 0 0 1-2-2v-16a2 2 0 0 1 2-2z";
const MARKS: Readonly<Record<Plate, string>> = {
  normal: "",
  unknown: "M-10 10L10-10",
  abnormal: "M-13-13h26v26h-26zM17-11v12M17 6v1",
};

const GLYPHS: Readonly<Record<string, string>> = {
  door: "M-5 7.5v-15h10v15zM2.2 0v1.6",
  "door open": "M-5 7.5v-15h10v15M-5-7.5l6 2.6v12.6l-6-.2M-7.5 7.5h15",
  barrier: "M-7.5 7.5v-8h4v8zM-3.5 1.5h11.5M-.5 1.5v2M3.5 1.5v2",
  "barrier open": "M-7.5 7.5v-8h4v8zM-4.2-.5l7.7-7.3M-1.4-3.2l1.4 1.5M1.6-6l1.4 1.5",
  camera: "M-7.5-4h9.5v7.5h-9.5zM2-1.6l5.5-2.4v7.4l-5.5-2.4M-3.5 3.5v4",
  reader: "M-5-7.5h10v15h-10zM-2 4h4M-2.6-1.2a3.6 3.6 0 0 1 5.2 0M-1.2.8a1.7 1.7 0 0 1 2.4 0",
  meter: "M-7.3 5a8.2 8.2 0 1 1 14.6 0zM0 2.6l3.8-5.2",
  contacts: "M-7.5-5h15v10h-15zM-4.2 0h.1M0 0h.1M4.2 0h.1",
  wand: "M-6 6.5l8-8M2.6-6a3.2 3.2 0 1 1 1.6 5.6A3.2 3.2 0 0 1 2.6-6z",
  phone: "M-4.2-8h8.4v16h-8.4zM-1 5.6h2",
  other: "M0-6.5l6.5 6.5-6.5 6.5-6.5-6.5z",
};

export function glyphOf(thing: Thing): string {
  const state = thing.condition?.name ?? "";
  return GLYPHS[`${thing.kind} ${state}`] ?? GLYPHS[thing.kind] ?? (GLYPHS.other as string);
}

/** What was never heard, or is not known now, is unknown: nobody takes it for well. A phone has no state of its own. */
export function plateOf({ condition }: Pick<Thing, "condition">): Plate {
  if (condition === null) return "normal";
  return condition.abnormal ? "abnormal" : condition.name === "unknown" ? "unknown" : "normal";
}

/** The whole symbol as one path. */
export function symbolOf(thing: Thing): string {
  const plate = plateOf(thing);
  // the second edge lies under the plate, the stroke through it on top
  return plate === "abnormal" ? MARKS[plate] + PLATE + glyphOf(thing) : PLATE + glyphOf(thing) + MARKS[plate];
}
