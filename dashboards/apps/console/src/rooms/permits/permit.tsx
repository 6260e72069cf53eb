/** One permit: where and when it holds, and its cards, plates and codes with what may be done with each. */
import type { CredentialView, PermitView } from "@watchkeeper/api";
import { ask } from "@watchkeeper/api";
import { dateTime, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { actsOn, type CredentialAct } from "./acts";
import { CredentialForm, IssueForm } from "./credential-forms";
import { ruleName, useRules } from "./data";
import { EditForm, type Field } from "./edit-form";
import { picked, type Values } from "./editing";
import { Ending } from "./ending";
import { mediumWord, table } from "./words";

export function PermitCard({ permit, credentials }: { permit: PermitView; credentials: readonly CredentialView[] }) {
  const w = useWords(table);
  const { may } = useSession();
  const [open, setOpen] = useState<"edit" | "issue" | "end" | null>(null);
  const close = () => setOpen(null);
  return (
    <section className="wk-permit-card" data-permit={permit.id} aria-label={w.permit}>
      <Facts permit={permit} />
      {permit.ended_at === null && may("PUT /access/permits/{id}") && (
        <div className="wk-acts">
          <Button onClick={() => setOpen("issue")}>{w.issue}</Button>
          <Button onClick={() => setOpen("edit")}>{w.editPermit}</Button>
          <Button onClick={() => setOpen("end")}>{w.endPermit}</Button>
        </div>
      )}
      {open === "edit" && <PermitForm holder={permit.holder} id={permit.id} permit={permit} onDone={close} />}
      {open === "issue" && <IssueForm permit={permit.id} onDone={close} />}
      {open === "end" && <Ending kind="permit" thing={permit} label={w.endPermit} onDone={close} />}
      <Credentials credentials={credentials} />
    </section>
  );
}

function Facts({ permit }: { permit: PermitView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const rules = useRules();
  const named = permit.groups.map((id) => {
    const found = rules.data?.groups.find((one) => one.id === id);
    return found === undefined ? id : ruleName(found, language);
  });
  const at = (time: string | null, none: string) => (time === null ? none : dateTime(time, zone));
  return (
    <>
      <h3 data-user-data>{named.join(" · ") || w.noGroups}</h3>
      <p>
        {permit.ended_at !== null && `${w.endedAt} ${dateTime(permit.ended_at, zone)} · `}
        {at(permit.valid_from, w.atOnce)} – {at(permit.valid_until, w.withoutEnd)}
        {permit.spaces > 0 && ` · ${w.c_spaces} ${permit.spaces}`}
        {permit.uses > 0 && ` · ${w.uses} ${permit.uses}`}
        {permit.exempt && ` · ${w.exempt}`} <span data-user-data>{permit.note}</span>
      </p>
    </>
  );
}

function Credentials({ credentials }: { credentials: readonly CredentialView[] }) {
  const w = useWords(table);
  const { may } = useSession();
  const [open, setOpen] = useState<{ id: string; act: CredentialAct } | null>(null);
  const chosen = credentials.find((one) => one.id === open?.id);
  if (credentials.length === 0) return <p className="wk-quiet">{w.noCredentials}</p>;
  return (
    <>
      <Rows label={w.credentials} columns={[w.medium, w.tail, w.state, w.acts]}>
        {credentials.map((one) => (
          <tr key={one.id} data-credential={one.id} data-state={one.state}>
            <td>{mediumWord(w, one.medium)}</td>
            <td data-user-data>{one.medium === "card" && one.shown !== "" ? `••• ${one.shown}` : one.shown || "•••"}</td>
            <td>
              {w[`s_${one.state}`]} {one.has_pin && w.withPin}
            </td>
            <td>
              <div className="wk-permit-line">
                {actsOn(one)
                  .filter((act) =>
                    may(act === "replace" ? "POST /access/replacements/{id}" : "POST /access/credentials/{id}/{deed}"),
                  )
                  .map((act) => (
                    <Button key={act} size="small" data-deed={act} onClick={() => setOpen({ id: one.id, act })}>
                      {w[`d_${act}`]}
                    </Button>
                  ))}
              </div>
            </td>
          </tr>
        ))}
      </Rows>
      {chosen !== undefined && open !== null && (
        <CredentialForm key={`${open.id}-${open.act}`} credential={chosen} act={open.act} onDone={() => setOpen(null)} />
      )}
    </>
  );
}

const NEW: Values = { groups: [], valid_from: null, valid_until: null, spaces: 0, uses: 0, exempt: false, note: "" };

export function PermitForm({
  holder,
  id,
  permit,
  onDone,
}: {
  holder: string;
  id: string;
  permit?: PermitView;
  onDone: () => void;
}) {
  const w = useWords(table);
  const language = useLanguage();
  const rules = useRules();
  const [first] = useState({ id, permit });
  const groups = (rules.data?.groups ?? []).map((one) => ({ value: one.id, label: ruleName(one, language) }));
  const fields: Field[] = [
    { name: "groups", label: w.c_groups, kind: "many", choices: groups },
    { name: "valid_from", label: w.validFrom, hint: w.atOnce, kind: "time" },
    { name: "valid_until", label: w.validUntil, hint: w.withoutEnd, kind: "time" },
    { name: "spaces", label: w.c_spaces, hint: w.zeroNoLimit, kind: "number", max: 50 },
    { name: "uses", label: w.uses, hint: w.zeroNoLimit, kind: "number", max: 1_000 },
    { name: "exempt", label: w.exempt, kind: "check" },
    { name: "note", label: w.note, kind: "text", max: 500 },
  ];
  const save = (values: Values, version: number, reason: string) => {
    const numbers = { spaces: Number(values.spaces ?? 0), uses: Number(values.uses ?? 0) };
    return ask("PUT /access/permits/{id}", { path: { id: first.id }, body: { ...values, ...numbers, holder, version, reason } });
  };
  const initial = first.permit === undefined ? NEW : picked(Object.keys(NEW), first.permit as unknown as Values);
  const label = permit === undefined ? w.newPermit : w.editPermit;
  return (
    <EditForm label={label} fields={fields} initial={initial} version={first.permit?.version ?? 0} save={save} onDone={onDone} />
  );
}
