/** The visits of some days as a file for a spreadsheet: masked, as on the screen. */
import { localDay, useNow, useWords } from "@watchkeeper/ui";
import { useId, useState } from "react";
import { FileButton } from "../../parts/file-button";
import { useSession } from "../../session/session";
import { table } from "./words";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function Export() {
  const w = useWords(table);
  const { zone, may } = useSession();
  const today = localDay(new Date(useNow()).toISOString(), zone);
  const id = useId();
  const [days, setDays] = useState<{ from: string; to: string }>({ from: "", to: "" });
  if (!may("GET /visits/export.csv")) return null;
  const query = { from: days.from || today, to: days.to || today };
  const isWhole = DAY.test(query.from) && DAY.test(query.to) && query.from <= query.to;
  return (
    <section className="wk-fields" aria-label={w.export} data-export>
      <h2>{w.export}</h2>
      <p className="wk-quiet">{w.exportNote}</p>
      {(["from", "to"] as const).map((end) => (
        <label key={end} htmlFor={`${id}-${end}`}>
          {w[`export_${end}`]}
          <input
            id={`${id}-${end}`}
            type="date"
            max={today}
            value={query[end]}
            onChange={(event) => setDays({ ...query, [end]: event.target.value })}
          />
        </label>
      ))}
      {isWhole && (
        <FileButton
          route="GET /visits/export.csv"
          asked={{ query }}
          name={`visits-${query.from}-${query.to}.csv`}
          word={w.exportFile}
        />
      )}
    </section>
  );
}
