/** What the hub said of the working copy: its mistakes, each with the way to its row, or what follows from the changes. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { HERE } from "./here";
import type { Mistake } from "./mistakes";
import { table } from "./words";
import { type Checked, useWork } from "./working";

const SHOWN_MAX = 100;

export function CheckPanel() {
  const language = useLanguage();
  const { checked, refusal } = useWork();
  const [closed, setClosed] = useState<Checked | null>(null);
  const told = refusal !== null && refusal.code !== "wrong_estate" && refusal.code !== "changed_meanwhile";
  return (
    <>
      {told && <Alert type="error" role="alert" title={refusal[language]} />}
      {checked !== null && checked !== closed && <Panel checked={checked} onClose={() => setClosed(checked)} />}
    </>
  );
}

function Panel({ checked, onClose }: { checked: Checked; onClose: () => void }) {
  const w = useWords(table);
  const { document } = useWork();
  const { mistakes, outcome } = checked;
  return (
    <section className="wk-estate-check" aria-label={w.check}>
      <header>
        {mistakes.length === 0 ? (
          <b role="status">{w.good}</b>
        ) : (
          <b role="alert" data-abnormal>{`! ${w.wrong(mistakes.length)}`}</b>
        )}
        {checked.of !== document && <span className="wk-quiet">{w.stale}</span>}
        <Button size="small" onClick={onClose}>
          {w.close}
        </Button>
      </header>
      {mistakes.length > 0 && <Mistakes mistakes={mistakes} />}
      {outcome?.good === true && <Consequences texts={outcome.consequences} />}
    </section>
  );
}

/** The list, with a way to each row. */
export function Mistakes({ mistakes }: { mistakes: readonly Mistake[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const way = ({ kind, id }: Mistake) => {
    if (kind === "estate") return `${HERE}/site`;
    return `${HERE}/${kind === "floors" ? "site" : kind}?row=${encodeURIComponent(id)}`;
  };
  const field = (one: string) => String((w as Readonly<Record<string, unknown>>)[`f_${one}`] ?? one);
  return (
    <ul className="wk-estate-list">
      {mistakes.slice(0, SHOWN_MAX).map((one) => (
        <li key={`${one.at}/${one.en}`} data-mistake={`${one.kind}/${one.id}`}>
          <b>
            {w[`one_${one.kind}`]} {one.id}
            {one.field !== "" && ` · ${field(one.field)}`}
          </b>{" "}
          <span>{one[language]}</span> <Link to={way(one)}>{w.go}</Link>
        </li>
      ))}
      {mistakes.length > SHOWN_MAX && <li>{w.more(mistakes.length - SHOWN_MAX)}</li>}
    </ul>
  );
}

/** What follows, in the hub's words. */
export function Consequences({ texts }: { texts: readonly { text_zh: string; text_en: string }[] }) {
  const w = useWords(table);
  const language = useLanguage();
  if (texts.length === 0) return <p className="wk-quiet">{w.noConsequences}</p>;
  return (
    <>
      <h3>{w.consequences}</h3>
      <ul className="wk-estate-list">
        {texts.map((one) => (
          <li key={one.text_en}>{one[`text_${language}`]}</li>
        ))}
      </ul>
    </>
  );
}
