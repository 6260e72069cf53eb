/** A row in a form at the side. What it keeps is the draft's; nothing is sent from here. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Drawer } from "antd";
import { useState } from "react";
import { type Kind, type Row, rowOf, standardOf, withRow } from "./document";
import { applies, FIELDS } from "./fields";
import { Input } from "./inputs";
import { faultsOf } from "./row-check";
import type { Editing } from "./section";
import { table } from "./words";
import { useWork } from "./working";

export function RowForm({ kind, editing, onClose }: { kind: Kind; editing: Editing; onClose: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { document, state, mistakes, edit } = useWork();
  const [row, setRow] = useState<Row>(editing.row);
  const [tried, setTried] = useState(false);
  const was = editing.isNew ? "" : editing.row.id;
  const faults = tried ? faultsOf(document, kind, row, was) : {};
  const inForce = was !== "" && rowOf(state.base.document, kind, was) !== undefined;
  const told = mistakes.get(`${kind}/${was}`) ?? [];
  const keep = () => {
    setTried(true);
    if (Object.keys(faultsOf(document, kind, row, was)).length > 0) return;
    edit((before) => withRow(before, kind, row, was === "" ? row.id : was));
    onClose();
  };
  const what = w[`one_${kind}`];
  return (
    <Drawer
      open
      size={480}
      title={editing.isNew ? w.formAdd(what) : `${w.formEdit(what)} ${was}`}
      onClose={onClose}
      footer={
        <div className="wk-estate-acts">
          <Button onClick={onClose}>{w.cancel}</Button>
          <Button type="primary" onClick={keep}>
            {w.apply}
          </Button>
        </div>
      }
    >
      <form
        className="wk-estate-form"
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
      >
        {told.map((one) => (
          <p key={one.at + one.en} data-abnormal>{`! ${one[language]}`}</p>
        ))}
        {FIELDS[kind]
          .filter((field) => applies(field, row))
          .map((field, at) => (
            <Input
              key={field.name}
              field={field}
              value={row[field.name] ?? standardOf(kind, field.name)}
              fault={faults[field.name]}
              locked={field.name === "id" && inForce}
              first={at === (inForce ? 1 : 0)}
              onChange={(value) => setRow((before) => ({ ...before, [field.name]: value }))}
            />
          ))}
        <button type="submit" hidden />
      </form>
    </Drawer>
  );
}
