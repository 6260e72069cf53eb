/** What the list of passages is asked for: what stands in the address, and what somebody searches for. Pure. */
import type { PassageSearch } from "@watchkeeper/api";
import { localMoment } from "../../estate-time";

export type Decided = "all" | "granted" | "refused";
export const DECIDED: readonly Decided[] = ["all", "granted", "refused"];

/** It may stand in an address: it names nobody. */
export interface Filter {
  readonly gate: string;
  readonly decided: Decided;
}

export function filterOf(search: URLSearchParams): Filter {
  const decided = DECIDED.find((one) => one === search.get("decided")) ?? "all";
  return { gate: search.get("gate") ?? "", decided };
}

export function filterText(filter: Filter): string {
  const search = new URLSearchParams();
  if (filter.gate !== "") search.set("gate", filter.gate);
  if (filter.decided !== "all") search.set("decided", filter.decided);
  return search.toString();
}

export function grantedOf(decided: Decided): boolean | null {
  return decided === "all" ? null : decided === "granted";
}

/** What is typed into the search. `what` says what `text` is. It never stands in an address. */
export interface Typed {
  readonly what: "plate" | "permit" | "holder";
  readonly text: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}
export const NOTHING_TYPED: Typed = { what: "plate", text: "", from: "", to: "", reason: "" };

/** Whether it can be asked: with a reason, and for something. */
export function isReady(typed: Typed): boolean {
  return typed.reason.trim() !== "" && (typed.text.trim() !== "" || typed.from !== "" || typed.to !== "");
}

export function searchOf(typed: Typed, filter: Filter, zone: string): PassageSearch {
  const text = typed.text.trim();
  return {
    reason: typed.reason.trim(),
    gate: filter.gate,
    granted: grantedOf(filter.decided),
    ...(text === "" ? {} : { [typed.what]: text }),
    from: typed.from === "" ? null : localMoment(typed.from, zone),
    to: typed.to === "" ? null : localMoment(typed.to, zone),
  };
}
