/** Silence: the sound alone, at this post, for a minute. It acknowledges nothing. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, Refusal } from "@watchkeeper/api";
import { useState } from "react";
import { useSession } from "../session/session";
import { post } from "./provider";

export interface Silencing {
  readonly allowed: boolean;
  /** Why it did not become silent, until it is asked for again. */
  readonly refusal: Refusal | null;
  begin(): void;
}

export function useSilence(): Silencing {
  const queries = useQueryClient();
  const allowed = useSession().may("POST /alarms/silence");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const begin = () => {
    if (!allowed) return;
    setRefusal(null);
    ask("POST /alarms/silence", { body: { post: post() } }).then(
      () => queries.invalidateQueries({ queryKey: ["alarms"] }),
      (error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        setRefusal(error);
      },
    );
  };
  return { allowed, refusal, begin };
}
