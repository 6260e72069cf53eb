/** The question, and the answer in two steps: a tap that was not meant answers nothing. */
import { clockTime, duration, useLanguage, useWords } from "@watchkeeper/ui";
import { useEffect, useRef, useState } from "react";
import { type Answer, type LinkView, useSecondsLeft } from "./link";
import { Facts } from "./link-page";
import { table } from "./words";

/** A second tap of the same finger does not count as the confirmation. */
const ARMED_AFTER_MS = 700;

interface Asked {
  view: LinkView;
  untilMs: number;
  sending: boolean;
  onAnswer: (answer: Answer) => void;
  onOver: () => void;
}

export function Question({ view, untilMs, sending, onAnswer, onOver }: Asked) {
  const w = useWords(table);
  const language = useLanguage();
  const left = useSecondsLeft(untilMs, onOver);
  const [chosen, setChosen] = useState<Answer | null>(null);
  const until = clockTime(view.expires_at, view.timezone).slice(0, 5);
  return (
    <section>
      <h1>{view.question === "visit" ? w.visit : w.delivery}</h1>
      <Facts view={view} />
      <p className="wr-left" role="timer">
        {w.left} <b>{duration(left, language)}</b>
        <br />
        {w.until(until)}
      </p>
      {chosen === null ? (
        <div className="wr-choice">
          <button type="button" className="wr-main" disabled={left === 0} onClick={() => setChosen("yes")}>
            {w.yes}
          </button>
          <button type="button" disabled={left === 0} onClick={() => setChosen("no")}>
            {w.no}
          </button>
        </div>
      ) : (
        <Confirm chosen={chosen} sending={sending} over={left === 0} onBack={() => setChosen(null)} onSure={onAnswer} />
      )}
    </section>
  );
}

interface Sure {
  chosen: Answer;
  sending: boolean;
  over: boolean;
  onBack: () => void;
  onSure: (answer: Answer) => void;
}

/** The way back stands where the finger has just been. */
function Confirm({ chosen, sending, over, onBack, onSure }: Sure) {
  const w = useWords(table);
  const [armed, setArmed] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    const timer = window.setTimeout(() => setArmed(true), ARMED_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);
  const yes = chosen === "yes";
  return (
    <div className="wr-choice wr-confirm">
      <h2 ref={heading} tabIndex={-1}>
        {yes ? w.sureYes : w.sureNo}
      </h2>
      <button type="button" disabled={sending} onClick={onBack}>
        {w.back}
      </button>
      <button type="button" className="wr-main" disabled={!armed || sending || over} onClick={() => onSure(chosen)}>
        {sending ? w.sending : yes ? w.confirmYes : w.confirmNo}
      </button>
    </div>
  );
}
