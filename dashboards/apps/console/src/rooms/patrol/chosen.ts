/** The window that is looked at: it stands in the address, so that it can be linked to. */
import { useSearchParams } from "react-router";

const NAME = "window";

export function useChosen(): [string | null, (id: string | null) => void] {
  const [search, setSearch] = useSearchParams();
  const choose = (id: string | null) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (id === null) after.delete(NAME);
        else after.set(NAME, id);
        return after;
      },
      { replace: true },
    );
  return [search.get(NAME), choose];
}
