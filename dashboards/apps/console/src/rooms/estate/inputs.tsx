/** The inputs of a form, by how a field is filled in. */
import { useWords } from "@watchkeeper/ui";
import { InputNumber, Input as Line, Select } from "antd";
import { type ReactNode, useId, useState } from "react";
import { useChoices } from "./choices";
import type { Field } from "./fields";
import { Numbers, Ordered } from "./lists";
import { cornersOf, cornersText, type Share } from "./plan/position";
import type { Fault } from "./row-check";
import { table } from "./words";

interface Given {
  readonly field: Field;
  readonly value: unknown;
  readonly fault: Fault | undefined;
  /** It cannot be changed any more. */
  readonly locked: boolean;
  readonly first: boolean;
  onChange(value: unknown): void;
}

export function Input(given: Given) {
  const w = useWords(table);
  const id = useId();
  const { field, fault, locked } = given;
  const must = ("must" in field.how && field.how.must === true) || field.how.as === "id";
  const help = helpOf(field, locked, w);
  return (
    <div className="wk-estate-field" data-field={field.name}>
      <label htmlFor={id}>
        {w[`f_${field.name}`]}
        {must && <span className="wk-quiet"> · {w.must}</span>}
      </label>
      <Control {...given} id={id} />
      {help !== "" && <p className="wk-quiet">{help}</p>}
      {fault !== undefined && <p role="alert" data-abnormal>{`! ${w[fault]}`}</p>}
    </div>
  );
}

function helpOf(field: Field, locked: boolean, w: (typeof table)["zh"]): string {
  if (locked) return w.idFixed;
  const help: Readonly<Record<string, string>> = {
    floor: w.floorOfPlace,
    at: w.pointHelp,
    area: w.cornersHelp,
    key_file: w.keyHelp,
    places: w.orderHelp,
  };
  return help[field.name] ?? "";
}

function Control({ field, value, fault, locked, first, onChange, id }: Given & { id: string }): ReactNode {
  const w = useWords(table);
  const choices = useChoices();
  const { how } = field;
  const status = fault === undefined ? "" : "error";
  const common = { id, status, "aria-invalid": fault !== undefined, autoFocus: first } as const;
  const find = { showSearch: { optionFilterProp: "label" }, "aria-label": w[`f_${field.name}`] } as const;
  switch (how.as) {
    case "id":
    case "text":
      return (
        <Line
          {...common}
          disabled={locked}
          value={String(value ?? "")}
          maxLength={100}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case "number":
      return <InputNumber {...common} value={Number(value ?? 0)} precision={0} onChange={(number) => onChange(number ?? 0)} />;
    case "one":
      return (
        <Select
          {...common}
          {...find}
          allowClear={how.must !== true}
          value={value === undefined || value === "" ? undefined : String(value)}
          options={[...choices[how.of]]}
          onChange={(one) => onChange(one)}
        />
      );
    case "many":
      if (how.ordered) {
        return (
          <Ordered
            {...common}
            label={w[`f_${field.name}`]}
            value={strings(value)}
            options={choices[how.of]}
            onChange={onChange}
          />
        );
      }
      return (
        <Select
          {...common}
          {...find}
          mode="multiple"
          value={[...strings(value)]}
          options={[...choices[how.of]]}
          onChange={(many) => onChange(many)}
        />
      );
    case "options":
      return <Numbers id={id} value={(value ?? {}) as Record<string, number>} known={choices.numbers} onChange={onChange} />;
    case "point":
      return <Point id={id} value={value as readonly (number | undefined)[] | undefined} onChange={onChange} />;
    case "corners":
      return <Corners id={id} value={(value ?? []) as readonly Share[]} onChange={onChange} />;
  }
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}

function Point({
  id,
  value,
  onChange,
}: {
  id: string;
  value: readonly (number | undefined)[] | undefined;
  onChange: (value: unknown) => void;
}) {
  const w = useWords(table);
  const set = (at: 0 | 1, number: number | null) => {
    const next: (number | undefined)[] = [value?.[0], value?.[1]];
    next[at] = number ?? undefined;
    onChange(next.every((one) => one === undefined) ? undefined : next);
  };
  return (
    <div className="wk-estate-point">
      {([0, 1] as const).map((at) => (
        <InputNumber
          key={at}
          id={at === 0 ? id : undefined}
          aria-label={at === 0 ? w.horizontal : w.vertical}
          prefix={at === 0 ? w.horizontal : w.vertical}
          step={0.01}
          min={0}
          max={1}
          value={value?.[at] ?? null}
          onChange={(number) => set(at, number)}
        />
      ))}
    </div>
  );
}

function Corners({ id, value, onChange }: { id: string; value: readonly Share[]; onChange: (value: unknown) => void }) {
  const [typed, setTyped] = useState(cornersText(value));
  return (
    <Line.TextArea
      id={id}
      autoSize
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
        // what is no corner yet is kept as one that is told to be wrong
        onChange(cornersOf(event.target.value) ?? [[]]);
      }}
    />
  );
}
