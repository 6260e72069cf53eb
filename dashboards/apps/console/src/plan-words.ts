/** Words of emergency plans that several rooms use: who is told, by which means, who does a step. */
import type { CallModel, StepModel, ToldView } from "@watchkeeper/api";
import { words } from "@watchkeeper/ui";

export type Whom = CallModel["whom"];
export type Means = ToldView["means"];
export type DoneBy = NonNullable<StepModel["done_by"]>;

export const WHOM: readonly Whom[] = [
  "superior",
  "police",
  "fire",
  "medical",
  "utilities",
  "property_office",
  "residents_committee",
  "lift_company",
  "other",
];
export const MEANS: readonly Means[] = ["phone", "radio", "in_person", "message"];
export const DONE_BY: readonly DoneBy[] = ["", "acknowledged", "dispatched", "arrived"];
export const POSTS = ["monitor", "guard", "shift-leader", "manager", "repair", "cleaner", "desk", "quality", "head"] as const;

export const whomWords = words(
  {
    superior: "上级",
    police: "公安 110",
    fire: "消防 119",
    medical: "急救 120",
    utilities: "供水供电供气单位",
    property_office: "物业主管部门",
    residents_committee: "居委会、业委会",
    lift_company: "电梯维保单位",
    other: "其他",
  },
  {
    superior: "Superiors",
    police: "Police 110",
    fire: "Fire brigade 119",
    medical: "Ambulance 120",
    utilities: "Water, power or gas company",
    property_office: "Housing authority",
    residents_committee: "Residents' committee",
    lift_company: "Lift maintenance company",
    other: "Others",
  },
);

export const meansWords = words(
  { phone: "电话", radio: "对讲机", in_person: "当面", message: "信息" },
  { phone: "Phone", radio: "Radio", in_person: "In person", message: "Message" },
);

export const doneByWords = words(
  { none: "人工勾选", acknowledged: "确认事件时", dispatched: "派人时", arrived: "到场时" },
  {
    none: "by people",
    acknowledged: "when acknowledged",
    dispatched: "when somebody is sent",
    arrived: "when somebody arrives",
  },
);

export const postWords = words(
  {
    monitor: "监控员",
    guard: "保安",
    "shift-leader": "班长",
    manager: "项目负责人",
    repair: "维修工",
    cleaner: "保洁员",
    desk: "客服",
    quality: "品质督查",
    head: "部门主管",
  },
  {
    monitor: "Monitoring room",
    guard: "Guard",
    "shift-leader": "Shift leader",
    manager: "Manager",
    repair: "Repair",
    cleaner: "Cleaner",
    desk: "Service desk",
    quality: "Quality group",
    head: "Head of department",
  },
);

/** What starts a plan by itself: what is found, and what of it is asked. The policy may name others. */
export const startWords = words(
  {
    fire_input: "火警",
    alarm_input: "报警",
    panic: "紧急求助",
    guard_silent: "值班人员失联",
    observation: "巡查发现",
    measurement_over_threshold: "读数越限",
    device_silent: "设备失联",
    agent_silent: "采集端失联",
    door_forced: "强行开门",
    panel_fault: "报警主机故障",
    tamper: "设备被拆",
    name: "部位",
    category: "类别",
    quantity: "读数",
  },
  {
    fire_input: "Fire alarm",
    alarm_input: "Alarm",
    panic: "Call for help",
    guard_silent: "Lone guard silent",
    observation: "Observation",
    measurement_over_threshold: "Reading beyond its threshold",
    device_silent: "Device out of reach",
    agent_silent: "Agent silent",
    door_forced: "Door forced",
    panel_fault: "Panel fault",
    tamper: "Tamper",
    name: "part",
    category: "category",
    quantity: "reading",
  },
);
