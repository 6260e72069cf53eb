/** The driving and working rules: shown, read out to the driver, and acknowledged. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { hourOf } from "./form";
import { table } from "./words";

/** Of the texts below: a new one whenever a rule changes, so that the record says what was told. */
export const RULES_VERSION = "estate-rules-1";
const LINES = ["rulesDrive", "rulesStop", "rulesLoad", "rulesWork", "rulesDamage"] as const;
const CLAUSE = "VEH-4";

/** The rules' lines; the hours are the policy's. */
function useRules(): readonly string[] {
  const w = useWords(table);
  const policy = useQuery({ queryKey: ["policy"], queryFn: () => ask("GET /policy") }).data;
  const numbers = policy?.clauses.find((clause) => clause.id === CLAUSE)?.numbers;
  const { hours_from_s: from, hours_until_s: until } = numbers ?? {};
  const hours = from === undefined || until === undefined ? [] : [w.rulesHours(hourOf(from), hourOf(until))];
  return [...hours, ...LINES.map((line) => w[line])];
}

export function Rules({ told, onTold }: { told: boolean; onTold: (told: boolean) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const lines = useRules();
  const readOut = () => {
    speechSynthesis.cancel();
    const speech = new SpeechSynthesisUtterance(lines.join("\n"));
    speech.lang = language === "zh" ? "zh-CN" : "en-GB";
    speechSynthesis.speak(speech);
  };
  return (
    <section className="wk-card wk-truck-rules" aria-label={w.rulesTitle} data-rules>
      <h3>
        {w.rulesTitle} {"speechSynthesis" in window && <Button onClick={readOut}>{w.readOut}</Button>}
      </h3>
      <ol>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
      <p className="wk-quiet">{w.rulesVersion(RULES_VERSION)}</p>
      <label>
        <input type="checkbox" checked={told} onChange={(event) => onTold(event.target.checked)} /> {w.toldRules}
      </label>
    </section>
  );
}
