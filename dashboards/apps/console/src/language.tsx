/** The language of this browser: Chinese unless somebody has chosen. */
import { type Language, LanguageContext } from "@watchkeeper/ui";
import { ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { theme } from "./theme";

const KEPT = "watchkeeper:language";
const SetLanguage = createContext<(language: Language) => void>(() => undefined);

export function LanguageProvider({ nonce, children }: { nonce: string; children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => (localStorage.getItem(KEPT) === "en" ? "en" : "zh"));
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    localStorage.setItem(KEPT, language);
  }, [language]);
  return (
    <SetLanguage value={setLanguage}>
      <LanguageContext value={language}>
        <ConfigProvider
          locale={language === "zh" ? zhCN : enUS}
          theme={theme}
          button={{ autoInsertSpace: false }}
          csp={{ nonce }}
        >
          {children}
        </ConfigProvider>
      </LanguageContext>
    </SetLanguage>
  );
}

export function useSetLanguage(): (language: Language) => void {
  return useContext(SetLanguage);
}
