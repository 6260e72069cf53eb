/** What fields of entries are called, and how their values are told. One without a row is shown as it stands on the log. Pure. */
import { type Language, words } from "@watchkeeper/ui";

export const fields = words(
  {
    role: "角色",
    disabled: "停用",
    password: "密码",
    person: "对应人员",
    kind: "种类",
    label: "用途",
    session: "登录编号",
    from: "来自",
    how: "方式",
    expires: "到期",
    until: "到",
    state: "状态",
    alarm: "报警状态",
    priority: "级别",
    place: "位置",
    device: "设备",
    detector: "报警种类",
    action: "动作",
    outcome: "结果",
    post: "岗位",
    note: "备注",
    guard: "人员",
    cause: "原因分类",
    limit: "条数",
    filter: "筛选",
    epoch: "恢复次数",
  },
  {
    role: "role",
    disabled: "disabled",
    password: "password",
    person: "stands for",
    kind: "kind",
    label: "what for",
    session: "sign-in",
    from: "from",
    how: "by",
    expires: "ends",
    until: "until",
    state: "state",
    alarm: "alarm",
    priority: "priority",
    place: "place",
    device: "device",
    detector: "kind of alarm",
    action: "action",
    outcome: "outcome",
    post: "post",
    note: "note",
    guard: "guard",
    cause: "cause",
    limit: "entries",
    filter: "filter",
    epoch: "restores",
  },
);

const OF_TIME = "_us";
const WORDS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  true: { zh: "是", en: "yes" },
  false: { zh: "否", en: "no" },
};

/** The field's name, each part of it by its word: `filter.actor` is told by two. */
export function fieldWord(w: Readonly<Record<string, string>>, field: string): string {
  const word = (part: string) => w[part.endsWith(OF_TIME) ? part.slice(0, -OF_TIME.length) : part] ?? part;
  return field.split(".").map(word).join(" · ");
}

/** The value: a moment as the estate's clocks show it (`_us`: microseconds since 1970), yes and no in words. */
export function valueText(field: string, text: string, language: Language, shown: (iso: string) => string): string {
  if (field.endsWith(OF_TIME) && /^\d+$/.test(text)) return shown(new Date(Number(text) / 1_000).toISOString());
  return WORDS[text]?.[language] ?? text;
}
