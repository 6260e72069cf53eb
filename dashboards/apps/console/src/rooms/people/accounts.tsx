/** 账号: all of them, and of one that is opened what can be done with it. */
import type { AccountView } from "@watchkeeper/api";
import { dateTime, told, useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { useNames } from "../../names";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { AccountPanel } from "./account";
import { useAccounts } from "./data";
import { NewAccount } from "./new-account";
import { table } from "./words";

export function AccountsView() {
  const w = useWords(table);
  const { may } = useSession();
  const asked = useAccounts();
  const [open, setOpen] = useState<string | null>(null);
  useKeys({ escape: () => setOpen(null) });
  return (
    <div>
      {may("POST /accounts") && <NewAccount />}
      <Asked of={asked}>
        {(accounts) => {
          const chosen = accounts.find((one) => one.account === open);
          return (
            <>
              {chosen !== undefined && <AccountPanel key={chosen.account} account={chosen} onClose={() => setOpen(null)} />}
              <Rows label={w.accounts} columns={[w.name, w.role, w.person, w.signIns, w.tokens, w.usedAt, w.state]}>
                {accounts.map((one) => (
                  <AccountRow
                    key={one.account}
                    account={one}
                    open={one.account === open}
                    onOpen={() => setOpen(one.account === open ? null : one.account)}
                  />
                ))}
              </Rows>
            </>
          );
        }}
      </Asked>
    </div>
  );
}

function AccountRow({ account, open, onOpen }: { account: AccountView; open: boolean; onOpen: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { personName } = useNames();
  return (
    <tr aria-selected={open} data-account={account.account}>
      <td data-user-data>
        <Button size="small" aria-expanded={open} onClick={onOpen}>
          {account.name}
        </Button>
      </td>
      <td>{told(account, "role", language)}</td>
      <td>{account.person === "" ? w.nobody : personName(account.person)}</td>
      <td className="wk-number">{account.sign_ins}</td>
      <td className="wk-number">{account.tokens}</td>
      <td>{account.used_at !== null && <time dateTime={account.used_at}>{dateTime(account.used_at, zone)}</time>}</td>
      <td>
        {account.disabled_at === null ? w.inUse : `${w.disabledAt} ${dateTime(account.disabled_at, zone)}`}
        {!account.has_password && ` · ${w.noPassword}`}
      </td>
    </tr>
  );
}
