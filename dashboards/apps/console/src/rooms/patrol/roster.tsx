/** 排班与场合: who walks today and tomorrow, and what was announced that rounds go by. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type ShiftView, why } from "@watchkeeper/api";
import { dateTime, Empty, hubClock, localDay, plusDays, Skeleton, Stopped, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Popconfirm } from "antd";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useBeats, useRoster } from "./asking";
import { Occasions } from "./occasions";
import { ShiftForm } from "./shift-form";
import { dayBounds } from "./spans";
import { table } from "./words";

export function RosterView() {
  const w = useWords(table);
  const language = useLanguage();
  const { zone, may } = useSession();
  const roster = useRoster();
  const today = localDay(new Date(hubClock.nowMs()).toISOString(), zone);
  return (
    <div className="wk-patrol-main wk-roster">
      {roster.error !== null && (
        <Stopped sinceMs={roster.dataUpdatedAt} why={why(roster.error, language)} onRetry={() => void roster.refetch()} />
      )}
      {roster.data === undefined && roster.error === null && <Skeleton />}
      {roster.data !== undefined &&
        [today, plusDays(today, 1)].map((day, at) => (
          <Day
            key={day}
            head={`${at === 0 ? w.today : w.tomorrow} ${day}`}
            shifts={overlapping(roster.data, dayBounds(day, zone))}
            atMs={roster.dataUpdatedAt}
          />
        ))}
      {may("POST /roster") && <ShiftForm today={today} />}
      <Occasions />
    </div>
  );
}

function overlapping(shifts: readonly ShiftView[], day: { from: string; to: string }): ShiftView[] {
  const [beginMs, endMs] = [Date.parse(day.from), Date.parse(day.to)];
  return shifts.filter((shift) => Date.parse(shift.from) < endMs && Date.parse(shift.until) > beginMs);
}

function Day({ head, shifts, atMs }: { head: string; shifts: readonly ShiftView[]; atMs: number }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone, may } = useSession();
  const { beats } = useBeats();
  const sending = useSending();
  const queries = useQueryClient();
  const routeWord = (id: string) => {
    const route = beats?.find((beat) => beat.route.id === id)?.route;
    return id === "" ? w.everyRoute : route === undefined ? id : told(route, "name", language);
  };
  const remove = (shift: ShiftView) =>
    void sending.send(async () => {
      const { removed } = await ask("DELETE /roster", { query: { person: shift.person, route: shift.route, from: shift.from } });
      await queries.invalidateQueries({ queryKey: ["roster"] });
      return `${w.remove}${w.colon}${told(removed, "person", language)}`;
    });
  return (
    <section aria-label={head}>
      <h2>{head}</h2>
      <Said sending={sending} />
      {shifts.length === 0 ? (
        <Empty atMs={atMs} zone={zone}>
          {w.noShifts}
        </Empty>
      ) : (
        <table className="wk-table">
          <thead>
            <tr>
              {[w.person, w.route, w.from, w.until].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              {may("DELETE /roster") && <td />}
            </tr>
          </thead>
          <tbody>
            {shifts.map((shift) => (
              <tr key={`${shift.person} ${shift.route} ${shift.from}`}>
                <td>{told(shift, "person", language)}</td>
                <td>{routeWord(shift.route)}</td>
                <td>{dateTime(shift.from, zone)}</td>
                <td>{dateTime(shift.until, zone)}</td>
                {may("DELETE /roster") && (
                  <td>
                    <Popconfirm
                      title={`${w.remove}${w.colon}${told(shift, "person", language)}？`}
                      okText={w.remove}
                      onConfirm={() => remove(shift)}
                    >
                      <Button size="small" disabled={sending.busy}>
                        {w.remove}
                      </Button>
                    </Popconfirm>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
