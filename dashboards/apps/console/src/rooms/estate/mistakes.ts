/** Mistakes that the hub found, at the rows that they are of. */
import { type Estate, KINDS, type Kind, rowsOf } from "./document";

export interface Wrong {
  readonly at: string;
  readonly zh: string;
  readonly en: string;
}
export interface Mistake extends Wrong {
  /** Empty: of the head, or of the document as a whole. */
  readonly kind: Kind | "estate";
  readonly id: string;
  /** Empty: of the whole row. */
  readonly field: string;
}

const PATH = /^(\w+)\[(\d+)\](?:\.(\w+))?/;

/** The mistake's row, by the document that was checked: a path such as `devices[12].opens` counts that one's rows. */
export function mistakeOf(wrong: Wrong, checked: Estate): Mistake {
  const found = PATH.exec(wrong.at);
  const kind = KINDS.find((one) => one === found?.[1]);
  const row = kind === undefined ? undefined : rowsOf(checked, kind)[Number(found?.[2])];
  if (kind === undefined || row === undefined) {
    return { ...wrong, kind: "estate", id: "", field: wrong.at.split(/[.[]/)[0] ?? "" };
  }
  return { ...wrong, kind, id: row.id, field: found?.[3] ?? "" };
}

/** By `kind/id`. */
export function byRow(mistakes: readonly Mistake[]): ReadonlyMap<string, readonly Mistake[]> {
  const found = new Map<string, Mistake[]>();
  for (const one of mistakes) {
    const key = `${one.kind}/${one.id}`;
    const there = found.get(key);
    if (there === undefined) found.set(key, [one]);
    else there.push(one);
  }
  return found;
}

/** A refused PUT tells both languages in one text. */
export function wrongOf(detail: { readonly at: string; readonly what: string }): Wrong {
  const [zh = "", ...rest] = detail.what.split(" / ");
  return { at: detail.at, zh, en: rest.length === 0 ? zh : rest.join(" / ") };
}
