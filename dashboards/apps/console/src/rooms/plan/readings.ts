/** What a device said, in words: the kind of reading, and of its values those that a person asks for. */
import { words } from "@watchkeeper/ui";

export const readingWords = words(
  {
    card_read: "刷卡",
    access_decided: "通行判定",
    reader_channel: "读卡器信道",
    exit_requested: "出门按钮",
    door_contact: "门磁",
    tamper_contact: "防拆",
    alarm_input: "报警输入",
    fire_input: "火警输入",
    panel_fault: "主机故障",
    panel_event: "主机事件",
    barrier_state: "道闸位置",
    arm_state: "闸杆",
    loop_state: "地感",
    beam_state: "对射",
    camera_link: "摄像机连接",
    picture_dark: "画面过暗",
    picture_frozen: "画面冻结",
    snapshot_taken: "抓拍",
    object_seen: "识别到目标",
    tag_scanned: "巡更点",
    wand_read: "巡更棒读取",
    observed: "巡查记录",
    guard_sign: "活动信号",
    lone_watch: "单人看护",
    panic_pressed: "求助",
    measurement: "测量",
    device_link: "设备连接",
    bad_bytes: "无法识别的数据",
    command_done: "指令结果",
    yes: "是",
    no: "否",
    open: "开",
    closed: "关",
    moving: "动作中",
    unknown: "不明",
    active: "触发",
    calm: "恢复",
    granted: "放行",
    refused: "拒绝",
    up: "接通",
    down: "断开",
    attached: "在位",
    off: "脱落",
    occupied: "有车",
    free: "无车",
    blocked: "遮挡",
    clear: "畅通",
    done: "已执行",
    failed: "失败",
    secure: "加密可信",
    plain: "明文",
    install: "安装中",
  },
  {
    card_read: "card",
    access_decided: "access",
    reader_channel: "reader's channel",
    exit_requested: "exit button",
    door_contact: "door contact",
    tamper_contact: "housing",
    alarm_input: "alarm input",
    fire_input: "fire input",
    panel_fault: "panel fault",
    panel_event: "panel event",
    barrier_state: "barrier",
    arm_state: "arm",
    loop_state: "loop",
    beam_state: "beam",
    camera_link: "camera's link",
    picture_dark: "dark picture",
    picture_frozen: "frozen picture",
    snapshot_taken: "picture taken",
    object_seen: "object seen",
    tag_scanned: "checkpoint",
    wand_read: "wand read out",
    observed: "observation",
    guard_sign: "sign of life",
    lone_watch: "works alone",
    panic_pressed: "call for help",
    measurement: "measurement",
    device_link: "device's link",
    bad_bytes: "unreadable bytes",
    command_done: "command",
    yes: "yes",
    no: "no",
    open: "open",
    closed: "closed",
    moving: "moving",
    unknown: "unknown",
    active: "active",
    calm: "calm again",
    granted: "let through",
    refused: "refused",
    up: "up",
    down: "lost",
    attached: "in place",
    off: "knocked off",
    occupied: "occupied",
    free: "free",
    blocked: "blocked",
    clear: "clear",
    done: "done",
    failed: "failed",
    secure: "secure",
    plain: "plain",
    install: "being installed",
  },
);

type Word = keyof typeof readingWords.zh;
/** The field that tells the state, and the words for true and false. */
const STATES: readonly (readonly [string, Word, Word])[] = [
  ["open", "open", "closed"],
  ["active", "active", "calm"],
  ["granted", "granted", "refused"],
  ["attached", "attached", "off"],
  ["occupied", "occupied", "free"],
  ["blocked", "blocked", "clear"],
  ["connected", "up", "down"],
  ["up", "up", "down"],
  ["on", "yes", "no"],
];
const WORD_FIELDS = ["position", "outcome", "state"] as const;

/** A reading in a few words: `门磁 · 开`, `测量 · 2.4 l/min`. */
export function said(kind: string, reading: Readonly<Record<string, unknown>>, w: Readonly<Record<Word, string>>): string {
  return [w[kind as Word] ?? kind, ...valuesOf(reading, w)].join(" · ");
}

function valuesOf(reading: Readonly<Record<string, unknown>>, w: Readonly<Record<Word, string>>): readonly string[] {
  const found: string[] = [];
  for (const [field, yes, no] of STATES) if (typeof reading[field] === "boolean") found.push(w[reading[field] ? yes : no]);
  for (const field of WORD_FIELDS)
    if (typeof reading[field] === "string") found.push(w[reading[field] as Word] ?? reading[field]);
  if (typeof reading.value === "number") found.push(`${Number(reading.value.toFixed(2))} ${String(reading.unit ?? "")}`.trim());
  for (const field of ["label", "code", "name"]) {
    if (typeof reading[field] === "string" && reading[field] !== "") found.push(reading[field]);
  }
  return found;
}
