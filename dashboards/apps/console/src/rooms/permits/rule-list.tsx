/** Rules of one kind as a list, each opened to be edited or taken away, and the form for a new one. */
import type { GroupView, PortalView, ScheduleView, ZoneView } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { type ReactNode, useState } from "react";
import { EditForm, type Field } from "./edit-form";
import { picked, type Values } from "./editing";
import { Ending } from "./ending";
import { table } from "./words";

export type Rule = GroupView | ZoneView | PortalView | ScheduleView;

interface Editor {
  readonly kind: "group" | "zone" | "portal" | "schedule";
  readonly label: string;
  readonly fields: readonly Field[];
  readonly nothing: Values;
  readonly mayEdit: boolean;
  readonly save: (id: string, values: Values, version: number, reason: string) => Promise<unknown>;
}

/** The id of a new rule is typed; `ids`: what it may be chosen from instead. */
export function useRuleEditor(editor: Editor, ids?: Field["choices"]) {
  const w = useWords(table);
  const [open, setOpen] = useState<{ thing: Rule | null; ends: boolean } | null>(null);
  const close = () => setOpen(null);
  const buttons = (thing: Rule): ReactNode =>
    editor.mayEdit && (
      <div className="wk-permit-line">
        <Button size="small" onClick={() => setOpen({ thing, ends: false })}>
          {w.edit}
        </Button>
        <Button size="small" onClick={() => setOpen({ thing, ends: true })}>
          {w.remove}
        </Button>
      </div>
    );
  const form = open !== null && (
    <RuleForm
      key={`${open.thing?.id ?? ""}-${open.ends}`}
      editor={editor}
      ids={ids}
      thing={open.thing}
      ends={open.ends}
      onDone={close}
    />
  );
  const add = editor.mayEdit && <Button onClick={() => setOpen({ thing: null, ends: false })}>{editor.label}</Button>;
  return { buttons, form, add };
}

function RuleForm({
  editor,
  ids,
  thing,
  ends,
  onDone,
}: {
  editor: Editor;
  ids: Field["choices"] | undefined;
  thing: Rule | null;
  ends: boolean;
  onDone: () => void;
}) {
  const w = useWords(table);
  // what was seen when the form was opened: an edit of somebody else meanwhile is a conflict, and no silent change of the form
  const [seen] = useState(thing);
  if (seen !== null && ends) return <Ending kind={editor.kind} thing={seen} label={w.remove} onDone={onDone} />;
  const idField: Field = {
    name: "id",
    label: ids === undefined ? w.ruleId : w.reader,
    ...(ids === undefined ? { hint: w.ruleIdHint } : { choices: ids }),
    kind: ids === undefined ? "text" : "choice",
    required: true,
    max: 64,
  };
  const fields = seen === null ? [idField, ...editor.fields] : editor.fields;
  const names = editor.fields.map((one) => one.name);
  return (
    <EditForm
      label={seen === null ? editor.label : w.edit}
      fields={fields}
      initial={seen === null ? { id: "", ...editor.nothing } : picked(names, seen as unknown as Values)}
      version={seen?.version ?? 0}
      save={({ id, ...values }, version, reason) => editor.save(seen?.id ?? String(id).trim(), values, version, reason)}
      onDone={onDone}
    />
  );
}

export function nameFields(w: (typeof table)["zh"]): Field[] {
  return [
    { name: "name_zh", label: w.nameZh, kind: "text", required: true },
    { name: "name_en", label: w.nameEn, kind: "text" },
  ];
}
