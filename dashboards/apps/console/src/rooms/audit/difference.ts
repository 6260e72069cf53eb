/** What an act changed, field by field, as people read it. Pure. */
export interface Changed {
  readonly field: string;
  /** Undefined: the field was not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** Every field that differs, those of objects within by `outer.inner`; in the order in which they come. */
export function difference(before: Body, after: Body): Changed[] {
  const [was, is] = [flat(before), flat(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((field) => ({ field, before: was.get(field), after: is.get(field) }))
    .filter((one) => one.before !== one.after);
}

function flat(body: Body, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(body)) {
    const field = `${prefix}${name}`;
    if (isBody(value) && Object.keys(value).length > 0) {
      for (const [inner, text] of flat(value, `${field}.`)) found.set(inner, text);
    } else found.set(field, textOf(value));
  }
  return found;
}

function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (value === null || value === "") return "–";
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(", ") || "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
