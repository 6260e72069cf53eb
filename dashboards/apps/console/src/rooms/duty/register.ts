/** The register of keys and equipment: which items a view shows, and in which order. Pure. */
import type { KeyView } from "@watchkeeper/api";

export const VIEWS = ["all", "out", "overdue", "in", "unfit"] as const;
export type KeyListView = (typeof VIEWS)[number];

/** Whether an item is overdue at a time: the list is older than the clock on the wall. */
export function isOverdue(key: KeyView, nowMs: number): boolean {
  return key.state === "out" && (key.overdue || (key.due_at !== null && Date.parse(key.due_at) <= nowMs));
}

const FITS: Readonly<Record<KeyListView, (key: KeyView, nowMs: number) => boolean>> = {
  all: () => true,
  out: (key) => key.state === "out",
  overdue: isOverdue,
  in: (key) => key.state === "in",
  unfit: (key) => key.state === "broken" || key.state === "lost",
};

/** What a view shows: overdue ones on top, the longest overdue first; the others by their ids. */
export function shownKeys(keys: readonly KeyView[], view: KeyListView, nowMs: number): readonly KeyView[] {
  const due = (key: KeyView) => (isOverdue(key, nowMs) ? Date.parse(key.due_at ?? "") || 0 : Number.POSITIVE_INFINITY);
  return keys
    .filter((key) => FITS[view](key, nowMs))
    .sort((a, b) => {
      const [one, other] = [due(a), due(b)];
      return one === other ? a.id.localeCompare(b.id, "en", { numeric: true }) : one - other;
    });
}
