/** Why something is done: it stands in the history and on the audit log. */
import { useWords } from "@watchkeeper/ui";
import { Input } from "antd";
import { table } from "./words";

const REASON_MAX = 500;

export function Reason({ id, value, onChange }: { id: string; value: string; onChange: (value: string) => void }) {
  const w = useWords(table);
  return (
    <label htmlFor={id}>
      {w.reasonMust}
      <Input id={id} value={value} maxLength={REASON_MAX} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
