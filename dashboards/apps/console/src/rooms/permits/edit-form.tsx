/** A form for any thing of the book: its fields are a table. Somebody faster is told of with both versions, and one chooses. */
import { useQueryClient } from "@tanstack/react-query";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button, Checkbox, Input, Select } from "antd";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { localMoment } from "../../estate-time";
import type { Choice } from "../../names";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { picked, same, type Theirs, theirsOf, type Values } from "./editing";
import { table } from "./words";

const REASON_MAX = 500;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: "text" | "choice" | "many" | "number" | "check" | "time" | "own";
  readonly choices?: readonly Choice[];
  readonly hint?: string;
  readonly required?: boolean;
  readonly max?: number;
  /** How a value is said in words; what is chosen says its label by itself. */
  readonly say?: (value: unknown) => string;
  readonly edit?: (value: unknown, onChange: (value: unknown) => void) => ReactNode;
}

interface Editing {
  readonly label: string;
  readonly fields: readonly Field[];
  readonly initial: Values;
  /** 0: it is new. */
  readonly version: number;
  readonly save: (values: Values, version: number, reason: string) => Promise<unknown>;
  readonly onDone: () => void;
  readonly children?: ReactNode;
}

export function EditForm({ label, fields, initial, version, save, onDone, children }: Editing) {
  const w = useWords(table);
  const queries = useQueryClient();
  const sending = useSending();
  const id = useId();
  const [values, setValues] = useState(initial);
  const [seen, setSeen] = useState(version);
  const [reason, setReason] = useState("");
  const theirs = theirsOf(sending.refusal);
  const ready = fields.every((one) => !one.required || (values[one.name] ?? "") !== "");
  const send = async (over: number) => {
    setSeen(over);
    const isDone = await sending.send(async () => {
      await save(values, over, reason.trim());
      await queries.invalidateQueries({ queryKey: ["access"] });
      return w.saved;
    });
    if (isDone) onDone();
  };
  const take = (newer: Theirs) => {
    if (newer.values === null) return onDone();
    setValues(
      picked(
        fields.map((one) => one.name),
        newer.values,
      ),
    );
    setSeen(newer.version);
    sending.clear();
  };
  return (
    <form
      className="wk-form wk-card"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void send(seen);
      }}
    >
      <h3>{label}</h3>
      {theirs !== undefined && (
        <Conflict
          fields={fields}
          mine={values}
          theirs={theirs}
          onTheirs={() => take(theirs)}
          onMine={() => void send(theirs.version)}
        />
      )}
      {fields.map((field) => (
        <FieldEdit
          key={field.name}
          id={`${id}-${field.name}`}
          field={field}
          value={values[field.name]}
          onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
      <label htmlFor={`${id}-reason`}>
        {w.reason}
        <Input id={`${id}-reason`} value={reason} maxLength={REASON_MAX} onChange={(event) => setReason(event.target.value)} />
      </label>
      <div className="wk-acts">
        <Button type="primary" htmlType="submit" loading={sending.busy} disabled={!ready || theirs !== undefined}>
          {w.save}
        </Button>
        <Button onClick={onDone}>{w.cancel}</Button>
        {children}
      </div>
      {theirs === undefined && <Said sending={sending} />}
    </form>
  );
}

export function FieldEdit({
  id,
  field,
  value,
  onChange,
}: {
  id: string;
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  if (field.kind === "own")
    return (
      <fieldset className="wk-permit-own">
        <legend>{field.label}</legend>
        {field.edit?.(value, onChange)}
      </fieldset>
    );
  if (field.kind === "check")
    return (
      <Checkbox checked={value === true} onChange={(event) => onChange(event.target.checked)}>
        {field.label}
      </Checkbox>
    );
  return (
    <label htmlFor={id}>
      <span>
        {field.label} {field.hint !== undefined && <small className="wk-quiet">{field.hint}</small>}
      </span>
      <Control id={id} field={field} value={value} onChange={onChange} />
    </label>
  );
}

function Control({ id, field, value, onChange }: Parameters<typeof FieldEdit>[0]) {
  const { zone } = useSession();
  if (field.kind === "choice" || field.kind === "many")
    return (
      <Select
        id={id}
        {...(field.kind === "many" ? { mode: "multiple" as const } : {})}
        value={value}
        showSearch={{ optionFilterProp: "label" }}
        popupMatchSelectWidth={false}
        options={[...(field.choices ?? [])]}
        onChange={onChange}
      />
    );
  if (field.kind === "number")
    return (
      <Input
        id={id}
        type="number"
        min={0}
        max={field.max}
        value={value === null ? "" : String(value)}
        onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
      />
    );
  if (field.kind === "time")
    return (
      <input
        id={id}
        type="datetime-local"
        value={typeof value === "string" ? dateTime(value, zone).slice(0, 16).replace(" ", "T") : ""}
        onChange={(event) => onChange(localMoment(event.target.value, zone))}
      />
    );
  return (
    <Input
      id={id}
      value={String(value ?? "")}
      maxLength={field.max ?? 100}
      required={field.required ?? false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Conflict({
  fields,
  mine,
  theirs,
  onMine,
  onTheirs,
}: {
  fields: readonly Field[];
  mine: Values;
  theirs: Theirs;
  onMine: () => void;
  onTheirs: () => void;
}) {
  const w = useWords(table);
  const { zone } = useSession();
  const top = useRef<HTMLElement>(null);
  // whoever pressed the button at the end of a long form is led to what happened
  useEffect(() => top.current?.focus(), []);
  const at = theirs.values?.changed_at;
  return (
    <section ref={top} tabIndex={-1} className="wk-permit-conflict" role="alert" aria-label={w.changedMeanwhile} data-abnormal>
      <b>! {w.changedMeanwhile}</b> {typeof at === "string" && dateTime(at, zone)}
      {theirs.values === null ? (
        <p>{w.goneMeanwhile}</p>
      ) : (
        <table className="wk-table">
          <thead>
            <tr>
              <th scope="col">{w.field}</th>
              <th scope="col">{w.mine}</th>
              <th scope="col">{w.theirs}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => {
              const differs = !same(mine[field.name], theirs.values?.[field.name]);
              return (
                <tr key={field.name} data-differs={differs}>
                  <th scope="row">
                    {field.label} {differs && <small>({w.differs})</small>}
                  </th>
                  <td data-user-data>
                    <Value field={field} value={mine[field.name]} />
                  </td>
                  <td data-user-data>
                    <Value field={field} value={theirs.values?.[field.name]} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <div className="wk-acts">
        <Button onClick={onTheirs}>{w.takeTheirs}</Button>
        <Button onClick={onMine}>{w.overTheirs}</Button>
      </div>
    </section>
  );
}

function Value({ field, value }: { field: Field; value: unknown }) {
  const w = useWords(table);
  const { zone } = useSession();
  if (field.say !== undefined) return field.say(value);
  if (typeof value === "boolean") return value ? w.yes : w.no;
  if (field.kind === "time" && typeof value === "string") return dateTime(value, zone);
  const name = (one: unknown) => field.choices?.find((choice) => choice.value === one)?.label ?? String(one ?? "");
  return Array.isArray(value) ? value.map(name).join(", ") : name(value);
}
