/** What is asked of the log, as it stands in the page's address, and its pages. Pure. */
export interface Wanted {
  readonly actor: string;
  readonly act: string;
  readonly subject: string;
  /** Local days, both included; empty: no limit. */
  readonly from: string;
  readonly to: string;
}

export const FIELDS = ["actor", "act", "subject", "from", "to"] as const;

export function wantedOf(params: URLSearchParams): Wanted {
  const [actor, act, subject, from, to] = FIELDS.map((name) => params.get(name) ?? "") as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { actor, act, subject, from, to };
}

/** The address's part that says the same; what is empty is left out. */
export function paramsOf(wanted: Wanted): Record<string, string> {
  return Object.fromEntries(FIELDS.map((name) => [name, wanted[name].trim()]).filter(([, value]) => value !== ""));
}

/** Where each page begins, the newest first: one walks down by what the hub said, and up the same way. */
export type Trail = readonly (number | null)[];
export const START: Trail = [null];

export function older(trail: Trail, before: number): Trail {
  return [...trail, before];
}

export function newer(trail: Trail): Trail {
  return trail.length > 1 ? trail.slice(0, -1) : trail;
}
