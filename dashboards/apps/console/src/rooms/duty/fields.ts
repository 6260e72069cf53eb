/** The record's form: which fields it has, and what is sent of them. Pure. */
import type { Fields } from "../../draft";

/** Fields that the hub asks for as numbers. */
const NUMBERS: ReadonlySet<string> = new Set(["cameras_checked"]);

export function isNumber(name: string): boolean {
  return NUMBERS.has(name);
}

/** An empty form of what the hub requires. */
export function emptyForm(requires: readonly string[]): Fields {
  return Object.fromEntries(requires.map((name) => [name, ""]));
}

/** What is sent: numbers as numbers, texts without the blanks around them, nothing that is empty. */
export function sentFields(fields: Fields): Record<string, string | number> {
  const sent: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    const text = value.trim();
    if (text !== "") sent[name] = isNumber(name) && Number.isFinite(Number(text)) ? Number(text) : text;
  }
  return sent;
}

/** The first field that is still to be filled in; null: none is. */
export function firstMissing(fields: Fields, requires: readonly string[]): string | null {
  return requires.find((name) => (fields[name] ?? "").trim() === "") ?? null;
}
