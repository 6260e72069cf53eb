/** The driving and working rules: shown, read out to the driver, and acknowledged; those in charge edit them. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type TruckRule } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useVisitRules } from "./data";
import { hourOf } from "./form";
import { linesOf, textOf } from "./rule-text";
import { table } from "./words";

const CLAUSE = "VEH-4";

/** The rules' lines; the hours are the policy's. */
function useLines(rules: readonly TruckRule[]): readonly string[] {
  const w = useWords(table);
  const language = useLanguage();
  const policy = useQuery({ queryKey: ["policy"], queryFn: () => ask("GET /policy") }).data;
  const numbers = policy?.clauses.find((clause) => clause.id === CLAUSE)?.numbers;
  const { hours_from_s: from, hours_until_s: until } = numbers ?? {};
  const hours = from === undefined || until === undefined ? [] : [w.rulesHours(hourOf(from), hourOf(until))];
  return [...hours, ...rules.map((line) => (language === "en" && line.en ? line.en : line.zh))];
}

/** `told`: the version that was acknowledged; empty: none was. */
export function Rules({ told, onTold }: { told: string; onTold: (version: string) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const rules = useVisitRules().data?.now;
  const lines = useLines(rules?.lines ?? []);
  if (rules === undefined) return null;
  const readOut = () => {
    speechSynthesis.cancel();
    const speech = new SpeechSynthesisUtterance(lines.join("\n"));
    speech.lang = language === "zh" ? "zh-CN" : "en-GB";
    speechSynthesis.speak(speech);
  };
  return (
    <section className="wk-card wk-truck-rules" aria-label={w.rulesTitle} data-rules={rules.version}>
      <h3>
        {w.rulesTitle} {"speechSynthesis" in window && <Button onClick={readOut}>{w.readOut}</Button>}
      </h3>
      <ol data-user-data>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
      <p className="wk-quiet">{w.rulesVersion(rules.version)}</p>
      <label>
        <input
          type="checkbox"
          checked={told === rules.version}
          onChange={(event) => onTold(event.target.checked ? rules.version : "")}
        />{" "}
        {w.toldRules}
      </label>
    </section>
  );
}

/** One rule a line, in each language. */
export function RulesEdit() {
  const w = useWords(table);
  const queries = useQueryClient();
  const sending = useSending();
  const id = useId();
  const rules = useVisitRules().data?.now;
  const [edited, setEdited] = useState<{ seen: string; zh: string; en: string } | null>(null);
  if (rules === undefined) return null;
  const shown = edited ?? { seen: rules.version, zh: textOf(rules.lines, "zh"), en: textOf(rules.lines, "en") };
  const lines = linesOf(shown.zh, shown.en);
  const save = async () => {
    if (lines === null) return;
    const isDone = await sending.send(async () => {
      await ask("PUT /visit-rules", { body: { seen: shown.seen, lines: [...lines] } });
      await queries.invalidateQueries({ queryKey: ["visit-places"] });
      return w.saved;
    });
    if (isDone) setEdited(null);
  };
  return (
    <section aria-label={w.rulesEdit} data-setting="rules">
      <h2>{w.rulesEdit}</h2>
      <p className="wk-quiet">{w.rulesEditNote(rules.version)}</p>
      <form
        className="wk-fields"
        aria-label={w.rulesEdit}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {(["zh", "en"] as const).map((language) => (
          <label key={language} htmlFor={`${id}-${language}`} data-user-data>
            {w[`rules_${language}`]}
            <Input.TextArea
              id={`${id}-${language}`}
              rows={8}
              value={shown[language]}
              onChange={(event) => setEdited({ ...shown, [language]: event.target.value })}
            />
          </label>
        ))}
        <Button type="primary" htmlType="submit" disabled={edited === null || lines === null} loading={sending.busy}>
          {w.rulesSave}
        </Button>
        {edited !== null && <Button onClick={() => setEdited(null)}>{w.rulesDrop}</Button>}
        <Said sending={sending} />
      </form>
    </section>
  );
}
