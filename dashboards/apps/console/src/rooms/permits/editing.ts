/** Edits that name the version they saw: what the other editor's version is when the hub refuses one, and how both differ. Pure. */
import type { Refusal } from "@watchkeeper/api";

export type Values = Readonly<Record<string, unknown>>;
/** The thing as it is in force; null: it is there no more. */
export interface Theirs {
  readonly version: number;
  readonly values: Values | null;
}

/** What is in force, if that is why the edit was refused; undefined: it was refused for another reason, or not at all. */
export function theirsOf(refusal: Refusal | null): Theirs | undefined {
  if (refusal?.code !== "access_changed") return undefined;
  const now = refusal.details.find((one) => one.at === "now")?.what ?? "";
  if (now === "") return { version: 0, values: null };
  const values = JSON.parse(now) as Values & { version: number };
  return { version: values.version, values };
}

export function same(mine: unknown, theirs: unknown): boolean {
  return JSON.stringify(mine) === JSON.stringify(theirs);
}

/** Of a thing as the hub shows it, what a form edits. */
export function picked(names: readonly string[], thing: Values): Values {
  return Object.fromEntries(names.map((name) => [name, thing[name]]));
}

/** `07:30` as minutes of the day, `24:00` its end; null: that is no time. */
export function minutesOf(typed: string): number | null {
  const found = /^(\d{1,2}):([0-5]\d)$/.exec(typed.trim());
  if (found === null) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2]);
  return minutes <= 1_440 ? minutes : null;
}

export function hhmm(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** `07:00-12:00, 14:00-18:00` as minutes; none: empty; null: it is not so written. */
export function spansOf(typed: string): [number, number][] | null {
  const parts = typed.split(/[,，;；]/).filter((part) => part.trim() !== "");
  const spans = parts.map((part) => part.split(/[-–—~]/).map(minutesOf));
  return spans.every((two): two is [number, number] => two.length === 2 && two.every((one) => one !== null)) ? spans : null;
}

export function spansText(spans: readonly (readonly number[])[]): string {
  return spans.map(([from = 0, until = 0]) => `${hhmm(from)}-${hhmm(until)}`).join(", ");
}
