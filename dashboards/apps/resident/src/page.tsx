/** The frame of the page: the language and the size of the text, each remembered. */
import { type Language, LanguageContext, useWords } from "@watchkeeper/ui";
import { type ReactNode, useEffect, useState } from "react";
import { keep, recall } from "./keep";
import { table } from "./words";

const LANGUAGE = "watchkeeper:language";
const ELDER = "watchkeeper:elder";
const local = () => window.localStorage;

/** What was chosen here, else the browser's: Chinese for whoever reads it. */
function firstLanguage(): Language {
  const chosen = recall(local, LANGUAGE);
  if (chosen === "zh" || chosen === "en") return chosen;
  return /^(zh|$)/i.test(navigator.language) ? "zh" : "en";
}

export function Page({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [elder, setElder] = useState(() => recall(local, ELDER) === "yes");
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset.elder = elder ? "yes" : "no";
  }, [language, elder]);
  const chooseLanguage = (next: Language) => {
    setLanguage(next);
    keep(local, LANGUAGE, next);
  };
  const chooseElder = (next: boolean) => {
    setElder(next);
    keep(local, ELDER, next ? "yes" : "no");
  };
  return (
    <LanguageContext value={language}>
      <Switches language={language} onLanguage={chooseLanguage} elder={elder} onElder={chooseElder} />
      <main>{children}</main>
    </LanguageContext>
  );
}

function Switches(props: {
  language: Language;
  onLanguage: (next: Language) => void;
  elder: boolean;
  onElder: (next: boolean) => void;
}) {
  const w = useWords(table);
  const other = props.language === "zh" ? "en" : "zh";
  return (
    <header>
      <button type="button" onClick={() => props.onElder(!props.elder)}>
        {props.elder ? w.standard : w.elder}
      </button>
      <button type="button" lang={other === "zh" ? "zh-CN" : "en"} onClick={() => props.onLanguage(other)}>
        {other === "zh" ? "中文" : "English"}
      </button>
    </header>
  );
}
