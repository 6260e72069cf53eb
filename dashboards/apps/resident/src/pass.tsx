/** The code of the visitor to whom the resident has agreed. */
import { askFile } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { useCallback } from "react";
import type { LinkView } from "./link";
import { Picture } from "./picture";
import { table } from "./words";

export function Pass({ token, view }: { token: string; view: LinkView }) {
  const w = useWords(table);
  const load = useCallback(() => askFile("POST /visit-links/pass", { body: { token } }), [token]);
  return (
    <section className="wr-pass">
      <h2>{w.pass}</h2>
      {view.until_at !== null && <p>{w.passUntil(dateTime(view.until_at, view.timezone).slice(0, 16))}</p>}
      <Picture load={load} words={{ alt: w.passAlt, how: w.passHow, share: w.share, gone: w.passGone, retry: w.retry }} />
    </section>
  );
}
