/** A device's state in a word, as far as the hub knows it. What was never heard is unknown. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import type { Thing } from "./layout";
import { table } from "./words";

/** Empty: nothing is known but that it has reported. */
export function useStateWord(thing: Thing): string {
  const w = useWords(table);
  const language = useLanguage();
  if (thing.kind === "phone") return "";
  if (thing.condition === null) return thing.reportedUpTo === null ? w.unheard : "";
  const word = language === "zh" ? thing.condition.zh : thing.condition.en;
  return thing.condition.abnormal ? `! ${word}` : word;
}
