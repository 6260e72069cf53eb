import { words } from "@watchkeeper/ui";

export const table = words(
  {
    checkIn: "查岗",
    left: "剩余",
    answer: "应答",
    noPerson: "本账号未对应人员，不能应答：请管理员在账号中填写人员",
    missed: (post: string, at: string) => `查岗未应答：${post}，截止 ${at}`,
    escalated: (n: number) => `已升级至第 ${n} 级`,
    notEscalated: "已报事件，尚未升级",
    incident: (no: number) => `查看事件 #${no}`,
    notCounted: "已记录，但不算应答：",
    answered: "已应答",
  },
  {
    checkIn: "Check-in",
    left: "left",
    answer: "Answer",
    noPerson: "This account stands for nobody of the staff and cannot answer: an administrator names its person",
    missed: (post, at) => `Check-in missed: ${post}, it ended at ${at}`,
    escalated: (n) => `escalated to level ${n}`,
    notEscalated: "an incident was raised, not escalated yet",
    incident: (no) => `See incident #${no}`,
    notCounted: "On record, but it does not count: ",
    answered: "Answered",
  },
);
