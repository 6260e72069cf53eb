/** What the hub says of a resident's own link, and what is asked of it. Nothing is claimed before the hub has said it. */
import { ask, type InviteRequest, type OwnPage, Refusal } from "@watchkeeper/api";
import { useCallback, useEffect, useRef, useState } from "react";

/** `why`: what was asked last was refused, or no reply came. */
export type Standing =
  | { at: "loading" }
  | { at: "shown"; page: OwnPage; busy: boolean; why: Refusal | null }
  | { at: "away"; why: Refusal }
  | { at: "unknown" };

export interface OwnState {
  readonly standing: Standing;
  readonly again: () => void;
  /** Resolves with whether it was done. */
  readonly register: (body: InviteRequest) => Promise<boolean>;
  readonly cancel: (visit: string) => Promise<boolean>;
}

const STRANGE = new Refusal("unknown", 0, "应答无法识别，请重试", "The answer could not be read: try again");

/** What becomes of a page of which a question was refused. */
export function refusedOn(was: Standing, error: unknown): Standing {
  const why = error instanceof Refusal ? error : STRANGE;
  if (why.code === "unknown_link") return { at: "unknown" };
  return was.at === "shown" ? { ...was, busy: false, why } : { at: "away", why };
}

export function useOwn(token: string): OwnState {
  const [standing, setStanding] = useState<Standing>({ at: "loading" });
  const busy = useRef(false);
  const talk = useCallback(async (question: () => Promise<OwnPage>) => {
    if (busy.current) return false;
    busy.current = true;
    setStanding((was) => (was.at === "shown" ? { ...was, busy: true, why: null } : was));
    try {
      const page = await question();
      setStanding({ at: "shown", page, busy: false, why: null });
      return true;
    } catch (error) {
      setStanding((was) => refusedOn(was, error));
      return false;
    } finally {
      busy.current = false;
    }
  }, []);
  const again = useCallback(() => void talk(() => ask("POST /resident-links/show", { body: { token } })), [talk, token]);
  useEffect(again, [again]);
  const register = useCallback((body: InviteRequest) => talk(() => ask("POST /resident-links/register", { body })), [talk]);
  const cancel = useCallback(
    (visit: string) => talk(() => ask("POST /resident-links/cancel", { body: { token, visit } })),
    [talk, token],
  );
  return { standing, again, register, cancel };
}
