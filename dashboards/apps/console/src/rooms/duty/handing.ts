/** A handover as this window sees it: who one is in it, what comes next, which item the keys go to. Pure. */
import type { HandoverDetail, HandoverItemView, HandoverView } from "@watchkeeper/api";

export type Side = "leaving" | "coming";

/** Who one is in a handover; null: neither. */
export function sideOf(handover: HandoverView, account: string): Side | null {
  if (handover.leaving.account === account) return "leaving";
  return handover.coming.account === account ? "coming" : null;
}

/** What a handover waits for. */
export type Waits = "join" | "accept" | "leaving" | "coming" | "nothing";

export function waitsFor(detail: HandoverDetail): Waits {
  const { handover, open } = detail;
  if (handover.state !== "draft") return "nothing";
  if (handover.coming.account === "") return "join";
  if (open > 0) return "accept";
  return handover.leaving.signed_at === null ? "leaving" : "coming";
}

/** Whether somebody still has to decide about an item: one that was rejected can be accepted after all. */
export function isOpen(item: HandoverItemView): boolean {
  return item.decision === "" || item.decision === "rejected";
}

/** The item that the keys go to next: the first undecided one after it, then from the top, then the first that was rejected. */
export function nextItem(items: readonly HandoverItemView[], after: string | null): string | null {
  const at = items.findIndex((one) => one.item === after);
  const turned = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return (turned.find((one) => one.decision === "") ?? turned.find((one) => one.decision === "rejected"))?.item ?? null;
}

/** The neighbour of an item; at the ends the item itself. */
export function stepItem(items: readonly HandoverItemView[], from: string | null, step: 1 | -1): string | null {
  const at = items.findIndex((one) => one.item === from);
  if (at < 0) return items[step === 1 ? 0 : items.length - 1]?.item ?? null;
  return items[at + step]?.item ?? from;
}

const KINDS: readonly HandoverItemView["kind"][] = ["incident", "device", "key", "maintenance"];

/** `9` before `10`, and what is no number after both. */
const inOrder = new Intl.Collator("en", { numeric: true });

/** The items by kind; incidents by their numbers, the others in the order in which they came. */
export function byKind(
  items: readonly HandoverItemView[],
): readonly (readonly [HandoverItemView["kind"], readonly HandoverItemView[]])[] {
  return KINDS.map((kind) => {
    const found = items.filter((one) => one.kind === kind);
    return [kind, kind === "incident" ? found.sort((a, b) => inOrder.compare(a.about, b.about)) : found] as const;
  }).filter(([, found]) => found.length > 0);
}
