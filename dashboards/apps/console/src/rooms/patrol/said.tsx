/** What the hub said of an act: done, or refused and what to do. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Alert } from "antd";
import type { Sending } from "./sending";
import { table } from "./words";

export function Said({ sending }: { sending: Sending }) {
  const w = useWords(table);
  const language = useLanguage();
  if (sending.refusal !== null)
    return <Alert type="error" role="alert" title={`${w.refused}${w.colon}${sending.refusal[language]}`} />;
  return <p role="status">{sending.done}</p>;
}
