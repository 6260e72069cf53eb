/** An act that is sent once, with its refusal kept beside it. Nothing is shown as done before the hub has said so. */
import { Refusal } from "@watchkeeper/api";
import { useState } from "react";

export interface Sending {
  readonly busy: boolean;
  readonly refusal: Refusal | null;
  /** Null: nothing was done yet, or it was refused. */
  readonly done: string | null;
  /** Do it, unless something is under way. Resolves with whether it was done; `act` gives what to say. */
  send(act: () => Promise<string>): Promise<boolean>;
}

export function useSending(): Sending {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const send = async (act: () => Promise<string>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setRefusal(null);
    setDone(null);
    try {
      setDone(await act());
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, refusal, done, send };
}
