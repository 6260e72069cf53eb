/** Silence: the sound alone, at this post, for a minute. It acknowledges nothing. */
import { useQueryClient } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { useSession } from "../session/session";
import { post } from "./provider";

export function useSilence(): { readonly allowed: boolean; begin(): void } {
  const queries = useQueryClient();
  const allowed = useSession().may("POST /alarms/silence");
  const begin = () => {
    if (!allowed) return;
    ask("POST /alarms/silence", { body: { post: post() } }).then(
      () => queries.invalidateQueries({ queryKey: ["alarms"] }),
      () => undefined,
    );
  };
  return { allowed, begin };
}
