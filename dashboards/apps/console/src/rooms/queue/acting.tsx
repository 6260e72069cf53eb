/** An act and its fields. What the incident allows, and which fields that takes, is the hub's own table: nothing of it stands here. */
import { ask, type Incident, type IncidentDetail, type Possible, Refusal } from "@watchkeeper/api";
import { told, useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Button, Form, Input, InputNumber, Modal, Select } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { useLive } from "../../live/provider";
import { PersonField } from "./person";
import { APP, carrier, GuardField, useGuards, useProposed } from "./sending";
import { table } from "./words";

export interface Acting {
  /** Do it: at once where nothing must be filled in, else after a dialog. */
  begin(act: Possible): void;
  readonly refusal: Refusal | null;
  readonly busy: string | null;
  readonly dialog: React.ReactNode;
}

interface Opened {
  readonly act: Possible;
  readonly incident: Incident;
}

/** The acts on one incident. One request for one press: while it is under way a second press does nothing. */
export function useActing(detail: IncidentDetail | undefined): Acting {
  const { incidents } = useLive();
  const [open, setOpen] = useState<Opened | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const send = useCallback(
    async (incident: Incident, act: Possible, fields: Record<string, string>) => {
      setBusy(act.act);
      setRefusal(null);
      try {
        incidents.put(await done(incident, act, fields));
        setOpen(null);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        setRefusal(error);
      } finally {
        setBusy(null);
      }
    },
    [incidents],
  );
  const incident = detail?.incident;
  useFocusBack(open === null, incident?.no);
  const begin = (act: Possible) => {
    if (incident === undefined || busy !== null) return;
    setRefusal(null);
    if (act.required.length === 0 && act.act === "acknowledge") void send(incident, act, {});
    else setOpen({ act, incident });
  };
  // what is open stays about its incident, wherever the selection goes meanwhile; its version is the newest known
  const about = open === null ? undefined : (incidents.get(open.incident.no) ?? open.incident);
  const dialog = open !== null && about !== undefined && (
    <ActDialog
      act={open.act}
      incident={about}
      busy={busy !== null}
      refusal={refusal}
      onCancel={() => {
        setOpen(null);
        setRefusal(null);
      }}
      onDo={(fields) => void send(about, open.act, fields)}
    />
  );
  return { begin, refusal: open === null ? refusal : null, busy, dialog };
}

/** By the app it is the guard's own phone that is told, and that answers. */
function done(incident: Incident, act: Possible, fields: Record<string, string>): Promise<Incident> {
  const { no, version } = incident;
  if (act.act === "dispatch" && fields.by === APP)
    return ask("POST /incidents/{no}/dispatch", {
      path: { no },
      body: { person: fields.guard ?? "", note: fields.note ?? "", version },
    });
  return ask("POST /incidents/{no}/acts/{act}", { path: { no, act: act.act }, body: { fields, version } });
}

/** After a dialog the keys are the list's again: the incident's row has the focus, or the list where the row is out of sight. */
function useFocusBack(closed: boolean, no: number | undefined): void {
  const wasOpen = useRef(false);
  useEffect(() => {
    if (closed && wasOpen.current) {
      const row = document.getElementById(`incident-${no}`) ?? document.querySelector<HTMLElement>(".wk-list");
      row?.focus({ preventScroll: true });
    }
    wasOpen.current = !closed;
  }, [closed, no]);
}

