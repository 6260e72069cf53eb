/** The list of devices: which of them fit what is typed, and in which order. Pure. */
import type { Cluster } from "./clusters";
import type { Thing } from "./layout";

export interface Listed {
  readonly thing: Thing;
  /** Everything that it can be found by: names, place, kind, id. */
  readonly words: readonly string[];
}

/** What is abnormal first, the most urgent on top; the others as the estate's file has them. With a text, those that begin with
 * it before those that have it somewhere. */
export function searched(
  all: readonly Listed[],
  text: string,
  clusterOf: (id: string) => Cluster | null,
  only: (thing: Thing) => boolean = () => true,
): readonly Thing[] {
  const wanted = text.trim().toLowerCase();
  const found = all.flatMap(({ thing, words }, at) => {
    const rank = rankOf(words, wanted);
    return rank === null || !only(thing) ? [] : [{ thing, at, rank, urgency: clusterOf(thing.id)?.priority ?? 9 }];
  });
  found.sort((a, b) => a.rank - b.rank || a.urgency - b.urgency || a.at - b.at);
  return found.map(({ thing }) => thing);
}

/** 0: a word begins with it; 1: it stands within one; null: nowhere. */
function rankOf(words: readonly string[], wanted: string): 0 | 1 | null {
  if (wanted === "") return 0;
  let rank: 0 | 1 | null = null;
  for (const word of words) {
    const at = word.toLowerCase().indexOf(wanted);
    if (at === 0) return 0;
    if (at > 0) rank = 1;
  }
  return rank;
}

/** The neighbour in the list; without one, or where it is no longer there, the first or the last. */
export function neighbour(shown: readonly Thing[], id: string | null, step: number): string | null {
  const at = shown.findIndex((thing) => thing.id === id);
  if (at < 0) return shown[step > 0 ? 0 : shown.length - 1]?.id ?? null;
  return shown[Math.min(shown.length - 1, Math.max(0, at + step))]?.id ?? null;
}
