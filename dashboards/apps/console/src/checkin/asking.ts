/** What the console asks about 查岗, and how it is answered. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type CheckInWindow } from "@watchkeeper/api";
import { hubClock, useLanguage, useWords } from "@watchkeeper/ui";
import { useSending } from "../sending/sending";
import { useSession } from "../session/session";
import { nextLookMs } from "./countdown";
import { table } from "./words";

export function useCheckIn() {
  const { may } = useSession();
  return useQuery({
    queryKey: ["check-in"],
    queryFn: () => ask("GET /duty/check-in"),
    enabled: may("GET /duty/check-in"),
    refetchInterval: (query) => nextLookMs(query.state.data, hubClock.nowMs()),
  });
}

/** Answer the window; what the hub says of it is said, and nothing before. */
export function useAnswering() {
  const w = useWords(table);
  const language = useLanguage();
  const queries = useQueryClient();
  const sending = useSending();
  const answer = (window: CheckInWindow) =>
    sending.send(async () => {
      const taken = await ask("POST /duty/check-in", { body: { window: window.window } });
      await queries.invalidateQueries({ queryKey: ["check-in"] });
      if (taken.counted) return w.answered;
      return `${w.notCounted}${(language === "zh" ? taken.why_zh : taken.why_en) ?? ""}`;
    });
  return { sending, answer };
}

/** The incident of a window that was missed; null: there is none. */
export function useGap(window: string) {
  return useQuery({
    queryKey: ["windows", "gap", window],
    queryFn: () => ask("GET /duties/windows/{window}", { path: { window } }),
  });
}
