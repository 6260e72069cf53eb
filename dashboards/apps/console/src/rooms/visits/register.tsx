/** 登记: the guard's form. Tab and Enter are enough; N begins the next one. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, Refusal, type SpaceView, type VisitKindView, type VisitRouteView } from "@watchkeeper/api";
import { told, useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Button, Input, Select } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type Fields, useDraft } from "../../draft";
import { localMoment } from "../../estate-time";
import { Asked } from "../../parts/asked";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useKinds, useRoutes, useSpaces } from "./data";
import { DoorInput } from "./door";
import { bodyOf, EMPTY, type Field, fieldsOf, KINDS, type Kind, missing, spacesFor } from "./form";
import { Rules } from "./rules";
import { VisitPanel } from "./visit";
import { table } from "./words";

const DRAFT = "visit-registration";

export function RegisterTab({ id }: { id: string }) {
  const w = useWords(table);
  const navigate = useNavigate();
  const kinds = useKinds();
  const routes = useRoutes();
  const spaces = useSpaces();
  const [unsaid, setUnsaid] = useState<Refusal | null>(null);
  const language = useLanguage();
  const next = () => {
    setUnsaid(null);
    navigate("/visits/register");
  };
  useKeys(id === "" ? {} : { n: next });
  if (id !== "")
    return (
      <>
        <Button onClick={next}>
          {w.next} <kbd>N</kbd>
        </Button>
        {unsaid !== null && <Alert type="error" role="alert" title={`${w.rulesNotNoted}${unsaid[language]}`} />}
        <VisitPanel id={id} />
      </>
    );
  return (
    <Asked of={kinds}>
      {(known) => (
        <Asked of={routes}>
          {(ways) => (
            <Asked of={spaces}>
              {(all) => (
                <Form
                  kinds={known}
                  routes={ways}
                  spaces={all}
                  onDone={(visit, refusal) => {
                    setUnsaid(refusal);
                    navigate(`/visits/register/${visit}`);
                  }}
                />
              )}
            </Asked>
          )}
        </Asked>
      )}
    </Asked>
  );
}

interface Given {
  readonly kinds: readonly VisitKindView[];
  readonly routes: readonly VisitRouteView[];
  readonly spaces: readonly SpaceView[];
  /** It is registered; `refusal`: why it is not on record that the rules were told. */
  readonly onDone: (visit: string, refusal: Refusal | null) => void;
}

function Form({ kinds, routes, spaces, onDone }: Given) {
  const w = useWords(table);
  const { zone } = useSession();
  const queries = useQueryClient();
  const sending = useSending();
  const draft = useDraft(DRAFT, EMPTY);
  const [identity, setIdentity] = useState("");
  const [rulesTold, setRulesTold] = useState("");
  const chosen = kinds.find((one) => one.kind === draft.fields.kind) ?? kinds[0];
  if (chosen === undefined) return null;
  const fitting = spacesFor(chosen.kind, spaces);
  const rows = fieldsOf(chosen, fitting.length);
  const fields = withOnlyRoute(draft.fields, routes);
  const lacks = missing(rows, fields, identity);
  const waitsForRules = chosen.told_rules && rulesTold === "";
  const register = async () => {
    await sending.send(async () => {
      const expected = fields.expected ? localMoment(fields.expected, zone) : null;
      const made = await ask("POST /visits", { body: bodyOf(chosen, rows, fields, identity, expected) });
      draft.drop();
      setIdentity("");
      const refusal = chosen.told_rules ? await tellRules(made.id, rulesTold) : null;
      await queries.invalidateQueries({ queryKey: ["visits"] });
      void queries.invalidateQueries({ queryKey: ["visit-places"] });
      onDone(made.id, refusal);
      return "";
    });
  };
  return (
    <form
      className="wk-visit-form"
      aria-label={w.register}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (lacks.length === 0 && !waitsForRules) void register();
      }}
    >
      {draft.found && (
        <p role="status" className="wk-quiet" data-draft>
          {w.draftFound}
        </p>
      )}
      {routes.length === 0 && <Alert type="warning" title={w.noRoutes} />}
      <KindChoice kind={chosen.kind} onKind={(kind) => draft.set("kind", kind)} />
      <div className="wk-visit-fields">
        {rows.map((row) => (
          <OneField
            key={row.field}
            field={row.field}
            required={row.required}
            mayStayOpen={chosen.kind === "truck"}
            value={row.field === "identity" ? identity : (fields[row.field] ?? "")}
            routes={routes}
            spaces={fitting}
            onChange={(value) => (row.field === "identity" ? setIdentity(value) : draft.set(row.field, value))}
          />
        ))}
      </div>
      {chosen.told_rules && <Rules told={rulesTold} onTold={setRulesTold} />}
      <div className="wk-acts">
        <Button type="primary" htmlType="submit" loading={sending.busy} disabled={lacks.length > 0 || waitsForRules}>
          {chosen.resident ? w.register : w.registerAdmit}
        </Button>
        <Button
          onClick={() => {
            draft.drop();
            setIdentity("");
            setRulesTold("");
          }}
        >
          {w.clear}
        </Button>
        <span className="wk-quiet" role="status">
          {waitsForRules ? w.rulesFirst : ""}
        </span>
      </div>
      <Said sending={sending} />
    </form>
  );
}

