/** Rules as text, one a line, and back. Pure. */
import type { TruckRule } from "@watchkeeper/api";

/** The lines in one language. */
export function textOf(lines: readonly TruckRule[], language: "zh" | "en"): string {
  return lines.map((line) => line[language] ?? "").join("\n");
}

/** The rules of two texts; null: there is none in Chinese, or the English ones are more. Lines without Chinese are left out where
 * the English one is empty as well. */
export function linesOf(zh: string, en: string): readonly TruckRule[] | null {
  const [first, second] = [zh.split("\n"), en.split("\n")];
  const count = Math.max(first.length, second.length);
  const all = Array.from({ length: count }, (_, at) => ({ zh: (first[at] ?? "").trim(), en: (second[at] ?? "").trim() }));
  const lines = all.filter((line) => line.zh !== "" || line.en !== "");
  return lines.length === 0 || lines.some((line) => line.zh === "") ? null : lines;
}
