/** Why somebody looks at footage: a kind from the list, and words. Pure. */
export const KINDS = ["incident", "resident", "police", "dispute", "patrol", "camera", "drill", "other"] as const;
export type Kind = (typeof KINDS)[number];
/** The hub's own limit is longer. */
export const TEXT_MAX = 400;

/** What stands in the register; null: it says nothing yet. `label`: the kind in words; `about`: the incident in words, or empty. */
export function reasonOf(kind: Kind | null, label: string, text: string, about: string): string | null {
  const said = text.trim();
  if (kind === null || (kind === "other" && said === "")) return null;
  const head = kind === "incident" && about !== "" ? about : label;
  return said === "" ? head : `${head} · ${said}`;
}
