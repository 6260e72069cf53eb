/** 人员与车辆: the people and vehicles that have permits, found by name, phone, door or plate; and how one is added. */
import { dateTime, Empty, Skeleton, Stopped, useWords } from "@watchkeeper/ui";
import { Button, Checkbox, Input } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { AddPerson } from "./add-person";
import { useDoors, useHolders } from "./data";
import { kindWord, table } from "./words";

export function PeopleView() {
  const w = useWords(table);
  const { zone, may } = useSession();
  const [asked, setAsked] = useSearchParams();
  const text = asked.get("q") ?? "";
  const [live, setLive] = useState(true);
  const [adding, setAdding] = useState(false);
  const found = useHolders(text, live);
  const holders = found.data?.pages.flatMap((page) => page.holders) ?? [];
  const doors = useDoors(holders.map((one) => one.household));
  return (
    <section aria-label={w.v_people}>
      <div className="wk-permit-search">
        <Input
          type="search"
          aria-label={w.search}
          placeholder={w.search}
          value={text}
          maxLength={100}
          onChange={(event) => setAsked(event.target.value === "" ? {} : { q: event.target.value }, { replace: true })}
        />
        <Checkbox checked={!live} onChange={(event) => setLive(!event.target.checked)}>
          {w.alsoEnded}
        </Checkbox>
        {may("POST /access/import") && !adding && <Button onClick={() => setAdding(true)}>{w.addPerson}</Button>}
      </div>
      {adding && <AddPerson onClose={() => setAdding(false)} />}
      {found.error !== null && <Stopped sinceMs={found.dataUpdatedAt} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton />}
      {found.data !== undefined && holders.length === 0 && (
        <Empty atMs={found.dataUpdatedAt} zone={zone}>
          {text === "" ? w.nobody : w.nobodyFound}
        </Empty>
      )}
      {holders.length > 0 && (
        <Rows label={w.v_people} columns={[w.name, w.door, w.kind, w.phone, w.state]}>
          {holders.map((one) => (
            <tr key={one.id} data-holder={one.id}>
              <td data-user-data>
                <Link to={`/permits/holders/${one.id}`}>{one.name === "" ? "—" : one.name}</Link>
              </td>
              <td data-user-data>{doors.get(one.household) ?? ""}</td>
              <td>{kindWord(w, one.kind)}</td>
              <td data-user-data>{one.phone}</td>
              <td>{one.ended_at === null ? w.inForce : `${w.endedAt} ${dateTime(one.ended_at, zone)}`}</td>
            </tr>
          ))}
        </Rows>
      )}
      {found.hasNextPage && <Button onClick={() => void found.fetchNextPage()}>{w.more}</Button>}
    </section>
  );
}
