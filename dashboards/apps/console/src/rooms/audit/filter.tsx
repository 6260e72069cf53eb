/** What is asked of the log. It is asked when one says so: each question is an entry. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { acts } from "./acts";
import { FIELDS, type Wanted, wantedOf } from "./asking";
import { table } from "./words";

const TEXT_MAX = 100;

export function Filter({ wanted, onAsk }: { wanted: Wanted; onAsk: (wanted: Wanted) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const id = useId();
  const [given, setGiven] = useState(wanted);
  const known = Object.entries(acts[language]).map(([value, label]) => ({ value, label: label as string }));
  const isEmpty = FIELDS.every((name) => wanted[name] === "");
  return (
    <form
      className="wk-fields"
      aria-label={w.filter}
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(given);
      }}
    >
      {(["actor", "subject"] as const).map((name) => (
        <label key={name} htmlFor={`${id}-${name}`}>
          {w[name]}
          <Input
            id={`${id}-${name}`}
            value={given[name]}
            maxLength={TEXT_MAX}
            onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
          />
        </label>
      ))}
      <label htmlFor={`${id}-act`}>
        {w.act}
        <Select
          id={`${id}-act`}
          value={given.act}
          options={[{ value: "", label: w.any }, ...known]}
          showSearch={{ optionFilterProp: "label" }}
          popupMatchSelectWidth={false}
          onChange={(act: string) => setGiven({ ...given, act })}
        />
      </label>
      {(["from", "to"] as const).map((name) => (
        <label key={name}>
          {w[name]}
          <input type="date" value={given[name]} onChange={(event) => setGiven({ ...given, [name]: event.target.value })} />
        </label>
      ))}
      <Button htmlType="submit" type="primary">
        {w.search}
      </Button>
      {!isEmpty && <Button onClick={() => onAsk(wantedOf(new URLSearchParams()))}>{w.clear}</Button>}
    </form>
  );
}
