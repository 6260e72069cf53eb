/** The run of an incident: asked for, and changed by acts on it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type RunView } from "@watchkeeper/api";
import { useSending } from "../../../sending/sending";

/** The run, or null where no plan was started. */
export function useRun(no: number, allowed: boolean) {
  return useQuery({
    queryKey: ["plan-run", no],
    enabled: allowed,
    queryFn: async () => {
      // most incidents have none, and that is no error
      const { runs } = await ask("GET /plan-runs", { query: { no } });
      return runs.length === 0 ? null : await ask("GET /incidents/{no}/plan", { path: { no } });
    },
  });
}

/** How an act's own answer becomes what is shown, so that nothing waits for the channel. */
export function useRunAct(no: number) {
  const queries = useQueryClient();
  const sending = useSending();
  const act = (run: () => Promise<RunView>, said?: string) =>
    sending.send(async () => {
      queries.setQueryData(["plan-run", no], await run());
      return said;
    });
  return { sending, act };
}
