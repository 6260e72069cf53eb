/** What stands behind a link: the question, what was answered, or why there is nothing to answer. */
import { hourMinute, told, useLanguage, useWords } from "@watchkeeper/ui";
import { useEffect, useRef } from "react";
import { type LinkView, useLink } from "./link";
import { Notice } from "./notice";
import { OwnEntry } from "./own-entry";
import { Pass } from "./pass";
import { Question } from "./question";
import { table } from "./words";

export function LinkPage({ token }: { token: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { standing, answer, again } = useLink(token);
  switch (standing.at) {
    case "loading":
      return <p role="status">{w.loading}</p>;
    case "unknown":
      return <Notice title={w.unknown} more={w.unknownMore} />;
    case "expired":
      return <Notice title={w.expired} more={w.expiredMore} />;
    case "away":
      return <Notice title={w.away} why={standing.why[language]} more={w.awayMore} retry={w.retry} onRetry={again} />;
    case "unsure":
      return <Notice title={w.unsure} why={standing.why[language]} more={w.unsureMore} retry={w.retry} onRetry={again} />;
    case "shown":
      return (
        <>
          <p className="wr-site">{told(standing.view, "site", language)}</p>
          {standing.view.open ? (
            <Question
              view={standing.view}
              untilMs={standing.untilMs}
              sending={standing.sending}
              onAnswer={answer}
              onOver={again}
            />
          ) : (
            <Answered view={standing.view} differs={standing.chosen !== null && standing.chosen !== standing.view.answer} />
          )}
          {standing.view.has_pass && <Pass token={token} view={standing.view} />}
          {standing.view.can_register && <OwnEntry token={token} />}
          <p className="wr-small">{w.link}</p>
        </>
      );
  }
}

/** What the hub has on record; the same whenever it is looked at, and from whichever phone. */
function Answered({ view, differs }: { view: LinkView; differs: boolean }) {
  const w = useWords(table);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const at = view.answered_at === null ? "" : hourMinute(view.answered_at, view.timezone);
  const title = view.answer === "yes" ? w.saidYes(at) : view.answer === "no" ? w.saidNo(at) : w.over;
  const next = { visit: { yes: w.guardYes, no: w.guardNo, "": "" }, delivery: { yes: w.carryYes, no: w.carryNo, "": "" } };
  return (
    <section>
      <h1 ref={heading} tabIndex={-1} data-answer={view.answer}>
        {title}
      </h1>
      {differs && <p role="alert">{w.otherwise}</p>}
      <p>{next[view.question][view.answer]}</p>
      <Facts view={view} />
    </section>
  );
}

/** What is asked about, as far as the hub shows it. */
export function Facts({ view }: { view: LinkView }) {
  const w = useWords(table);
  const language = useLanguage();
  const visit = view.question === "visit";
  const rows: [string, string, boolean][] = [
    [w.who, view.name, true],
    [w.kind, told(view, "kind", language), false],
    [w.plate, view.plate, true],
    [visit ? w.reason : w.company, view.reason, true],
    [w.parcels, view.parcels > 0 ? String(view.parcels) : "", false],
    [visit ? w.room : w.door, view.room, true],
    [w.asked, hourMinute(view.asked_at, view.timezone), false],
    [w.state, told(view, "state", language), false],
  ];
  return (
    <dl>
      {rows
        .filter(([, value]) => value !== "")
        .map(([name, value, users]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-user-data={users ? "" : undefined}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
