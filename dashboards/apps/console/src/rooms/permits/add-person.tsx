/** Somebody is added with room, card and plate at once: the hub takes all of it in one transaction, or names what to mend. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type CellWrongModel } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { useNavigate } from "react-router";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { doorOf, ruleName, useRules } from "./data";
import { Reason } from "./reason";
import { COLUMNS, type Column, fileOf, type Row } from "./row-file";
import { KINDS, kindWord, table } from "./words";

const NOTHING = Object.fromEntries(COLUMNS.map((name) => [name, name === "kind" ? "resident" : ""])) as Row;
const CELL_MAX = 200;

export function AddPerson({ onClose }: { onClose: () => void }) {
  const w = useWords(table);
  const id = useId();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const sending = useSending();
  const [row, setRow] = useState<Row>(NOTHING);
  const [groups, setGroups] = useState<string[]>([]);
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<readonly CellWrongModel[]>([]);
  const add = async () => {
    setWrong([]);
    await sending.send(async () => {
      const file = new Blob([fileOf({ ...row, groups: groups.join(";") })], { type: "text/csv" });
      const told = await ask("POST /access/import", { query: { all_or_nothing: true, reason: reason.trim() }, body: file });
      setWrong(told.wrong);
      if (told.done === 0) return "";
      await queries.invalidateQueries({ queryKey: ["access"] });
      const made = await theirPage(row);
      onClose();
      if (made !== undefined) navigate(`/permits/holders/${made}`);
      return w.saved;
    });
  };
  return (
    <form
      className="wk-form wk-card"
      aria-label={w.addPerson}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <h3>{w.addPerson}</h3>
      <div className="wk-permit-cols">
        {COLUMNS.map((name) => (
          <label key={name} htmlFor={`${id}-${name}`}>
            {w[`c_${name}`]}
            {name === "kind" && (
              <Select
                id={`${id}-${name}`}
                value={row.kind}
                options={KINDS.map((value) => ({ value, label: kindWord(w, value) }))}
                onChange={(kind) => setRow({ ...row, kind })}
              />
            )}
            {name === "groups" && <Groups id={`${id}-${name}`} value={groups} onChange={setGroups} />}
            {name !== "kind" && name !== "groups" && (
              <Input
                id={`${id}-${name}`}
                type={name === "valid_until" ? "date" : "text"}
                value={row[name]}
                maxLength={CELL_MAX}
                placeholder={hint(w, name)}
                onChange={(event) => setRow({ ...row, [name]: event.target.value })}
              />
            )}
          </label>
        ))}
      </div>
      <Reason id={`${id}-reason`} value={reason} onChange={setReason} />
      <WrongCells wrong={wrong} />
      <div className="wk-acts">
        <Button
          type="primary"
          htmlType="submit"
          loading={sending.busy}
          disabled={row.name.trim() === "" || groups.length === 0 || reason.trim() === ""}
        >
          {w.add}
        </Button>
        <Button onClick={onClose}>{w.cancel}</Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}

function hint(w: (typeof table)["zh"], name: Column): string {
  if (name === "card") return w.cardHint;
  return name === "plate" ? w.plateHint : "";
}

export function Groups({ id, value, onChange }: { id: string; value: string[]; onChange: (value: string[]) => void }) {
  const language = useLanguage();
  const rules = useRules();
  const options = (rules.data?.groups ?? []).map((one) => ({ value: one.id, label: ruleName(one, language) }));
  return <Select id={id} mode="multiple" value={value} options={options} onChange={onChange} />;
}

/** Whose page to go to: the hub names no ids in what it says of a file. */
async function theirPage(row: Row): Promise<string | undefined> {
  const { holders } = await ask("GET /access/holders", { query: { text: row.name.trim(), limit: 500 } });
  const fitting = holders.filter((one) => one.name === row.name.trim() && one.phone === row.phone.trim());
  const door = doorOf({ building: row.building.trim(), unit: row.unit.trim(), room: row.room.trim() });
  for (const one of fitting) {
    if (fitting.length === 1) return one.id;
    const home = await ask("GET /access/households", { query: { id: one.household, live: false, limit: 1 } });
    if (home.households[0] !== undefined && doorOf(home.households[0]) === door) return one.id;
  }
  return undefined;
}

function WrongCells({ wrong }: { wrong: readonly CellWrongModel[] }) {
  const w = useWords(table);
  const language = useLanguage();
  if (wrong.length === 0) return null;
  return (
    <Alert
      type="error"
      role="alert"
      title={w.notAdded}
      description={
        <ul className="wk-plain" data-user-data>
          {wrong.map((one) => (
            <li key={`${one.column}-${one.code}`}>
              <b>{columnName(w, one)}</b> {language === "zh" ? one.what_zh : one.what_en}{" "}
              {language === "zh" ? one.write_zh : one.write_en}
            </li>
          ))}
        </ul>
      }
    />
  );
}

/** A column in the room's words, or as the file's header has it. */
export function columnName(w: Readonly<Record<string, unknown>>, one: CellWrongModel): string {
  const word = w[`c_${one.column}`];
  return typeof word === "string" ? word : one.column;
}
