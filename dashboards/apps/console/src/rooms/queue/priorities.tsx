/** Which priorities are shown: a list that is filtered says so. The keys 1 to 4 do the same. */
import { type Priority, PrioritySymbol, priorityWords, useWords } from "@watchkeeper/ui";
import { type Filter, toggled } from "./filter";
import { table } from "./words";

const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];

export function Priorities({ filter, setFilter }: { filter: Filter; setFilter: (filter: Filter) => void }) {
  const w = useWords(table);
  const names = useWords(priorityWords);
  return (
    <fieldset className="wk-priorities" aria-label={w.priorities}>
      {PRIORITIES.map((priority) => (
        <button
          key={priority}
          type="button"
          aria-pressed={filter.priorities.includes(priority)}
          onClick={() => setFilter(toggled(filter, priority))}
        >
          <PrioritySymbol priority={priority} size={16} /> {names[`p${priority}`]}
        </button>
      ))}
    </fieldset>
  );
}
