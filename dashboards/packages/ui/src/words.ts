/** Words in two languages. A room keeps its own next to its code; the type check holds both to the same keys. */
import { createContext, useContext } from "react";

export type Language = "zh" | "en";
export const LANGUAGES: readonly Language[] = ["zh", "en"];

type Word = string | ((...given: never[]) => string);
type Same<T> = { readonly [K in keyof T]: T[K] extends (...given: infer A) => string ? (...given: A) => string : string };
export type Words<T> = Readonly<Record<Language, Same<T>>>;

/** A dictionary: the English one has the Chinese one's keys, and takes the same arguments. */
export function words<const T extends Readonly<Record<string, Word>>>(zh: T, en: Same<T>): Words<T> {
  return { zh: zh as unknown as Same<T>, en };
}

export const LanguageContext = createContext<Language>("zh");

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** A room's words in the language that is in use. */
export function useWords<T>(table: Words<T>): Same<T> {
  return table[useLanguage()];
}

/** Of what the hub names in both languages, the one in use: `name_zh` and `name_en` by `told(place, "name", language)`. */
export function told<N extends string>(row: { readonly [K in `${N}_${Language}`]: string }, name: N, language: Language): string {
  return row[`${name}_${language}`];
}
