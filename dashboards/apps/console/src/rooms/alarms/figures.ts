/** The figures of alarms as people read them. What is not known is not good. Pure. */
import type { Figure } from "@watchkeeper/api";
import { duration, type Language, told } from "@watchkeeper/ui";

export const UNKNOWN: Readonly<Record<Language, string>> = { zh: "无数据", en: "no data" };
const OF_SECONDS = "_s";

/** The value with its unit; of seconds a duration that people can read. */
export function figureText(figure: Figure, language: Language): string {
  if (figure.value === null) return UNKNOWN[language];
  if (figure.name.endsWith(OF_SECONDS)) return secondsText(Number(figure.value), language);
  const unit = told(figure, "unit", language);
  return unit === "" ? figure.value : `${figure.value} ${unit}`;
}

function secondsText(seconds: number, language: Language): string {
  return seconds < 60 ? `${seconds} ${language === "zh" ? "秒" : "s"}` : duration(seconds, language);
}

/** Which figures stand together. */
const GROUPS = {
  rate: ["alarms", "rate_average", "rate_peak"],
  flood: ["floods", "flood_s", "flood_percent"],
  ack: ["ack_median_s", "ack_p95_s", "ack_longest_s", "unacknowledged"],
} as const;
export type Group = keyof typeof GROUPS | "state";

/** The figures by what they are about, each once; one that no group names stands in the last. */
export function grouped(figures: readonly Figure[]): [Group, Figure[]][] {
  const named = Object.entries(GROUPS) as [Group, readonly string[]][];
  const groupOf = (figure: Figure): Group => named.find(([, names]) => names.includes(figure.name))?.[0] ?? "state";
  const all: Group[] = ["rate", "flood", "ack", "state"];
  return all.map((group) => [group, figures.filter((figure) => groupOf(figure) === group)]);
}
