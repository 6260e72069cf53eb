/** What a file would do: its mistakes by row and column, or the rows that change and what follows. Then it is put in force. */
import { ask, type EstateOutcome, Refusal } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Button, Input } from "antd";
import { useState } from "react";
import { Consequences } from "./check-panel";
import type { What } from "./exchange";
import { columnName, doesSomething, inOrder, typeOf } from "./tables";
import { table } from "./words-files";
import { useWork } from "./working";

const SHOWN_MAX = 200;

export interface Shown {
  readonly at: number;
  readonly file: File;
  readonly kind: What;
  readonly replace: boolean;
  /** The version that it was weighed against. */
  readonly outcome: EstateOutcome;
}
interface Importing {
  readonly shown: Shown | null;
  readonly applied: number | null;
  readonly refusal: Refusal | null;
  readonly busy: boolean;
  preview(file: File, kind: What, replace: boolean): Promise<void>;
  apply(reason: string): Promise<void>;
  clear(): void;
}

export function useImporting(): Importing {
  const { renew } = useWork();
  const [shown, setShown] = useState<Shown | null>(null);
  const [applied, setApplied] = useState<number | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setRefusal(null);
    setApplied(null);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
      if (error.code === "changed_meanwhile") await renew();
    } finally {
      setBusy(false);
    }
  };
  const send = (file: File, kind: What, replace: boolean, more: { apply?: boolean; seen?: number; reason?: string }) =>
    ask("POST /estate/import", { query: { kind, replace, ...more }, body: file.slice(0, file.size, typeOf(file.name)) });
  return {
    ...{ shown, applied, refusal, busy },
    preview: (file, kind, replace) =>
      attempt(async () => {
        setShown(null);
        setShown({ at: performance.now(), file, kind, replace, outcome: await send(file, kind, replace, {}) });
      }),
    apply: (reason) =>
      attempt(async () => {
        if (shown === null) return;
        const { file, kind, replace } = shown;
        const outcome = await send(file, kind, replace, { apply: true, seen: shown.outcome.version, reason });
        if (!outcome.applied) {
          setShown({ ...shown, at: performance.now(), outcome });
          return;
        }
        setShown(null);
        setApplied(outcome.version);
        await renew();
      }),
    clear: () => {
      setShown(null);
      setRefusal(null);
      setApplied(null);
    },
  };
}

export function Preview({ shown, importing }: { shown: Shown | null; importing: Importing }) {
  const w = useWords(table);
  const language = useLanguage();
  const { refusal, applied } = importing;
  return (
    <>
      {refusal !== null && <Alert type="error" role="alert" title={refusal[language]} />}
      {applied !== null && <p role="status">{w.applied(applied)}</p>}
      {shown !== null && (
        <section className="wk-estate-preview" aria-label={w.preview}>
          <h3>{w.previewOf(shown.file.name)}</h3>
          {shown.outcome.good ? <Good shown={shown} importing={importing} /> : <Errors outcome={shown.outcome} />}
        </section>
      )}
    </>
  );
}

function Errors({ outcome }: { outcome: EstateOutcome }) {
  const w = useWords(table);
  const language = useLanguage();
  return (
    <>
      <p role="alert" data-abnormal>
        <b>! {w.errors(outcome.errors.length)}</b>
      </p>
      <table className="wk-estate-table">
        <thead>
          <tr>
            <th scope="col">{w.row}</th>
            <th scope="col">{w.column}</th>
            <th scope="col">{w.what}</th>
          </tr>
        </thead>
        <tbody>
          {inOrder(outcome.errors).map((one) => (
            <tr key={`${one.row} ${one.column} ${one.at} ${one.code} ${one.message_en}`} data-error-row={one.row ?? ""}>
              <td>{one.row ?? w.ofTable}</td>
              <td>{columnName(one.column, language) || one.at}</td>
              <td>
                {one[`message_${language}`]}
                {language === "zh" && one.message_en !== "" && (
                  <div className="wk-quiet" lang="en">
                    {one.message_en}
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="wk-quiet">{w.again}</p>
    </>
  );
}

function Good({ shown, importing }: { shown: Shown; importing: Importing }) {
  const w = useWords(table);
  const language = useLanguage();
  const { changes: own } = useWork();
  const [reason, setReason] = useState("");
  const { outcome } = shown;
  if (!doesSomething(outcome)) return <p role="status">{w.noChange}</p>;
  const count = (what: string) => outcome.changes.filter((one) => one.what === what).length;
  const told = (["added", "changed", "removed"] as const).filter((what) => count(what) > 0);
  const ready = reason.trim() !== "" && !importing.busy;
  return (
    <>
      <p className="wk-estate-counts">
        <span>{w.changes}</span>
        {told.map((what) => (
          <b key={what}>{w[what](count(what))}</b>
        ))}
      </p>
      <ul className="wk-estate-list" lang="zh">
        {outcome.changes.slice(0, SHOWN_MAX).map((one) => (
          <li key={`${one.kind}/${one.id}/${one.what}`}>{one[`text_${language}`]}</li>
        ))}
        {outcome.changes.length > SHOWN_MAX && <li>{w.more(outcome.changes.length - SHOWN_MAX)}</li>}
      </ul>
      <Consequences texts={outcome.consequences} />
      {own.length > 0 && <p className="wk-quiet">{w.ownStay}</p>}
      <form
        className="wk-estate-apply"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void importing.apply(reason.trim());
        }}
      >
        <label htmlFor="import-reason">
          {w.reason} · {w.must}
          <Input id="import-reason" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </label>
        <Button type="primary" htmlType="submit" disabled={!ready} loading={importing.busy}>
          {w.apply}
        </Button>
      </form>
    </>
  );
}