function ActDialog({
  act,
  incident,
  busy,
  refusal,
  onCancel,
  onDo,
}: {
  act: Possible;
  incident: Incident;
  busy: boolean;
  refusal: Refusal | null;
  onCancel: () => void;
  onDo: (fields: Record<string, string>) => void;
}) {
  const w = useWords(table);
  const language = useLanguage();
  const [form] = Form.useForm<Record<string, string | number | undefined>>();
  // why a plan is left unfinished is asked for where the hub says that it is
  const unfinished = refusal?.code === "plan_open";
  const names = [...act.required, ...act.optional]
    .filter((name) => act.act !== "close" || name !== "reason" || unfinished)
    .filter((name) => name !== "made_at"); // a phone tells it
  const sends = act.act === "dispatch";
  const guards = useGuards(incident.no, sends);
  const sendable = carrier(guards, Form.useWatch("guard", form));
  useProposed(form, guards);
  const choices = (name: string) =>
    sends && name === "by" && sendable !== undefined
      ? { [APP]: [table.zh.byApp, table.en.byApp], ...act.choices[name] }
      : act.choices[name];
  const submit = (given: Record<string, string | number | undefined>) => {
    const fields = Object.fromEntries(
      Object.entries(given)
        .filter(([, value]) => value !== undefined && value !== "")
        .map(([name, value]) => [name, String(value)]),
    );
    if (!sends || fields.by !== APP) onDo(fields);
    else if (sendable === undefined) form.setFieldValue("by", "radio");
    else onDo({ ...fields, guard: sendable.person });
  };
  return (
    <Modal
      open
      title={`${told(act, "title", language)} · #${incident.no} ${told(incident, "title", language)}`}
      okText={`${w.ok} (Ctrl+Enter)`}
      cancelText={w.cancel}
      confirmLoading={busy}
      onOk={() => form.submit()}
      onCancel={onCancel}
      focusTriggerAfterClose={false}
      destroyOnHidden
      // the dialog itself takes the focus as it opens: a field cannot by `autoFocus`
      afterOpenChange={(isOpen) => isOpen && form.focusField(names[0] ?? "")}
    >
      <Form
        form={form}
        layout="vertical"
        onKeyDown={(event) => event.key === "Enter" && event.ctrlKey && form.submit()}
        onFinish={submit}
        initialValues={{ minutes: 30, by: "radio" }}
      >
        {names.map((name) => (
          <Form.Item
            key={name}
            name={name}
            label={
              unfinished && name === "reason"
                ? w.fields_reason_unfinished
                : `${fieldWord(w, name)}${act.required.includes(name) ? "" : `（${w.optional}）`}`
            }
            rules={[{ required: act.required.includes(name) || (unfinished && name === "reason"), message: "" }]}
          >
            {sends && name === "guard" && guards.length > 0 ? (
              <GuardField guards={guards} />
            ) : (
              <Field name={name} choices={choices(name)} />
            )}
          </Form.Item>
        ))}
      </Form>
      {refusal !== null && <Alert type="error" title={refusal[language]} role="alert" />}
    </Modal>
  );
}

function Field({ name, choices, ...given }: { name: string; choices: Record<string, string[]> | undefined }) {
  const language = useLanguage();
  if (choices !== undefined) {
    const options = Object.entries(choices).map(([value, [zh, en]]) => ({ value, label: language === "zh" ? zh : en }));
    return <Select {...given} options={options} />;
  }
  if (name === "guard" || name === "assignee" || name === "owner") return <PersonField {...given} />;
  if (name === "minutes") return <InputNumber {...given} min={1} max={480} />;
  if (name === "note" || name === "finding") return <Input.TextArea {...given} rows={3} maxLength={1_000} />;
  return <Input {...given} maxLength={1_000} />;
}

function fieldWord(w: Readonly<Record<string, unknown>>, name: string): string {
  const word = w[`fields_${name}`];
  return typeof word === "string" ? word : name;
}

/** The buttons of what may be done now by whoever is signed in. */
export function ActButtons({ acts, role, acting }: { acts: readonly Possible[]; role: string; acting: Acting }) {
  const language = useLanguage();
  return (
    <div className="wk-acts">
      {acts
        .filter((act) => act.roles.includes(role))
        .map((act) => (
          <Button
            key={act.act}
            data-act={act.act}
            type={act.act === "acknowledge" ? "primary" : "default"}
            loading={acting.busy === act.act}
            onClick={() => acting.begin(act)}
          >
            {told(act, "title", language)}
          </Button>
        ))}
    </div>
  );
}