/** Where there is one route it is everybody's. */
function withOnlyRoute(fields: Fields, routes: readonly VisitRouteView[]): Fields {
  const only = routes.length === 1 ? routes[0] : undefined;
  return only !== undefined && fields.route === "" ? { ...fields, route: only.id } : fields;
}

/** The visit stands whatever becomes of this; null: it is on record. */
async function tellRules(visit: string, rules: string): Promise<Refusal | null> {
  try {
    await ask("POST /visits/{visit}/acts/{act}", { path: { visit, act: "tell" }, body: { rules } });
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function KindChoice({ kind, onKind }: { kind: Kind; onKind: (kind: Kind) => void }) {
  const w = useWords(table);
  return (
    <fieldset className="wk-visit-kinds">
      <legend>{w.kind}</legend>
      {KINDS.map((one) => (
        <label key={one}>
          <input type="radio" name="visit-kind" value={one} checked={one === kind} onChange={() => onKind(one)} /> {w[`k_${one}`]}
        </label>
      ))}
    </fieldset>
  );
}

interface FieldGiven {
  readonly field: Field;
  readonly required: boolean;
  readonly mayStayOpen: boolean;
  readonly value: string;
  readonly routes: readonly VisitRouteView[];
  readonly spaces: readonly SpaceView[];
  readonly onChange: (value: string) => void;
}

const LONGEST: Partial<Record<Field, number>> = { name: 60, identity: 30, phone: 30, plate: 40 };

function OneField(given: FieldGiven) {
  const w = useWords(table);
  const { field, required, value, onChange } = given;
  const id = `wk-visit-${field}`;
  const name = field === "room" && given.mayStayOpen ? w.roomOptional : w[field];
  const label = required || field === "expected" || (field === "room" && given.mayStayOpen) ? name : w.optional(name);
  return (
    <label htmlFor={id} data-field={field}>
      <span>{label}</span>
      <FieldInput {...given} id={id} required={required} value={value} onChange={onChange} />
      {field === "identity" && <small className="wk-quiet">{w.identityNote}</small>}
    </label>
  );
}

function FieldInput({ id, field, required, value, routes, spaces, onChange }: FieldGiven & { id: string }) {
  const w = useWords(table);
  const language = useLanguage();
  switch (field) {
    case "room":
      return <DoorInput id={id} value={value} required={required} autoFocus onChange={onChange} />;
    case "route":
      return (
        <Select
          id={id}
          value={value || null}
          options={routes.map((one) => ({ value: one.id, label: told(one, "name", language) }))}
          onChange={(one) => onChange(one ?? "")}
        />
      );
    case "space":
      return (
        <Select
          id={id}
          allowClear={!required}
          value={value || null}
          options={spaces.map((one) => ({
            value: one.id,
            disabled: one.taken >= one.holds,
            label: `${told(one, "name", language)} · ${one.taken >= one.holds ? w.full : w.free(one.holds - one.taken)}`,
          }))}
          onChange={(one) => onChange(one ?? "")}
        />
      );
    case "expected":
      return <input id={id} type="datetime-local" value={value} onChange={(event) => onChange(event.target.value)} />;
    default:
      return (
        <Input
          id={id}
          required={required}
          autoComplete="off"
          inputMode={field === "phone" ? "tel" : "text"}
          maxLength={LONGEST[field] ?? 500}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
