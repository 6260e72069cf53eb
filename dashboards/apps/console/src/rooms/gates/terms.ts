/** What gates decide by and why, in words: the reasons of the contract, the media, and what explains an opening. */
import { words } from "@watchkeeper/ui";

export const reasons = words(
  {
    permit: "有权限",
    leaving: "出门免验",
    soft_passback: "同侧重复使用，仅提示",
    terminal: "人脸机自行判定",
    terminal_remote: "在人脸机上远程开门",
    no_table: "采集端还没有权限表",
    unknown_card: "未登记的凭证",
    revoked: "凭证已注销",
    lost: "凭证已挂失",
    replaced: "凭证已换发",
    suspended: "凭证已停用",
    not_yet: "未到生效时间",
    expired: "已过期",
    not_here: "无此门权限",
    outside_hours: "不在允许时段",
    calendar_ended: "时段表已到期",
    no_clock: "采集端不知道时间",
    passback: "同侧重复使用",
    space_taken: "车位已占满",
    used_up: "次数已用完",
    second_factor: "还需第二种凭证",
    too_many_tries: "多次输错密码",
    wrong_medium: "此处不接受这种凭证",
    unreadable_plate: "车牌无法识别",
    doubtful_plate: "车牌识别把握不足",
    odd_plate: "车牌不合规则",
  },
  {
    permit: "permit",
    leaving: "may leave freely",
    soft_passback: "used twice from the same side, noted only",
    terminal: "the face terminal's own decision",
    terminal_remote: "opened remotely at the face terminal",
    no_table: "the agent has no table of permits yet",
    unknown_card: "credential not known",
    revoked: "credential revoked",
    lost: "credential reported lost",
    replaced: "credential replaced",
    suspended: "credential suspended",
    not_yet: "not valid yet",
    expired: "expired",
    not_here: "no right at this gate",
    outside_hours: "outside the permitted hours",
    calendar_ended: "its calendar has run out",
    no_clock: "the agent does not know the time",
    passback: "used twice from the same side",
    space_taken: "its parking spaces are taken",
    used_up: "all its uses are used up",
    second_factor: "a second credential is needed",
    too_many_tries: "too many wrong PINs",
    wrong_medium: "not a kind of credential for this gate",
    unreadable_plate: "plate unreadable",
    doubtful_plate: "plate read with too little certainty",
    odd_plate: "no regular plate",
  },
);

/** Why a decision fell as it did; the hub's own name for it where it has no word here. */
export function reasonWord(w: Readonly<Record<string, string>>, reason: string, granted: boolean): string {
  return (granted && w[`soft_${reason}`]) || w[reason] || reason;
}

/** In the order in which the reconciliation has its columns. */
export const EXPLANATIONS = ["plate", "card", "qr", "pin", "face", "command", "button", "loop", "fire"] as const;

export const explanations = words(
  {
    plate: "车牌",
    card: "门卡",
    qr: "二维码",
    pin: "密码",
    face: "人脸",
    command: "手动",
    button: "出门按钮",
    loop: "地感放行",
    fire: "消防",
  },
  {
    plate: "plate",
    card: "card",
    qr: "QR code",
    pin: "PIN",
    face: "face",
    command: "by hand",
    button: "exit button",
    loop: "free exit",
    fire: "fire",
  },
);

export function explanationWord(w: Readonly<Record<string, string>>, name: string): string {
  return w[name] ?? name;
}
