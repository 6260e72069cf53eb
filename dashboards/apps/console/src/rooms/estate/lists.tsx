/** Lists in a form: places in an order, and numbers by name. Both work by keyboard alone. */
import { useWords } from "@watchkeeper/ui";
import { AutoComplete, Button, InputNumber, Select } from "antd";
import { useState } from "react";
import type { Option } from "./choices";
import { moved } from "./columns";
import { table } from "./words";

interface OrderedGiven {
  readonly id: string;
  readonly label: string;
  readonly value: readonly string[];
  readonly options: readonly Option[];
  readonly status: "" | "error";
  onChange(value: unknown): void;
}

export function Ordered({ id, label, value, options, status, onChange }: OrderedGiven) {
  const w = useWords(table);
  const names = new Map(options.map((one) => [one.value, one.label]));
  const left = options.filter((one) => !value.includes(one.value));
  const move = (at: number, by: number, button: HTMLElement) => {
    onChange(moved(value, at, by));
    // the focus goes with the row, so that one can press again
    const item = button.closest("li");
    const list = item?.parentElement;
    const name = button.dataset.move;
    requestAnimationFrame(() => list?.children[at + by]?.querySelector<HTMLElement>(`[data-move="${name}"]`)?.focus());
  };
  return (
    <div className="wk-estate-ordered">
      <ol aria-label={label}>
        {value.map((one, at) => {
          const name = names.get(one) ?? one;
          return (
            <li key={one} data-id={one}>
              <span lang="zh">{name}</span>
              <Button
                size="small"
                data-move="up"
                aria-label={w.up(name)}
                disabled={at === 0}
                onClick={(event) => move(at, -1, event.currentTarget)}
              >
                ↑
              </Button>
              <Button
                size="small"
                data-move="down"
                aria-label={w.down(name)}
                disabled={at === value.length - 1}
                onClick={(event) => move(at, 1, event.currentTarget)}
              >
                ↓
              </Button>
              <Button
                size="small"
                aria-label={w.removeOne(name)}
                onClick={() => onChange(value.filter((other) => other !== one))}
              >
                ×
              </Button>
            </li>
          );
        })}
      </ol>
      <Select
        id={id}
        status={status}
        showSearch={{ optionFilterProp: "label" }}
        aria-label={`${label} · ${w.addToList}`}
        placeholder={w.addToList}
        value={null}
        options={[...left]}
        onChange={(one: string | null) => one !== null && onChange([...value, one])}
      />
    </div>
  );
}

interface NumbersGiven {
  readonly id: string;
  readonly value: Readonly<Record<string, number>>;
  readonly known: readonly string[];
  onChange(value: unknown): void;
}

/** A policy's number that is otherwise here, or a threshold such as `water_flow_max`. */
export function Numbers({ id, value, known, onChange }: NumbersGiven) {
  const w = useWords(table);
  const [name, setName] = useState("");
  const rest = (gone: string) => Object.fromEntries(Object.entries(value).filter(([one]) => one !== gone));
  const add = () => {
    if (name.trim() === "") return;
    onChange({ ...value, [name.trim()]: value[name.trim()] ?? 0 });
    setName("");
  };
  return (
    <div className="wk-estate-numbers">
      {Object.entries(value).map(([one, number]) => (
        <div key={one}>
          <code>{one}</code>
          <InputNumber aria-label={one} value={number} onChange={(next) => onChange({ ...value, [one]: next ?? 0 })} />
          <Button size="small" aria-label={w.removeOne(one)} onClick={() => onChange(rest(one))}>
            ×
          </Button>
        </div>
      ))}
      <div>
        <AutoComplete
          id={id}
          value={name}
          aria-label={w.optionName}
          placeholder={w.optionName}
          options={known.filter((one) => !(one in value) && one.includes(name)).map((one) => ({ value: one }))}
          onChange={setName}
        />
        <Button onClick={add} disabled={name.trim() === ""}>
          {w.addOption}
        </Button>
      </div>
    </div>
  );
}
