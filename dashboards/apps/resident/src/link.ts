/** What the hub says of the link, and what is asked of it. Nothing here is claimed before the hub has said it. */
import { ask, type LinkView, Refusal } from "@watchkeeper/api";
import { useCallback, useEffect, useRef, useState } from "react";

export type { LinkView };
export type Answer = "yes" | "no";
/** `unsure`: an answer was sent, and no reply came. `chosen`: what was tapped here. */
export type Standing =
  | { at: "loading" }
  | { at: "shown"; view: LinkView; untilMs: number; chosen: Answer | null; sending: boolean }
  | { at: "unsure"; chosen: Answer; why: Refusal }
  | { at: "away"; why: Refusal }
  | { at: "unknown" }
  | { at: "expired" };

export interface LinkState {
  readonly standing: Standing;
  readonly answer: (chosen: Answer) => void;
  readonly again: () => void;
}

const STRANGE = new Refusal("unknown", 0, "应答无法识别，请重试", "The answer could not be read: try again");

/** What becomes of a question that was refused. The hub tells what is unknown and what is over alike: who has seen it knows. */
export function refusedAs(error: unknown, seen: boolean, chosen: Answer | null): Standing {
  const why = error instanceof Refusal ? error : STRANGE;
  if (why.code === "unknown_link") return { at: seen ? "expired" : "unknown" };
  return chosen === null ? { at: "away", why } : { at: "unsure", chosen, why };
}

/** The link's state, asked anew when the page is looked at again and when its time is over. */
export function useLink(token: string): LinkState {
  const [standing, setStanding] = useState<Standing>(token === "" ? { at: "unknown" } : { at: "loading" });
  const seen = useRef(false);
  const busy = useRef(false);

  const talk = useCallback(
    async (chosen: Answer | null) => {
      if (busy.current || token === "") return;
      busy.current = true;
      setStanding((was) => (was.at === "shown" ? { ...was, sending: chosen !== null, chosen } : was));
      try {
        const view =
          chosen === null
            ? await ask("POST /visit-links/show", { body: { token } })
            : await ask("POST /visit-links/answer", { body: { token, answer: chosen } });
        seen.current = true;
        // the seconds are the hub's: this phone's clock may be wrong
        setStanding({ at: "shown", view, untilMs: performance.now() + view.left_s * 1000, chosen, sending: false });
      } catch (error) {
        setStanding(refusedAs(error, seen.current, chosen));
      } finally {
        busy.current = false;
      }
    },
    [token],
  );

  useEffect(() => {
    void talk(null);
  }, [talk]);

  const latest = useRef(standing);
  latest.current = standing;
  useEffect(() => {
    const look = () => {
      const now = latest.current;
      if (!document.hidden && now.at === "shown" && now.view.open) void talk(null);
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [talk]);

  const again = useCallback(() => {
    const now = latest.current;
    void talk(now.at === "unsure" ? now.chosen : null);
  }, [talk]);
  const answer = useCallback((chosen: Answer) => void talk(chosen), [talk]);
  return { standing, answer, again };
}

/** Whole seconds until `untilMs` of the page's own steady clock, ticking; `onOver` is called once, at the end. */
export function useSecondsLeft(untilMs: number, onOver: () => void): number {
  const count = useCallback(() => Math.max(0, Math.ceil((untilMs - performance.now()) / 1000)), [untilMs]);
  const [left, setLeft] = useState(count);
  const over = useRef(onOver);
  over.current = onOver;
  useEffect(() => {
    setLeft(count());
    const timer = window.setInterval(() => {
      const now = count();
      setLeft(now);
      if (now > 0) return;
      window.clearInterval(timer);
      over.current();
    }, 1000);
    return () => window.clearInterval(timer);
  }, [count]);
  return left;
}
