/** Before and after of one entry, side by side; folded away until somebody wants to see it. */
import type { AuditEntry } from "@watchkeeper/api";
import { dateTime, useLanguage, useWords } from "@watchkeeper/ui";
import { useSession } from "../../session/session";
import { difference } from "./difference";
import { fields, fieldWord, valueText } from "./fields";
import { table } from "./words";

export function Difference({ entry }: { entry: AuditEntry }) {
  const w = useWords(table);
  const names = useWords(fields);
  const language = useLanguage();
  const { zone } = useSession();
  const told = (field: string, text: string) => valueText(field, text, language, (iso) => dateTime(iso, zone));
  const rows = difference(entry.before, entry.after);
  return (
    <details>
      <summary>{w.details(rows.length)}</summary>
      {rows.length > 0 && (
        <table className="wk-difference">
          <thead>
            <tr>
              {[w.field, w.before, w.after].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody data-user-data>
            {rows.map((row) => (
              <tr key={row.field} data-field={row.field}>
                <td>{fieldWord(names, row.field)}</td>
                <td>{row.before === undefined ? w.nothing : <del>{told(row.field, row.before)}</del>}</td>
                <td>{row.after === undefined ? w.nothing : <ins>{told(row.field, row.after)}</ins>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="wk-quiet">
        {w.hash} <span className="wk-hex">{entry.hash}</span>
      </p>
    </details>
  );
}
