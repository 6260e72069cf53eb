/** 开闸核对: a day's openings, each with what explains it; what nothing explains, and who opened by hand and why. */
import type { Reconciliation } from "@watchkeeper/api";
import { dateTime, hubClock, localDay, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useSearchParams } from "react-router";
import { plusDays } from "../../estate-time";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { ToIncident } from "../../parts/to-incident";
import { useSession } from "../../session/session";
import { countsOf, dayOf, totalOf } from "./day";
import { useGateNames, useReconciliation } from "./passage-data";
import { EXPLANATIONS, explanations } from "./terms";
import { table } from "./words-pages";
import "../../parts/print.css";

/** The hub lists so many of a day one by one. */
const LISTED_MAX = 500;

export function OpeningsView() {
  const { zone } = useSession();
  const [search, setSearch] = useSearchParams();
  const today = localDay(new Date(hubClock.nowMs()).toISOString(), zone);
  const day = dayOf(search.get("day"), today);
  const asked = useReconciliation(day);
  const go = (to: string) => setSearch(to === today ? "" : `day=${to}`, { replace: true });
  return (
    <div className="wk-openings wk-printed">
      <Days day={day} today={today} onGo={go} />
      <Asked of={asked}>{(found) => <Day found={found} />}</Asked>
    </div>
  );
}

function Days({ day, today, onGo }: { day: string; today: string; onGo: (day: string) => void }) {
  const w = useWords(table);
  return (
    <div className="wk-fields wk-unprinted">
      <Button onClick={() => onGo(plusDays(day, -1))}>{w.previous}</Button>
      <label>
        {w.day}
        <input
          type="date"
          value={day}
          max={today}
          required
          onChange={(event) => event.target.value !== "" && onGo(event.target.value)}
        />
      </label>
      <Button disabled={day >= today} onClick={() => onGo(plusDays(day, 1))}>
        {w.next}
      </Button>
      <Button onClick={() => window.print()}>{w.print}</Button>
    </div>
  );
}

function Day({ found }: { found: Reconciliation }) {
  const w = useWords(table);
  const { openings, unexplained } = totalOf(found.gates);
  return (
    <article aria-label={`${w.v_openings} ${found.day}`} data-day={found.day}>
      <h2>
        {w.v_openings} · {found.day} <small className="wk-quiet">{w.timezone(found.timezone)}</small>
      </h2>
      <p className="wk-sum" data-unexplained={unexplained}>
        {openings === 0 && w.noOpenings}
        {openings > 0 && unexplained === 0 && w.allExplained(openings)}
        {unexplained > 0 && (
          <b className="wk-abnormal" data-abnormal>
            ! {w.someUnexplained(unexplained, openings)}
          </b>
        )}
      </p>
      {openings > 0 && <Counts found={found} />}
      <Unexplained found={found} />
      <ByHand found={found} />
    </article>
  );
}

function Counts({ found }: { found: Reconciliation }) {
  const w = useWords(table);
  const terms = useWords(explanations);
  const language = useLanguage();
  return (
    <>
      <h3>{w.counts}</h3>
      <Rows label={w.counts} columns={[w.gate, w.openings, ...EXPLANATIONS.map((one) => terms[one]), w.unexplained]}>
        {found.gates.map((one) => (
          <tr key={one.gate} data-gate={one.gate}>
            <td>{told(one, "name", language)}</td>
            <td className="wk-number">{one.openings}</td>
            {countsOf(one, EXPLANATIONS).map(({ name, count }) => (
              <td key={name} className="wk-number" data-by={name}>
                {count === 0 ? "–" : count}
              </td>
            ))}
            <td className="wk-number" data-by="nothing">
              {one.unexplained === 0 ? (
                "–"
              ) : (
                <b className="wk-abnormal" data-abnormal>
                  ! {one.unexplained}
                </b>
              )}
            </td>
          </tr>
        ))}
      </Rows>
    </>
  );
}

function Unexplained({ found }: { found: Reconciliation }) {
  const w = useWords(table);
  const { zone } = useSession();
  const { gateName } = useGateNames();
  return (
    <section aria-label={w.unexplainedList}>
      <h3>{w.unexplainedList}</h3>
      {found.unexplained.length === 0 ? (
        <p className="wk-quiet">{w.noUnexplained}</p>
      ) : (
        <Rows label={w.unexplainedList} columns={[w.gate, w.openedAt, w.closedAt, w.incident]}>
          {found.unexplained.map((one) => (
            <tr key={one.id} data-opening={one.id}>
              <td>{gateName(one.gate)}</td>
              <td>
                <time dateTime={one.at}>{dateTime(one.at, zone)}</time>
              </td>
              <td>
                {one.closed_at === null ? w.stillOpen : <time dateTime={one.closed_at}>{dateTime(one.closed_at, zone)}</time>}
              </td>
              <td>
                {one.incident === null ? <span className="wk-quiet">{w.noIncident}</span> : <ToIncident no={one.incident} />}
              </td>
            </tr>
          ))}
        </Rows>
      )}
      {found.unexplained.length >= LISTED_MAX && <p>{w.someOnly(LISTED_MAX)}</p>}
    </section>
  );
}

function ByHand({ found }: { found: Reconciliation }) {
  const w = useWords(table);
  const { zone } = useSession();
  const { gateName } = useGateNames();
  return (
    <section aria-label={w.byHand}>
      <h3>{w.byHand}</h3>
      {found.by_hand.length === 0 ? (
        <p className="wk-quiet">{w.noByHand}</p>
      ) : (
        <Rows label={w.byHand} columns={[w.time, w.gate, w.actor, w.why]}>
          {found.by_hand.map((one) => (
            <tr key={`${one.at} ${one.gate} ${one.actor}`}>
              <td>
                <time dateTime={one.at}>{dateTime(one.at, zone)}</time>
              </td>
              <td>{gateName(one.gate)}</td>
              <td data-user-data>{one.actor}</td>
              <td>{one.reason === "" ? <span className="wk-quiet">{w.gone}</span> : <span data-user-data>{one.reason}</span>}</td>
            </tr>
          ))}
        </Rows>
      )}
      {found.by_hand.length >= LISTED_MAX && <p>{w.someOnly(LISTED_MAX)}</p>}
    </section>
  );
}
