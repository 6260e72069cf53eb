/** The link's token: it comes behind the #, which browsers send to nobody, and goes to the hub in bodies alone. */
import { type Kept, keep, recall } from "./keep";

const KEPT = "watchkeeper:link";
const TOKEN = /^#([\w-]{1,64})$/;

/** What is needed of a window. */
export interface Address {
  readonly location: { readonly hash: string; readonly pathname: string };
  readonly history: { replaceState(data: unknown, unused: string, url: string): void };
  readonly sessionStorage: Kept;
}

/**
 * The token of this window's link; empty: there is none. It leaves the address, so that a page that is handed on or photographed
 * answers for nobody, and stays in this window for a reload. Where nothing can be kept, it stays in the address.
 */
export function takeToken(at: Address): string {
  const token = TOKEN.exec(at.location.hash)?.[1];
  const storage = () => at.sessionStorage;
  if (token === undefined) return recall(storage, KEPT) ?? "";
  if (keep(storage, KEPT, token)) at.history.replaceState(null, "", at.location.pathname);
  return token;
}

/** Whether it is of a resident's own link, by which visitors are registered, and not of one that asks something. */
export function isOwn(token: string): boolean {
  return /^me-[\w-]{22}$/.test(token);
}
