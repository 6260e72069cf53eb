/** A token for a program, with what it is for and for how many days. */
import { useQueryClient } from "@tanstack/react-query";
import { type AccountView, ask } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button, Input, InputNumber } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { table } from "./words";

const LABEL_MAX = 60;
const DAYS_MAX = 3_660;

export function TokenForm({ account, onToken }: { account: AccountView; onToken: (token: string) => void }) {
  const w = useWords(table);
  const queries = useQueryClient();
  const sending = useSending();
  const id = useId();
  const [label, setLabel] = useState("");
  const [days, setDays] = useState(90);
  const make = () =>
    void sending.send(async () => {
      const body = { label: label.trim(), days };
      const made = await ask("POST /accounts/{account}/tokens", { path: { account: account.account }, body });
      onToken(made.token);
      setLabel("");
      await queries.invalidateQueries({ queryKey: ["accounts"] });
      return "";
    });
  return (
    <form
      className="wk-fields"
      aria-label={w.makeToken}
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <label htmlFor={`${id}-label`}>
        {w.label}
        <Input id={`${id}-label`} value={label} maxLength={LABEL_MAX} onChange={(event) => setLabel(event.target.value)} />
      </label>
      <label htmlFor={`${id}-days`}>
        {w.days}
        <InputNumber id={`${id}-days`} value={days} min={1} max={DAYS_MAX} onChange={(value) => setDays(value ?? 1)} />
      </label>
      <Button htmlType="submit" loading={sending.busy} disabled={label.trim() === ""}>
        {w.makeToken}
      </Button>
      <Said sending={sending} />
    </form>
  );
}
