/** Registering a visitor: a few fields, all of them the phone's own. */
import type { InviteRequest, OwnPage } from "@watchkeeper/api";
import { told, useLanguage, useWords } from "@watchkeeper/ui";
import { type ReactNode, useId, useState } from "react";
import { bodyOf, daysOf, draftOf, emptyOf, type Fields, hoursOf, isReady } from "./invite";
import { keep, recall } from "./keep";
import { table } from "./own-words";

const DRAFT = "watchkeeper:invite";
const session = () => window.sessionStorage;

interface Given {
  token: string;
  page: OwnPage;
  busy: boolean;
  onSend: (body: InviteRequest) => Promise<boolean>;
}

export function InviteForm({ token, page, busy, onSend }: Given) {
  const w = useWords(table);
  const language = useLanguage();
  const [fields, setFields] = useState<Fields>(() => draftOf(recall(session, DRAFT), emptyOf(page)));
  const set = (key: keyof Fields) => (value: string) => {
    const next = { ...fields, [key]: value };
    setFields(next);
    keep(session, DRAFT, JSON.stringify(next));
  };
  const send = async () => {
    if (!(await onSend(bodyOf(token, page, fields)))) return;
    keep(session, DRAFT, "");
    setFields(emptyOf(page));
  };
  const days = daysOf(page).map((day, at): [string, string] => [
    day,
    at === 0 ? w.dayToday(day) : at === 1 ? w.dayTomorrow(day) : day,
  ]);
  const counts = Array.from({ length: page.people_max }, (_, at) => at + 1);
  return (
    <form
      className="wr-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady(page, fields) && !busy) void send();
      }}
    >
      <Line label={w.name} value={fields.name} onChange={set("name")} maxLength={60} required />
      <Line
        label={page.phone_needed ? w.phone : w.optional(w.phone)}
        value={fields.phone}
        onChange={set("phone")}
        maxLength={30}
        type="tel"
        required={page.phone_needed}
      />
      <Line label={w.optional(w.plate)} value={fields.plate} onChange={set("plate")} maxLength={40} />
      <Choice label={w.day} value={fields.day} onChange={set("day")} options={[["", w.now], ...days]} />
      {fields.day !== "" && <Line label={w.time} value={fields.time} onChange={set("time")} maxLength={5} type="time" required />}
      <Choice
        label={w.hours}
        value={fields.hours}
        onChange={set("hours")}
        options={hoursOf(page).map((hours) => [String(hours), w.ofHours(hours)])}
      />
      <Choice
        label={w.people}
        value={fields.people}
        onChange={set("people")}
        options={counts.map((count) => [String(count), w.ofPeople(count)])}
      />
      {page.routes.length > 1 && (
        <Choice
          label={w.route}
          value={fields.route}
          onChange={set("route")}
          options={page.routes.map((route) => [route.id, told(route, "name", language)])}
        />
      )}
      <p>{w.noCheck}</p>
      <button type="submit" className="wr-main" disabled={busy || !isReady(page, fields)}>
        {busy ? w.sending : w.send}
      </button>
    </form>
  );
}

interface LineGiven {
  label: string;
  value: string;
  onChange: (value: string) => void;
  maxLength: number;
  type?: "text" | "tel" | "time";
  required?: boolean;
}

function Field({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <p>
      <label htmlFor={id}>{label}</label>
      {children}
    </p>
  );
}

function Line({ label, value, onChange, maxLength, type = "text", required = false }: LineGiven) {
  const id = useId();
  return (
    <Field id={id} label={label}>
      <input
        id={id}
        type={type}
        value={value}
        maxLength={maxLength}
        required={required}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}

interface ChoiceGiven {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly (readonly [string, string])[];
}

function Choice({ label, value, onChange, options }: ChoiceGiven) {
  const id = useId();
  return (
    <Field id={id} label={label}>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}
