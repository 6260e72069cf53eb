/** 账号与采集端: who may sign in and who has, which agents are believed, and whether the hub itself does its work. */
import { useWords } from "@watchkeeper/ui";
import { Views } from "../../parts/views";
import { AccountsView } from "./accounts";
import { AgentsView } from "./agents-view";
import { OwnView } from "./own";
import { StatusView } from "./status";
import { table } from "./words";

export default function People() {
  const w = useWords(table);
  const views = [
    { path: "", name: w.v_accounts, page: AccountsView },
    { path: "agents", name: w.v_agents, page: AgentsView },
    { path: "status", name: w.v_status, page: StatusView },
    { path: "own", name: w.v_own, page: OwnView },
  ];
  return <Views room="people" label={w.room} views={views} />;
}
