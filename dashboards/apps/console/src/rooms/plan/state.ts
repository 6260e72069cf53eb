/** A device's state in a word, as the hub tells it. Nothing here guesses. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import type { Thing } from "./layout";
import { table } from "./words";

/** Empty for a phone, which has none. What is abnormal has an exclamation mark, as on the picture. */
export function useStateWord({ condition, reportedUpTo }: Thing): string {
  const w = useWords(table);
  const language = useLanguage();
  if (condition === null) return "";
  if (condition.name === "unknown" && reportedUpTo === null) return w.unheard;
  const word = language === "zh" ? condition.zh : condition.en;
  return condition.abnormal ? `! ${word}` : word;
}
