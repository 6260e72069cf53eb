/** A plain table: the columns' names, and a row for each thing. It scrolls sideways where there is no room. */
import type { ReactNode } from "react";

export function Rows({ label, columns, children }: { label: string; columns: readonly string[]; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="wk-rows-scroll" aria-label={label} tabIndex={0}>
      <table className="wk-rows">
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
