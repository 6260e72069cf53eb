/** 今日: overstays first, then who waits, who may come in, who is in, and what is over; one that is chosen is opened. */
import { ask, type VisitView } from "@watchkeeper/api";
import { dateTime, duration, Empty, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { ROWS, useVisits } from "./data";
import { Export } from "./export";
import { isOver, listed } from "./lists";
import { VisitPanel } from "./visit";
import { table } from "./words";

export function Today({ id }: { id: string }) {
  const w = useWords(table);
  const { zone } = useSession();
  const waiting = useVisits("waiting");
  const inside = useVisits("inside");
  const today = useVisits("today");
  return (
    <>
      {id !== "" && <VisitPanel key={id} id={id} />}
      <Search chosen={id} />
      <Asked of={inside}>
        {(here) => (
          <Asked of={waiting}>
            {(before) => (
              <Asked of={today}>
                {(all) => (
                  <>
                    {listed(here, before, all).map((list) => (
                      <section key={list.word} aria-label={w[list.word]} data-list={list.word}>
                        <h2>
                          {w[list.word]} <span className="wk-number">{list.visits.length}</span>
                        </h2>
                        {list.visits.length === 0 ? (
                          <Empty atMs={today.dataUpdatedAt} zone={zone}>
                            {w.none}
                          </Empty>
                        ) : (
                          <List label={w[list.word]} visits={list.visits} chosen={id} />
                        )}
                      </section>
                    ))}
                    {[here, before, all].some((one) => one.length >= ROWS) && <p role="status">{w.more(ROWS)}</p>}
                  </>
                )}
              </Asked>
            )}
          </Asked>
        )}
      </Asked>
      <Export />
    </>
  );
}

function List({ label, visits, chosen }: { label: string; visits: readonly VisitView[]; chosen: string }) {
  const w = useWords(table);
  return (
    <Rows label={label} columns={[w.who, w.kind, w.room, w.state, w.clock]}>
      {visits.map((one) => (
        <VisitRow key={one.id} visit={one} chosen={one.id === chosen} />
      ))}
    </Rows>
  );
}

function VisitRow({ visit, chosen }: { visit: VisitView; chosen: boolean }) {
  const w = useWords(table);
  const language = useLanguage();
  return (
    <tr aria-selected={chosen} data-visit={visit.id}>
      <td data-user-data>
        <Link to={chosen ? "/visits/today" : `/visits/today/${visit.id}`}>
          {[visit.name, visit.plate].filter((part) => part !== "").join(" · ") || visit.id}
        </Link>
      </td>
      <td>{told(visit, "kind", language)}</td>
      <td data-user-data={visit.room !== "" || undefined}>{visit.room || w.ownEstate}</td>
      <td>
        <span data-over={visit.state === "overstayed"}>{told(visit, "state", language)}</span>
      </td>
      <td>
        <Clock visit={visit} />
      </td>
    </tr>
  );
}

/** Until when the present state lasts: counted down while a resident is asked. */
function Clock({ visit }: { visit: VisitView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  if (visit.state === "overstayed" && visit.until_at !== null) {
    const overS = (now - Date.parse(visit.until_at)) / 1000;
    return (
      <b data-over="true">
        {w.lateFor} {duration(overS, language)}
      </b>
    );
  }
  if (visit.state === "asked" && visit.due_at !== null)
    return (
      <span data-countdown>
        {w.left} {duration((Date.parse(visit.due_at) - now) / 1000, language)}
      </span>
    );
  const at = isOver(visit) ? visit.ended_at : visit.due_at;
  return at === null ? null : <time dateTime={at}>{dateTime(at, zone)}</time>;
}

function Search({ chosen }: { chosen: string }) {
  const w = useWords(table);
  const sending = useSending();
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly VisitView[] | null>(null);
  const find = () =>
    sending.send(async () => {
      const { visits } = await ask("POST /visits/search", { body: { text: text.trim() } });
      setFound(visits);
      return w.found(visits.length);
    });
  return (
    <form
      className="wk-fields"
      aria-label={w.search}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") void find();
      }}
    >
      <label htmlFor="wk-visit-search">
        {w.search}
        <Input
          id="wk-visit-search"
          autoComplete="off"
          placeholder={w.searchHint}
          maxLength={60}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <Button htmlType="submit" disabled={text.trim() === ""} loading={sending.busy}>
        {w.find}
      </Button>
      <span className="wk-quiet">{w.searchNote}</span>
      <Said sending={sending} />
      {found !== null && found.length > 0 && <List label={w.search} visits={found} chosen={chosen} />}
    </form>
  );
}
