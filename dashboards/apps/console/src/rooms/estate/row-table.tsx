/** A page of rows as a table, with what is edited and what is wrong at each. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useShown } from "./choices";
import type { Sorting } from "./columns";
import type { Change } from "./diff";
import { type Kind, type Row, withRow } from "./document";
import { FIELDS, type Field } from "./fields";
import type { Mistake } from "./mistakes";
import { table } from "./words";
import { useWork } from "./working";

const INDENT_PX = 16;

interface Acts {
  onEdit(row: Row): void;
  onDuplicate(row: Row): void;
  onRemove(row: Row): void;
}
interface Given extends Acts {
  readonly kind: Kind;
  readonly rows: readonly Row[];
  /** How deep each row lies in the others; null: they stand in no tree. */
  readonly depths: ReadonlyMap<string, number> | null;
  readonly sorting: Sorting | null;
  onSort(field: string): void;
}

export function RowTable({ kind, rows, depths, sorting, onSort, ...acts }: Given) {
  const w = useWords(table);
  const { marks, mistakes, document, mayWrite, view } = useWork();
  const shown = useShown(kind);
  const columns = FIELDS[kind].filter((field) => field.column);
  if (rows.length === 0) {
    return <p className="wk-empty">{((document[kind] as readonly Row[] | undefined) ?? []).length === 0 ? w.empty : w.none}</p>;
  }
  const keyless = new Set(kind === "agents" ? view.keyless : []);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="wk-estate-frame" tabIndex={0} aria-label={w[kind]}>
      <table className="wk-estate-table">
        <thead>
          <tr>
            <th scope="col">{w.mark}</th>
            {columns.map((field) => (
              <Heading key={field.name} field={field} sorting={sorting} onSort={onSort} />
            ))}
            {mayWrite && <th scope="col">{w.acts}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TableRow
              key={row.id}
              {...{ kind, row, columns, shown, acts }}
              depth={depths?.get(row.id) ?? 0}
              mark={marks.get(`${kind}/${row.id}`)}
              mistakes={mistakes.get(`${kind}/${row.id}`) ?? []}
              note={keyless.has(row.id) ? w.keyless : ""}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heading({ field, sorting, onSort }: { field: Field; sorting: Sorting | null; onSort: (field: string) => void }) {
  const w = useWords(table);
  const down = sorting?.field === field.name ? sorting.down : null;
  return (
    <th scope="col" aria-sort={down === null ? "none" : down ? "descending" : "ascending"}>
      <button type="button" onClick={() => onSort(field.name)}>
        {w[`f_${field.name}`]} <span aria-hidden="true">{down === null ? "" : down ? "↓" : "↑"}</span>
      </button>
    </th>
  );
}

interface RowGiven {
  readonly kind: Kind;
  readonly row: Row;
  readonly columns: readonly Field[];
  readonly shown: (row: Row, field: string) => string;
  readonly acts: Acts;
  readonly depth: number;
  readonly mark: Change | undefined;
  readonly mistakes: readonly Mistake[];
  readonly note: string;
}

function TableRow({ kind, row, columns, shown, acts, depth, mark, mistakes, note }: RowGiven) {
  const w = useWords(table);
  const language = useLanguage();
  const { mayWrite } = useWork();
  const wrong = new Set(mistakes.map((one) => one.field));
  return (
    <tr data-row={row.id} data-mark={mark?.what}>
      <td>
        {mark !== undefined && <em>{w[`mark_${mark.what}`]}</em>}
        {mistakes.map((one) => (
          <span key={one.at + one.en} className="wk-estate-wrong" data-abnormal>{`! ${one[language]}`}</span>
        ))}
        {note !== "" && <span className="wk-quiet">{note}</span>}
      </td>
      {columns.map(({ name }, at) => (
        <td key={name} data-edited={mark?.fields.includes(name) || undefined} data-wrong={wrong.has(name) || undefined} lang="zh">
          {at === 0 && depth > 0 && (
            <span aria-hidden="true" style={{ paddingLeft: (depth - 1) * INDENT_PX }}>
              └{" "}
            </span>
          )}
          {shown(row, name)}
        </td>
      ))}
      {mayWrite && (
        <td className="wk-estate-rowacts">
          {mark?.what === "removed" ? <PutBack kind={kind} row={row} /> : <RowActs row={row} acts={acts} />}
        </td>
      )}
    </tr>
  );
}

function RowActs({ row, acts }: { row: Row; acts: Acts }) {
  const w = useWords(table);
  return (
    <>
      <Button size="small" onClick={() => acts.onEdit(row)} aria-label={`${w.edit} ${row.id}`}>
        {w.edit}
      </Button>
      <Button size="small" onClick={() => acts.onDuplicate(row)} aria-label={`${w.duplicate} ${row.id}`}>
        {w.duplicate}
      </Button>
      <Button size="small" onClick={() => acts.onRemove(row)} aria-label={`${w.remove} ${row.id}`}>
        {w.remove}
      </Button>
    </>
  );
}

function PutBack({ kind, row }: { kind: Kind; row: Row }) {
  const w = useWords(table);
  const { edit } = useWork();
  return (
    <Button
      size="small"
      onClick={() => edit((document) => withRow(document, kind, row))}
      aria-label={`${w.restoreRow} ${row.id}`}
    >
      {w.restoreRow}
    </Button>
  );
}
