/** What is said of an act on several incidents. Pure. */
import type { SelectionDone } from "@watchkeeper/api";
import { type Language, told } from "@watchkeeper/ui";
import { table } from "./words";

const TOLD_MAX = 3;
/** Of more than these, the number says enough. */

/** `已完成 4 条 · 1 条未完成：#180 …`: how many were done, and why the others were not. */
export function bulkSaid(done: SelectionDone, language: Language): string {
  const w = table[language];
  if (done.refused === 0) return w.done(done.done);
  const refused = done.results.filter((one) => !one.done);
  const reasons = refused.slice(0, TOLD_MAX).map((one) => w.failedOne(one.no, told(one, "message", language)));
  const more = refused.length > TOLD_MAX ? ["…"] : [];
  return `${w.done(done.done)} · ${w.failed(done.refused)}${w.colon}${[...reasons, ...more].join(w.semicolon)}`;
}
