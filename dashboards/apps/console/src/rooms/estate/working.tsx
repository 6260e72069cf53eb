/** The working copy, shared by the sections of the room. It is kept in the browser, and nothing of it is in force before it is sent. */
import { useQuery } from "@tanstack/react-query";
import { ask, type EstateOutcome, type EstateView, Refusal } from "@watchkeeper/api";
import { draftOf, dropDraft, keepDraft } from "@watchkeeper/offline";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { useSession } from "../../session/session";
import { type Change, marksOf } from "./diff";
import type { Estate } from "./document";
import { byRow, type Mistake, mistakeOf, wrongOf } from "./mistakes";
import { after, changes as changesOfState, draftFrom, hasChanges, type Step, type Working, working } from "./working-state";

const SAVE_MS = 400;
/** Whether the working copy, as it is now, would survive a reload. `not`: this browser keeps nothing. */
export type Kept = "saving" | "kept" | "not";

/** What the hub said of the working copy, and of which state of it. */
export interface Checked {
  readonly of: Estate;
  readonly outcome: EstateOutcome | null;
  readonly mistakes: readonly Mistake[];
}
export interface EstateWork {
  readonly view: EstateView;
  readonly state: Working;
  readonly document: Estate;
  readonly changes: readonly Change[];
  readonly marks: ReadonlyMap<string, Change>;
  readonly mistakes: ReadonlyMap<string, readonly Mistake[]>;
  readonly checked: Checked | null;
  readonly refusal: Refusal | null;
  readonly busy: boolean;
  readonly mayWrite: boolean;
  readonly kept: Kept;
  /** `tag`: steps with the same one after each other are one step. */
  edit(change: (document: Estate) => Estate, tag?: string): void;
  step(step: Step): void;
  check(): Promise<void>;
  /** The version that is in force now; null: it was refused. */
  send(reason: string): Promise<number | null>;
  /** Ask for the estate in force again. */
  renew(): Promise<void>;
}

const Context = createContext<EstateWork | null>(null);

export function useEstateView() {
  return useQuery<EstateView, Refusal>({ queryKey: ["estate"], queryFn: () => ask("GET /estate") });
}

/** Below this there is an estate. `view`: what the hub told last. */
export function EstateWorkProvider({
  view,
  renew,
  children,
}: {
  view: EstateView;
  renew: () => Promise<void>;
  children: ReactNode;
}) {
  const { may } = useSession();
  const [state, step] = useReducer(after, { version: view.version, document: view.document }, working);
  const { ready, kept } = useDraft(state, step);
  useEffect(() => {
    if (ready) step({ is: "hub", now: { version: view.version, document: view.document } });
  }, [view, ready]);
  const asking = useAsking(state, step, renew);
  const changes = useMemo(() => changesOfState(state), [state]);
  const marks = useMemo(() => marksOf(changes), [changes]);
  const mistakes = useMemo(() => byRow(asking.checked?.mistakes ?? []), [asking.checked]);
  const work: EstateWork = {
    ...asking,
    view,
    state,
    document: state.history.present,
    changes,
    marks,
    mistakes,
    mayWrite: may("PUT /estate"),
    kept,
    edit: (change, tag) => step({ is: "edit", change, tag }),
    step,
    renew,
  };
  return ready ? <Context value={work}>{children}</Context> : null;
}

export function useWork(): EstateWork {
  const work = useContext(Context);
  if (work === null) throw new Error("outside of EstateWorkProvider");
  return work;
}

/** Reads the draft once, and keeps it from then on. */
function useDraft(state: Working, step: (step: Step) => void): { ready: boolean; kept: Kept } {
  const { me } = useSession();
  const key = `estate/${me.name}`;
  const [ready, setReady] = useState(false);
  const [kept, setKept] = useState<Kept>("kept");
  useEffect(() => {
    let here = true;
    void draftOf(key)
      .catch(() => undefined)
      .then((found) => {
        if (!here) return;
        const draft = draftFrom(found);
        if (draft !== null) step({ is: "draft", draft });
        setReady(true);
      });
    return () => {
      here = false;
    };
  }, [key, step]);
  const pending = useRef<(() => void) | null>(null);
  useEffect(() => {
    if (!ready) return;
    const save = () => {
      pending.current = null;
      const writing = hasChanges(state)
        ? keepDraft(key, { base: state.base, mine: state.history.present }, Date.now())
        : dropDraft(key);
      // a browser that keeps nothing still lets one edit, and says so
      void writing.then(
        () => pending.current === null && setKept("kept"),
        () => setKept("not"),
      );
    };
    setKept((before) => (before === "not" ? before : "saving"));
    pending.current = save;
    const timer = window.setTimeout(save, SAVE_MS);
    return () => window.clearTimeout(timer);
  }, [state, ready, key]);
  useEffect(() => {
    const now = () => pending.current?.();
    window.addEventListener("pagehide", now);
    return () => {
      window.removeEventListener("pagehide", now);
      now();
    };
  }, []);
  return { ready, kept };
}

function useAsking(state: Working, step: (step: Step) => void, renew: () => Promise<void>) {
  const [checked, setChecked] = useState<Checked | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const document = state.history.present;
  const attempt = async <T,>(act: () => Promise<T>): Promise<T | null> => {
    setBusy(true);
    setRefusal(null);
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
      if (error.code === "wrong_estate") {
        setChecked({ of: document, outcome: null, mistakes: error.details.map((one) => mistakeOf(wrongOf(one), document)) });
      }
      if (error.code === "changed_meanwhile") await renew();
      return null;
    } finally {
      setBusy(false);
    }
  };
  const check = async () => {
    await attempt(async () => {
      const outcome = await ask("POST /estate/check", { body: { document } });
      const mistakes = outcome.errors.map((one) => mistakeOf({ at: one.at, zh: one.message_zh, en: one.message_en }, document));
      setChecked({ of: document, outcome, mistakes });
    });
  };
  const send = (reason: string) =>
    attempt(async () => {
      const outcome = await ask("PUT /estate", { body: { seen: state.base.version, document, reason } });
      step({ is: "sent", now: { version: outcome.version, document } });
      setChecked(null);
      await renew();
      return outcome.version;
    });
  return { checked, refusal, busy, check, send };
}
