/** The code of a visitor whom the resident registered, and the text beside it: both can be handed on in any browser. */
import { askFile, type OwnPage, type OwnVisit } from "@watchkeeper/api";
import { told, useLanguage, useWords } from "@watchkeeper/ui";
import { useCallback, useId, useRef, useState } from "react";
import { textOf } from "./invite";
import { table } from "./own-words";
import { Picture } from "./picture";
import { table as shared } from "./words";

export function OwnPass({ token, page, visit }: { token: string; page: OwnPage; visit: OwnVisit }) {
  const w = useWords(table);
  const gone = useWords(shared).passGone;
  const language = useLanguage();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [said, setSaid] = useState("");
  const load = useCallback(() => askFile("POST /resident-links/pass", { body: { token, visit: visit.id } }), [token, visit.id]);
  const text = textOf(page, visit, told(page, "site", language), w);
  const copy = async () => setSaid((await copied(area.current, text)) ? w.copied : w.notCopied);
  return (
    <div className="wr-pass" data-pass={visit.id}>
      <Picture load={load} words={{ alt: w.passAlt, how: w.passHow, share: w.share, gone, retry: w.retry }} />
      <label htmlFor={id}>{w.text}</label>
      <textarea ref={area} id={id} readOnly rows={5} value={text} data-user-data />
      <button type="button" onClick={() => void copy()}>
        {w.copy}
      </button>
      <p role="status">{said}</p>
    </div>
  );
}

/** Whether the text is on the clipboard. WeChat's browser on older phones has only the old way. */
async function copied(area: HTMLTextAreaElement | null, text: string): Promise<boolean> {
  try {
    if (navigator.clipboard !== undefined) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // forbidden here: the old way may not be
  }
  area?.focus();
  area?.setSelectionRange(0, text.length);
  return document.execCommand("copy");
}
