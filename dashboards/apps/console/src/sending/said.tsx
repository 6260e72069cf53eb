/** What the hub said of an act: done, or refused and what to do. */
import { useLanguage, useWords, words } from "@watchkeeper/ui";
import { Alert } from "antd";
import type { Sending } from "./sending";

const table = words({ refused: "未完成：" }, { refused: "Not done: " });

export function Said({ sending }: { sending: Sending }) {
  const w = useWords(table);
  const language = useLanguage();
  const { refusal, done } = sending;
  if (refusal === null) return <p role="status">{done}</p>;
  return <Alert type="error" role="alert" data-code={refusal.code} title={`${w.refused}${refusal[language]}`} />;
}
