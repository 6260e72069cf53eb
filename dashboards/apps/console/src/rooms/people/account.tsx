/** One account: its role and person, in use or not, a new password, tokens, and where it is signed in. */
import { useQueryClient } from "@tanstack/react-query";
import { type AccountChange, type AccountView, ask } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { Secret } from "../../parts/secret";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { newPassword } from "./password";
import { RoleAndPerson } from "./role-and-person";
import type { Role } from "./roles";
import { Sessions } from "./sessions";
import { TokenForm } from "./token-form";
import { table } from "./words";

interface Shown {
  readonly name: string;
  readonly value: string;
}

export function AccountPanel({ account, onClose }: { account: AccountView; onClose: () => void }) {
  const w = useWords(table);
  const { may } = useSession();
  const [secret, setSecret] = useState<Shown | null>(null);
  const params = new URLSearchParams({ act: "sign_in", actor: account.name });
  return (
    <section className="wk-card" aria-label={w.details(account.name)} data-panel={account.account}>
      <h2 data-user-data>
        {account.name}{" "}
        <Button size="small" onClick={onClose}>
          {w.close}
        </Button>
      </h2>
      {secret !== null && <Secret name={secret.name} value={secret.value} onAway={() => setSecret(null)} />}
      {may("PATCH /accounts/{account}") && <Changes account={account} onSecret={setSecret} />}
      {may("POST /accounts/{account}/tokens") && (
        <TokenForm account={account} onToken={(value) => setSecret({ name: w.tokenOf(account.name), value })} />
      )}
      <Sessions account={account.account} mayEnd={may("PATCH /accounts/{account}")} />
      {may("GET /audit") && <Link to={`/audit?${params}`}>{w.signInLog}</Link>}
    </section>
  );
}

function Changes({ account, onSecret }: { account: AccountView; onSecret: (shown: Shown) => void }) {
  const w = useWords(table);
  const queries = useQueryClient();
  const sending = useSending();
  const [role, setRole] = useState<Role>(account.role);
  const [person, setPerson] = useState(account.person);
  const isOut = account.disabled_at !== null;
  const change = (body: AccountChange, said: string, secret?: Shown) =>
    void sending.send(async () => {
      await ask("PATCH /accounts/{account}", { path: { account: account.account }, body });
      if (secret !== undefined) onSecret(secret);
      await queries.invalidateQueries({ queryKey: ["accounts"] });
      return said;
    });
  const renew = () => {
    const password = newPassword();
    change({ password }, w.changed, { name: w.passwordOf(account.name), value: password });
  };
  return (
    <form
      className="wk-fields"
      aria-label={w.details(account.name)}
      onSubmit={(event) => {
        event.preventDefault();
        change({ role, person }, w.changed);
      }}
    >
      <RoleAndPerson role={role} person={person} onRole={setRole} onPerson={setPerson} />
      <Button htmlType="submit" disabled={sending.busy || (role === account.role && person === account.person)}>
        {w.change}
      </Button>
      <Popconfirm title={w.newPasswordAsk} okText={w.newPassword} onConfirm={renew}>
        <Button disabled={sending.busy}>{w.newPassword}</Button>
      </Popconfirm>
      {isOut ? (
        <Button disabled={sending.busy} onClick={() => change({ disabled: false }, w.enabled)}>
          {w.enable}
        </Button>
      ) : (
        <Popconfirm title={w.disableAsk} okText={w.disable} onConfirm={() => change({ disabled: true }, w.disabled)}>
          <Button disabled={sending.busy}>{w.disable}</Button>
        </Popconfirm>
      )}
      <Said sending={sending} />
    </form>
  );
}
