/** What somebody writes, kept by the browser until it was sent: a reload loses nothing. */
import { draftOf, dropDraft, keepDraft } from "@watchkeeper/offline";
import { useCallback, useEffect, useState } from "react";

export type Fields = Readonly<Record<string, string>>;

/** A draft as it was kept, as far as it has the fields that are asked for now. Pure. */
export function restored(kept: unknown, empty: Fields): Fields {
  if (typeof kept !== "object" || kept === null) return empty;
  const old = kept as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(empty).map(([name, value]) => [name, typeof old[name] === "string" ? (old[name] as string) : value]),
  );
}

interface Draft {
  readonly fields: Fields;
  /** It was there before this page was loaded. */
  readonly found: boolean;
  set(name: string, value: string): void;
  /** It was sent, or thrown away. */
  drop(): void;
}

/** `key`: what it is a draft of; `empty`: the fields of a new one, the same object as long as nothing changes. */
export function useDraft(key: string, empty: Fields): Draft {
  const [state, setState] = useState({ key: "", fields: empty, found: false });
  const current = state.key === key ? state : { key, fields: empty, found: false };
  useEffect(() => {
    let gone = false;
    draftOf(key)
      .catch(() => undefined)
      .then((kept) => {
        if (gone) return;
        setState((before) => (before.key === key ? before : { key, fields: restored(kept, empty), found: kept !== undefined }));
      });
    return () => {
      gone = true;
    };
  }, [key, empty]);
  const set = useCallback(
    (name: string, value: string) =>
      setState((before) => {
        const fields = { ...(before.key === key ? before.fields : empty), [name]: value };
        // with each letter: a window that is closed the next moment has it too
        void keepDraft(key, fields, Date.now()).catch(() => undefined);
        return { key, fields, found: before.key === key && before.found };
      }),
    [key, empty],
  );
  const drop = useCallback(() => {
    setState({ key, fields: empty, found: false });
    void dropDraft(key).catch(() => undefined);
  }, [key, empty]);
  return { fields: current.fields, found: current.found, set, drop };
}
