/** A resident's own page: registering visitors, handing their passes on, and taking visits back. */
import type { OwnPage, OwnVisit, Refusal } from "@watchkeeper/api";
import { told, useLanguage, useWords } from "@watchkeeper/ui";
import { useEffect, useRef, useState } from "react";
import { minuteOf } from "./invite";
import { InviteForm } from "./invite-form";
import { Notice } from "./notice";
import { type OwnState, useOwn } from "./own";
import { OwnPass } from "./own-pass";
import { table } from "./own-words";

export function Own({ token }: { token: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const own = useOwn(token);
  const { standing } = own;
  switch (standing.at) {
    case "loading":
      return <p role="status">{w.loading}</p>;
    case "unknown":
      return <Notice title={w.unknown} more={w.unknownMore} />;
    case "away":
      return <Notice title={w.away} why={standing.why[language]} more={w.awayMore} retry={w.retry} onRetry={own.again} />;
    case "shown":
      return <Shown token={token} page={standing.page} busy={standing.busy} why={standing.why} own={own} />;
  }
}

interface Given {
  token: string;
  page: OwnPage;
  busy: boolean;
  why: Refusal | null;
  own: OwnState;
}

function Shown({ token, page, busy, why, own }: Given) {
  const w = useWords(table);
  const language = useLanguage();
  const made = page.visits.find((visit) => visit.id === page.made);
  const others = page.visits.filter((visit) => visit !== made);
  return (
    <>
      <p className="wr-site">{told(page, "site", language)}</p>
      {made !== undefined && <Made key={made.id} token={token} page={page} visit={made} own={own} busy={busy} />}
      <section>
        <h1>{w.title}</h1>
        <p data-user-data>{page.room}</p>
        <p>{page.left_today > 0 ? w.today(page.left_today, page.per_day) : w.full}</p>
        {page.routes.length === 0 && <p role="alert">{w.noRoutes}</p>}
        {page.left_today > 0 && page.routes.length > 0 && (
          <InviteForm token={token} page={page} busy={busy} onSend={own.register} />
        )}
        {why !== null && (
          <p role="alert" className="wr-why">
            <b>{w.failed}</b> {why.code === "network" ? w.unsure : why[language]}{" "}
            <button type="button" onClick={own.again}>
              {w.retry}
            </button>
          </p>
        )}
      </section>
      <section>
        <h2>{w.mine}</h2>
        {others.length === 0 && <p>{w.none}</p>}
        <ul className="wr-visits">
          {others.map((visit) => (
            <li key={visit.id} data-visit={visit.id}>
              <One token={token} page={page} visit={visit} own={own} busy={busy} />
            </li>
          ))}
        </ul>
      </section>
      <p className="wr-small">{w.lasts(minuteOf(page.expires_at, page))}</p>
    </>
  );
}

interface OneGiven {
  token: string;
  page: OwnPage;
  visit: OwnVisit;
  own: OwnState;
  busy: boolean;
}

function Made({ token, page, visit, own, busy }: OneGiven) {
  const w = useWords(table);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section data-made={visit.id}>
      <h2 ref={heading} tabIndex={-1}>
        {w.made}
      </h2>
      <Facts page={page} visit={visit} />
      {visit.has_pass && <OwnPass token={token} page={page} visit={visit} />}
      {visit.can_cancel && <TakeBack visit={visit} own={own} busy={busy} />}
    </section>
  );
}

function One({ token, page, visit, own, busy }: OneGiven) {
  const w = useWords(table);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Facts page={page} visit={visit} />
      {visit.has_pass && (
        <button type="button" className="wr-beside" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? w.hide : w.show}
        </button>
      )}
      {visit.can_cancel && <TakeBack visit={visit} own={own} busy={busy} />}
      {open && visit.has_pass && <OwnPass token={token} page={page} visit={visit} />}
    </>
  );
}

function Facts({ page, visit }: { page: OwnPage; visit: OwnVisit }) {
  const w = useWords(table);
  const language = useLanguage();
  return (
    <p>
      <b data-user-data>{[visit.name, visit.plate, visit.space].filter((part) => part !== "").join(" · ")}</b>{" "}
      {w.ofPeople(visit.people)} · {told(visit, "state", language)}
      <br />
      {visit.from_at !== null &&
        visit.until_at !== null &&
        w.window(minuteOf(visit.from_at, page), minuteOf(visit.until_at, page))}
    </p>
  );
}

/** In two steps: the way back stands where the finger has just been. */
function TakeBack({ visit, own, busy }: { visit: OwnVisit; own: OwnState; busy: boolean }) {
  const w = useWords(table);
  const [asked, setAsked] = useState(false);
  if (!asked)
    return (
      <button type="button" className="wr-beside" onClick={() => setAsked(true)}>
        {w.takeBack}
      </button>
    );
  return (
    <fieldset aria-label={w.takeBack}>
      <p>{w.sureBack}</p>
      <button type="button" className="wr-beside" onClick={() => setAsked(false)}>
        {w.keep}
      </button>
      <button type="button" className="wr-main" disabled={busy} onClick={() => void own.cancel(visit.id)}>
        {w.yesBack}
      </button>
    </fieldset>
  );
}
