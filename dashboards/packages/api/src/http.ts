/** Requests to the hub: typed by the API's own document, and refused in words that people can be shown. */
import type { Routes } from "./types.gen";

export type Route = keyof Routes;
type Part<R extends Route, K extends string> = Routes[R] extends { [P in K]: infer V } ? V : never;
export type Result<R extends Route> = Routes[R]["result"];
type Given<R extends Route, K extends string, Must extends boolean> = [Part<R, K>] extends [never]
  ? { [P in K]?: never }
  : Must extends true
    ? { [P in K]: Part<R, K> }
    : { [P in K]?: Part<R, K> };

/** What a request may carry; what a route does not take cannot be given. */
export type Asked<R extends Route> = Given<R, "path", true> &
  Given<R, "body", true> &
  Given<R, "query", Part<R, "query"> extends never ? false : Record<string, never> extends Part<R, "query"> ? false : true> & {
    signal?: AbortSignal;
  };

const LIMIT_MS = 20_000;
/** The hub answers a command within 8 s and a write within 10 s. */

/** Why a request was refused: `code` is a name that stays the same. `network`: no answer came. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly zh: string,
    readonly en: string,
    readonly details: readonly { at: string; what: string }[] = [],
  ) {
    super(en);
  }
}

/** What a failed question is told as in the language in use. */
export function why(error: Error, language: "zh" | "en"): string {
  return error instanceof Refusal ? error[language] : error.message;
}

const UNREACHED = new Refusal("network", 0, "连不上服务器，请稍后重试", "The hub cannot be reached: try again in a moment");

/** Hears of every answer that says that nobody is signed in. */
export const signedOut = new EventTarget();

interface Carried {
  path?: object;
  query?: object;
  body?: unknown;
  signal?: AbortSignal;
}

/** Ask the hub. Resolves with what the route answers; rejects with a Refusal. */
export async function ask<R extends Route>(
  route: R,
  ...[asked]: Record<string, never> extends Asked<R> ? [Asked<R>?] : [Asked<R>]
): Promise<Result<R>> {
  const answer = await answered(route, (asked ?? {}) as Carried);
  if (answer.status === 204) return undefined as Result<R>;
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as Result<R>;
}

/** Ask for a file: a PDF, a table, a picture. Rejects as `ask` does. */
export async function askFile<R extends Route>(route: R, asked: Asked<R>): Promise<Blob> {
  return (await answered(route, asked as Carried)).blob();
}

async function answered(route: Route, given: Carried): Promise<Response> {
  const [method, template] = route.split(" ") as [string, string];
  // by hand: the browsers of residents' phones have neither AbortSignal.any nor AbortSignal.timeout
  const stop = new AbortController();
  const end = () => stop.abort();
  if (given.signal?.aborted) end();
  given.signal?.addEventListener("abort", end);
  setTimeout(end, LIMIT_MS);
  const init: RequestInit = { method, credentials: "same-origin", signal: stop.signal };
  if (given.body !== undefined) {
    init.body = given.body instanceof Blob ? given.body : JSON.stringify(given.body);
    init.headers = { "Content-Type": given.body instanceof Blob ? given.body.type : "application/json" };
  }
  let answer: Response;
  try {
    answer = await fetch(pathOf(template, given.path) + queryOf(given.query), init);
  } catch (error) {
    if (given.signal?.aborted) throw error;
    throw UNREACHED;
  }
  if (!answer.ok) throw await refusalOf(answer, template);
  return answer;
}

/** The path with its parameters filled in. A `:path` parameter keeps its slashes. */
export function pathOf(template: string, given: object = {}): string {
  const values = given as Record<string, unknown>;
  return template.replace(/\{(\w+)(:path)?\}/g, (_, name: string, whole: string | undefined) => {
    const value = String(values[name]);
    return whole ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
  });
}

/** The query; a list repeats its name, and what is undefined, null or empty is left out. */
export function queryOf(query: object = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

async function refusalOf(answer: Response, template: string): Promise<Refusal> {
  let told: { code?: string; message_zh?: string; message_en?: string; errors?: { at: string; what: string }[] } = {};
  try {
    told = await answer.json();
  } catch {
    // not the hub's own words: a proxy's page, or an answer that was cut off
  }
  const code = told.code ?? "unknown";
  if (answer.status === 401 && template !== "/sign-in") signedOut.dispatchEvent(new Event("signed-out"));
  return new Refusal(
    code,
    answer.status,
    told.message_zh ?? `服务器未正常应答（${answer.status}），请稍后重试`,
    told.message_en ?? `The hub gave no proper answer (${answer.status}): try again in a moment`,
    told.errors ?? [],
  );
}
