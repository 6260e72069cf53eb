/** 时间表: the week's hours by days, workdays and holidays among them, and other hours on single dates. */
import { ask, type OtherDayModel, type RulesView, type ScheduleBody, type WeeklyModel } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { ruleName, useRules } from "./data";
import { hhmm, minutesOf, spansOf, spansText } from "./editing";
import { nameFields, useRuleEditor } from "./rule-list";
import { DAYS, dayWord, table } from "./words";

const DAY_END = 1_440;

export function SchedulesView() {
  const asked = useRules();
  return <Asked of={asked}>{(rules) => <Schedules rules={rules} />}</Asked>;
}

function useSaying() {
  const w = useWords(table);
  const weekly = (row: WeeklyModel) => {
    const [from, until] = [row.from_min ?? 0, row.until_min ?? DAY_END];
    return `${row.days.map((day) => dayWord(w, day)).join(" ")} ${hhmm(from)}–${hhmm(until)}${until <= from ? w.nextDay : ""}`;
  };
  const other = (row: OtherDayModel) => `${row.date} ${(row.hours ?? []).length === 0 ? w.closed : spansText(row.hours ?? [])}`;
  return { weekly, other };
}

function Schedules({ rules }: { rules: RulesView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const say = useSaying();
  const editor = useRuleEditor({
    kind: "schedule",
    label: w.newSchedule,
    fields: [
      ...nameFields(w),
      {
        name: "weekly",
        label: w.weekly,
        kind: "own",
        say: (value) => ((value ?? []) as WeeklyModel[]).map(say.weekly).join("; "),
        edit: (value, onChange) => <Weekly rows={(value ?? []) as WeeklyModel[]} onChange={onChange} />,
      },
      {
        name: "exceptions",
        label: w.otherDays,
        kind: "own",
        say: (value) => ((value ?? []) as OtherDayModel[]).map(say.other).join("; "),
        edit: (value, onChange) => <OtherDays rows={(value ?? []) as OtherDayModel[]} onChange={onChange} />,
      },
    ],
    nothing: { name_zh: "", name_en: "", weekly: [], exceptions: [] },
    mayEdit: may("PUT /access/schedules/{id}"),
    save: (id, values, version, reason) =>
      ask("PUT /access/schedules/{id}", { path: { id }, body: { ...(values as unknown as ScheduleBody), version, reason } }),
  });
  return (
    <section aria-label={w.v_schedules}>
      <p className="wk-quiet">{w.schedulesAre}</p>
      {editor.add}
      {editor.form}
      {rules.schedules.length === 0 && <p className="wk-empty">{w.noSchedules}</p>}
      <Rows label={w.v_schedules} columns={[w.name, w.weekly, w.otherDays, ""]}>
        {rules.schedules.map((one) => (
          <tr key={one.id} data-rule={one.id}>
            <td data-user-data>{ruleName(one, language)}</td>
            <td>
              <Lines lines={one.weekly.map(say.weekly)} />
            </td>
            <td>
              <Lines lines={one.exceptions.map(say.other)} />
            </td>
            <td>{editor.buttons(one)}</td>
          </tr>
        ))}
      </Rows>
    </section>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <ul className="wk-plain">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Weekly({ rows, onChange }: { rows: readonly WeeklyModel[]; onChange: (rows: WeeklyModel[]) => void }) {
  const w = useWords(table);
  const put = (at: number, row: WeeklyModel) => onChange(rows.map((one, nth) => (nth === at ? row : one)));
  return (
    <>
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place in the list alone
        <div key={at} className="wk-permit-line">
          <Select
            mode="multiple"
            aria-label={w.days}
            value={row.days}
            options={DAYS.map((value) => ({ value, label: dayWord(w, value) }))}
            onChange={(days) => put(at, { ...row, days })}
          />
          <Hours label={w.fromHour} minutes={row.from_min ?? 0} onChange={(from_min) => put(at, { ...row, from_min })} />
          <Hours
            label={w.untilHour}
            minutes={row.until_min ?? DAY_END}
            onChange={(until_min) => put(at, { ...row, until_min })}
          />
          <Button size="small" onClick={() => onChange(rows.filter((_, nth) => nth !== at))}>
            {w.remove}
          </Button>
        </div>
      ))}
      <Button
        size="small"
        onClick={() => onChange([...rows, { days: ["mon", "tue", "wed", "thu", "fri"], from_min: 420, until_min: 1_320 }])}
      >
        {w.addHours}
      </Button>
    </>
  );
}

/** A time of the day, `24:00` its end; what is no time is told so and not taken. */
function Hours({ label, minutes, onChange }: { label: string; minutes: number; onChange: (minutes: number) => void }) {
  const w = useWords(table);
  const [typed, setTyped] = useState(hhmm(minutes));
  const isWrong = minutesOf(typed) === null;
  const id = useId();
  return (
    <label htmlFor={id}>
      {label}
      <Input
        id={id}
        aria-invalid={isWrong}
        value={typed}
        maxLength={5}
        onChange={(event) => {
          setTyped(event.target.value);
          const read = minutesOf(event.target.value);
          if (read !== null) onChange(read);
        }}
      />
      {isWrong && <small role="alert" data-abnormal>{`! ${w.hourWrong}`}</small>}
    </label>
  );
}

function OtherDays({ rows, onChange }: { rows: readonly OtherDayModel[]; onChange: (rows: OtherDayModel[]) => void }) {
  const w = useWords(table);
  const [date, setDate] = useState("");
  const [hours, setHours] = useState("");
  const spans = spansOf(hours);
  const id = useId();
  const say = useSaying();
  return (
    <>
      {rows.map((row) => (
        <div key={row.date} className="wk-permit-line">
          {say.other(row)}
          <Button size="small" onClick={() => onChange(rows.filter((one) => one !== row))}>
            {w.remove}
          </Button>
        </div>
      ))}
      <div className="wk-permit-line">
        <label>
          {w.date}
          <input type="date" value={date} onChange={(event) => setDate(event.target.value)} />
        </label>
        <label htmlFor={id}>
          {w.hoursThen}
          <Input id={id} value={hours} maxLength={60} onChange={(event) => setHours(event.target.value)} />
        </label>
        <Button
          size="small"
          disabled={date === "" || spans === null || rows.some((one) => one.date === date)}
          onClick={() => {
            onChange([...rows, { date, hours: spans ?? [] }]);
            setDate("");
            setHours("");
          }}
        >
          {w.addDay}
        </Button>
        {spans === null && <small role="alert" data-abnormal>{`! ${w.hourWrong}`}</small>}
      </div>
    </>
  );
}
