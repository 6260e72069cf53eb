/** Changes in words, a few of them where they are many. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { nameOf } from "./choices";
import type { Change } from "./diff";
import { type Estate, rowOf } from "./document";
import { table } from "./words";

const SHOWN_MAX = 50;

/** `now`, `was`: the documents after and before, for the rows' names. */
export function ChangeList({ changes, was, now }: { changes: readonly Change[]; was: Estate; now: Estate }) {
  const w = useWords(table);
  const language = useLanguage();
  const name = ({ kind, id }: Change) => {
    const row = kind === "estate" ? undefined : (rowOf(now, kind, id) ?? rowOf(was, kind, id));
    return row === undefined ? id : nameOf(row, language);
  };
  const field = (one: string) => (w as Readonly<Record<string, unknown>>)[`f_${one}`] ?? one;
  return (
    <ul className="wk-estate-list">
      {changes.slice(0, SHOWN_MAX).map((change) => (
        <li key={`${change.kind}/${change.id}`}>
          <b>{w[`mark_${change.what}`]}</b> {w[`one_${change.kind}`]} <span lang="zh">{name(change)}</span>
          {change.fields.length > 0 && `: ${change.fields.map(field).join(w.comma)}`}
        </li>
      ))}
      {changes.length > SHOWN_MAX && <li>{w.more(changes.length - SHOWN_MAX)}</li>}
    </ul>
  );
}
