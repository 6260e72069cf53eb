/** Tables as files: which kinds there are, what their columns are called, and a template for each. */
import type { EstateOutcome, EstateWrong } from "@watchkeeper/api";

export const IMPORTED = ["devices", "places", "staff", "routes", "phones"] as const;
export type Imported = (typeof IMPORTED)[number];

/** What the hub takes a column for in Chinese as well. */
export const HEADINGS: Readonly<Record<string, string>> = {
  id: "编号",
  kind: "类型",
  place: "位置",
  agent: "采集端",
  name_zh: "名称",
  name_en: "英文名称",
  opens: "开启",
  watches: "监视位置",
  options: "参数",
  floor: "楼层",
  x: "横坐标",
  y: "纵坐标",
  parent: "上级位置",
  place_class: "位置类别",
  post: "岗位",
  duty: "任务",
  places: "途经位置",
  sources: "凭证来源",
  order: "顺序",
};
/** So that Excel takes the file for UTF-8. */
const MARK = "﻿";

/** From an export: its heading, in the language, and its first row as an example. Importing it unchanged changes nothing. */
export function templateOf(exported: string, chinese: boolean): string {
  const [head = "", example = ""] = exported.replace(MARK, "").split(/\r?\n/);
  const named = head.split(",").map((column) => (chinese ? (HEADINGS[column.trim()] ?? column) : column));
  return `${MARK}${named.join(",")}\r\n${example === "" ? "" : `${example}\r\n`}`;
}

/** What a column is called in the language, with the name that always counts. */
export function columnName(column: string, language: "zh" | "en"): string {
  const chinese = language === "zh" ? HEADINGS[column] : undefined;
  return chinese === undefined ? column : `${chinese} ${column}`;
}

/** Errors in the order of the table's rows; those of no row first. */
export function inOrder(errors: readonly EstateWrong[]): readonly EstateWrong[] {
  return [...errors].sort((one, other) => (one.row ?? 0) - (other.row ?? 0) || one.column.localeCompare(other.column));
}

/** Whether putting it in force would do anything. */
export function doesSomething(outcome: EstateOutcome): boolean {
  return outcome.good && outcome.changes.length > 0;
}

/** The body's type by the file's name: the hub looks at what it holds, and only has to be told that it is a table. */
export function typeOf(name: string): string {
  return /\.ya?ml$/i.test(name) ? "application/yaml" : "text/csv";
}
