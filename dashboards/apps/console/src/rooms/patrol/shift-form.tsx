/** A shift is put on the roster. The hub says what may not stand there. */
import { useQueryClient } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { plusDays, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Select } from "antd";
import { useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useBeats, useStaff } from "./asking";
import { shiftTimes } from "./spans";
import { table } from "./words";

export function ShiftForm({ today }: { today: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { staff, nameOf } = useStaff();
  const { beats } = useBeats();
  const queries = useQueryClient();
  const sending = useSending();
  const [person, setPerson] = useState<string | null>(null);
  const [route, setRoute] = useState("");
  const [day, setDay] = useState(today);
  const [times, setTimes] = useState({ from: "07:00", until: "19:00" });
  const add = () => {
    if (person === null) return;
    void sending.send(async () => {
      const body = { person, route, ...shiftTimes(day, times.from, times.until, zone) };
      const added = await ask("POST /roster", { body });
      await queries.invalidateQueries({ queryKey: ["roster"] });
      return `${w.addedShift}${w.colon}${told(added, "person", language)}`;
    });
  };
  return (
    <form
      className="wk-filters"
      aria-label={w.add}
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <label htmlFor="shift-person">
        {w.person}
        <Select
          id="shift-person"
          value={person}
          placeholder={w.pick}
          options={staff.map((one) => ({ value: one.id, label: nameOf(one.id) }))}
          showSearch={{ optionFilterProp: "label" }}
          onChange={setPerson}
        />
      </label>
      <label htmlFor="shift-route">
        {w.route}
        <Select
          id="shift-route"
          value={route}
          options={[
            { value: "", label: w.everyRoute },
            ...(beats ?? []).map((beat) => ({ value: beat.route.id, label: told(beat.route, "name", language) })),
          ]}
          popupMatchSelectWidth={false}
          onChange={setRoute}
        />
      </label>
      <label>
        {w.day}
        <input
          type="date"
          required
          value={day}
          min={plusDays(today, -1)}
          onChange={(event) => event.target.value !== "" && setDay(event.target.value)}
        />
      </label>
      {(["from", "until"] as const).map((name) => (
        <label key={name}>
          {w[name]}
          <input
            type="time"
            required
            value={times[name]}
            onChange={(event) => event.target.value !== "" && setTimes({ ...times, [name]: event.target.value })}
          />
        </label>
      ))}
      <Button htmlType="submit" loading={sending.busy} disabled={person === null}>
        {w.add}
      </Button>
      <span className="wk-quiet">{w.nextDay}</span>
      <Said sending={sending} />
    </form>
  );
}
