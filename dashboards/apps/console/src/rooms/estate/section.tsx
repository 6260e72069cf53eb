/** One kind of rows: found, sorted, added, edited, duplicated and removed in the working copy. */
import { useWords } from "@watchkeeper/ui";
import { Button, Input, Segmented } from "antd";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useShown } from "./choices";
import { found, nextSorting, PAGE_ROWS, type Sorting, sorted } from "./columns";
import { freshId, type Kind, type Row, rowOf, rowsOf, treeOf } from "./document";
import { FIELDS } from "./fields";
import { Pager } from "./pager";
import { RemoveDialog } from "./remove-dialog";
import { RowForm } from "./row-form";
import { RowTable } from "./row-table";
import { table } from "./words";
import { useWork } from "./working";

type Only = "all" | "onlyChanged" | "onlyWrong";
const ONLY: readonly Only[] = ["all", "onlyChanged", "onlyWrong"];
/** What the form edits: a row of the document, or a new one. */
export interface Editing {
  readonly row: Row;
  readonly isNew: boolean;
}

export function Section({ kind }: { kind: Kind }) {
  const w = useWords(table);
  const { document, mayWrite } = useWork();
  const [editing, setEditing] = useState<Editing | null>(null);
  const [removing, setRemoving] = useState<Row | null>(null);
  const view = useView(kind);
  const [query, setQuery] = useSearchParams();
  const asked = query.get("row");
  useEffect(() => {
    // the way from a mistake leads to the row's form
    const row = asked === null ? undefined : rowOf(document, kind, asked);
    if (row === undefined) return;
    setEditing({ row, isNew: false });
    setQuery({}, { replace: true });
  }, [asked, document, kind, setQuery]);
  const duplicate = (row: Row) => {
    const { at: _, area: __, ...rest } = row;
    setEditing({ row: { ...rest, id: freshId(document, row.id) }, isNew: true });
  };
  return (
    <section className="wk-estate-section" aria-label={w[kind]}>
      <div className="wk-estate-tools">
        <h2>{w[kind]}</h2>
        <Input
          allowClear
          value={view.search}
          placeholder={w.searchIn}
          aria-label={w.searchIn}
          onChange={(event) => view.setSearch(event.target.value)}
        />
        <Segmented<Only> value={view.only} onChange={view.setOnly} options={ONLY.map((value) => ({ value, label: w[value] }))} />
        {mayWrite && <Button onClick={() => setEditing({ row: { id: "" }, isNew: true })}>{w.add}</Button>}
        <span className="wk-quiet">{w.rowsShown(view.rows.length, view.all)}</span>
        <Pager page={view.page} pages={view.pages} onPage={view.setPage} />
      </div>
      <RowTable
        kind={kind}
        rows={view.onPage}
        depths={view.depths}
        sorting={view.sorting}
        onSort={(field) => view.setSorting(nextSorting(view.sorting, field))}
        onEdit={(row) => setEditing({ row, isNew: false })}
        onDuplicate={duplicate}
        onRemove={setRemoving}
      />
      {editing !== null && <RowForm key={editing.row.id} kind={kind} editing={editing} onClose={() => setEditing(null)} />}
      {removing !== null && <RemoveDialog kind={kind} row={removing} onClose={() => setRemoving(null)} />}
    </section>
  );
}

/** What of the rows is seen: rows that are gone stand below, so that they can be put back. */
function useView(kind: Kind) {
  const { document, state, marks, mistakes } = useWork();
  const shown = useShown(kind);
  const [search, setSearch] = useState("");
  const [only, setOnly] = useState<Only>("all");
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [page, setPage] = useState(0);
  const asked = useDeferredValue(search);
  const tree = useMemo(() => (kind === "places" ? treeOf(rowsOf(document, kind)) : null), [document, kind]);
  const [rows, all] = useMemo(() => {
    const present = tree === null ? rowsOf(document, kind) : tree.map((one) => one.row);
    const gone = rowsOf(state.base.document, kind).filter((row) => marks.get(`${kind}/${row.id}`)?.what === "removed");
    const whole = [...present, ...gone];
    const kept = whole.filter((row) => {
      const key = `${kind}/${row.id}`;
      return only === "all" || (only === "onlyChanged" ? marks.has(key) : mistakes.has(key));
    });
    const fields = FIELDS[kind].map((field) => field.name);
    return [sorted(found(kept, asked, fields, shown), sorting, shown), whole.length] as const;
  }, [tree, document, state.base, kind, marks, mistakes, only, asked, sorting, shown]);
  const depths = useMemo(
    () =>
      tree === null || sorting !== null || asked !== "" || only !== "all"
        ? null
        : new Map(tree.map((one) => [one.row.id, one.depth])),
    [tree, sorting, asked, only],
  );
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
  const at = Math.min(page, pages - 1);
  return {
    ...{ rows, depths, search, only, sorting, setSorting, pages, page: at, setPage },
    all,
    onPage: rows.slice(at * PAGE_ROWS, (at + 1) * PAGE_ROWS),
    setSearch: (text: string) => {
      setSearch(text);
      setPage(0);
    },
    setOnly: (what: Only) => {
      setOnly(what);
      setPage(0);
    },
  };
}
