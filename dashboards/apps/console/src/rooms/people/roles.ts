/** What an account may do, as a form offers it. */
import type { NewAccount } from "@watchkeeper/api";
import { useWords, words } from "@watchkeeper/ui";

export type Role = NewAccount["role"];

const table = words(
  {
    operator: "监控员",
    shift_leader: "班长",
    guard: "保安员",
    desk: "客服",
    manager: "经理",
    administrator: "管理员",
    auditor: "审计员",
  },
  {
    operator: "operator",
    shift_leader: "shift leader",
    guard: "guard",
    desk: "service desk",
    manager: "manager",
    administrator: "administrator",
    auditor: "auditor",
  },
);

export function useRoles(): { value: Role; label: string }[] {
  const w = useWords(table);
  return (Object.keys(table.zh) as Role[]).map((value) => ({ value, label: w[value] }));
}
