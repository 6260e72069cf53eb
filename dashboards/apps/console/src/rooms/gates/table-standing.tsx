/** 权限表: which table of permits a gate decides by, and when that was last checked. Grey, unless it is abnormal. */
import type { TableView } from "@watchkeeper/api";
import { duration, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { type TableAge, tableAge } from "./table-age";
import { table } from "./words-pages";

export function TableStanding({ of }: { of: TableView | undefined }) {
  const w = useWords(table);
  const language = useLanguage();
  const age = tableAge(of, useNow());
  const word = said(w, age);
  return (
    <span className="wk-standing wk-permit-table" data-table={age.state} data-abnormal={age.abnormal || undefined}>
      {age.abnormal ? <b className="wk-abnormal">{`! ${word}`}</b> : <span className="wk-quiet">{word}</span>}
      {age.checkedS !== null && <small>{w.checked(duration(age.checkedS, language))}</small>}
    </span>
  );
}

function said(w: (typeof table)["zh"], age: TableAge): string {
  if (age.state === "current") return w.t_current(age.no ?? 0);
  if (age.state === "behind") return w.t_behind(age.no ?? 0, age.newest ?? 0);
  return w[`t_${age.state}`];
}
