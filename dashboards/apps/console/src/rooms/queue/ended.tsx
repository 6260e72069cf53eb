/** What has ended, from the hub's store, a page at a time: the channel tells only of what ended since the window opened. */
import { ask, Refusal } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { useLive } from "../../live/provider";
import type { Filter } from "./filter";
import { table } from "./words";

const PAGE = 50;

export interface Ended {
  /** A page is under way. */
  readonly busy: boolean;
  /** There are no more. */
  readonly all: boolean;
  readonly refusal: Refusal | null;
  more(): void;
}

/** Pages of what fits the filter's priorities; they stand in the store of incidents, from which the list shows them. */
export function useEnded(filter: Filter): Ended {
  const { incidents } = useLive();
  const cursor = useRef<number | null | undefined>(undefined);
  const [state, setState] = useState<Omit<Ended, "more">>({ busy: false, all: false, refusal: null });
  const priorities = filter.priorities.join();
  const wanted = filter.view === "ended" ? priorities : null;
  const latest = useRef(wanted);
  const more = useCallback(async () => {
    if (wanted === null || cursor.current === null) return;
    setState({ busy: true, all: false, refusal: null });
    try {
      const page = await ask("GET /incidents", {
        query: {
          state: ["closed", "withdrawn"],
          priority: wanted === "" ? null : wanted.split(",").map(Number),
          cursor: cursor.current ?? null,
          limit: PAGE,
        },
      });
      if (latest.current !== wanted) return; // somebody has asked for others meanwhile
      incidents.put(...page.incidents);
      cursor.current = page.next;
      setState({ busy: false, all: page.next === null, refusal: null });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setState({ busy: false, all: false, refusal: error });
    }
  }, [wanted, incidents]);
  useEffect(() => {
    latest.current = wanted;
    cursor.current = undefined;
    void more();
  }, [wanted, more]);
  return { ...state, more: () => void more() };
}

export function MoreEnded({ ended }: { ended: Ended }) {
  const w = useWords(table);
  const language = useLanguage();
  return (
    <div className="wk-more" role="status">
      {ended.refusal !== null && <span>{ended.refusal[language]} </span>}
      {ended.all ? (
        <span className="wk-quiet">{w.noMore}</span>
      ) : (
        <Button size="small" loading={ended.busy} onClick={ended.more}>
          {w.more}
        </Button>
      )}
    </div>
  );
}
