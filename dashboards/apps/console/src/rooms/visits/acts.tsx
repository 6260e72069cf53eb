/** What can be done with a visit now: the hub offers it, a form asks for what an act needs. */
import { useQueryClient } from "@tanstack/react-query";
import { type Asked, ask, type VisitView } from "@watchkeeper/api";
import { HoldButton, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { localMoment } from "../../estate-time";
import { Said } from "../../sending/said";
import { type Sending, useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { CallForm } from "./call";
import { useSpaces } from "./data";
import { spacesFor } from "./form";
import { Rules } from "./rules";
import { table, wordFor } from "./words";

type Named = Asked<"POST /visits/{visit}/acts/{act}">["path"]["act"];
type Body = Asked<"POST /visits/{visit}/acts/{act}">["body"];
/** What is asked for before an act; one without a row is done by its button. */
const ASKS: Readonly<Record<string, "reason" | "until" | "space" | "rules">> = {
  force: "reason",
  cancel: "reason",
  close: "reason",
  extend: "until",
  space: "space",
  tell: "rules",
};
export function Acts({ visit }: { visit: VisitView }) {
  const w = useWords(table);
  const { may } = useSession();
  const queries = useQueryClient();
  const sending = useSending();
  const [open, setOpen] = useState("");
  const renewed = async () => {
    setOpen("");
    await queries.invalidateQueries({ queryKey: ["visits"] });
    void queries.invalidateQueries({ queryKey: ["visit-places"] });
  };
  const askResident = () =>
    sending.send(async () => {
      const done = await ask("POST /visits/{visit}/ask", { path: { visit: visit.id } });
      await renewed();
      return done.by_phone ? w.byPhone : w.asked(done.told, done.unreachable);
    });
  const act = (name: string, body: Body) =>
    sending.send(async () => {
      await ask("POST /visits/{visit}/acts/{act}", { path: { visit: visit.id, act: name as Named }, body });
      await renewed();
      return w.actDone(wordFor(w, "a", name));
    });
  const press = (name: string) => {
    if (name === "ask") void askResident();
    else if (name in ASKS) setOpen(open === name ? "" : name);
    else void act(name, {});
  };
  // a call answers wherever the resident may be asked
  const calls = visit.acts.includes("ask");
  const mayCall = may("POST /visits/{visit}/call");
  return (
    <section aria-label={w.acts}>
      <div className="wk-acts">
        {visit.acts.map((name) => (
          <Button
            key={name}
            data-act={name}
            type={name === visit.acts[0] ? "primary" : "default"}
            aria-expanded={name in ASKS ? open === name : undefined}
            disabled={sending.busy}
            onClick={() => press(name)}
          >
            {wordFor(w, "a", name)}
          </Button>
        ))}
        {calls && mayCall && (
          <Button data-act="call" aria-expanded={open === "call"} onClick={() => setOpen(open === "call" ? "" : "call")}>
            {w.a_call}
          </Button>
        )}
      </div>
      {calls && !mayCall && <p className="wk-quiet">{w.mayNot}</p>}
      {open === "call" && calls && (
        <CallForm
          visit={visit}
          onDone={() => {
            // what was said of the asking is answered
            sending.clear();
            void renewed();
          }}
        />
      )}
      {visit.acts.includes(open) && (
        <ActForm key={open} name={open} visit={visit} sending={sending} onAct={(body) => void act(open, body)} />
      )}
      <Said sending={sending} />
    </section>
  );
}

interface FormGiven {
  readonly name: string;
  readonly visit: VisitView;
  readonly sending: Sending;
  readonly onAct: (body: Body) => void;
}

function ActForm({ name, visit, sending, onAct }: FormGiven) {
  const w = useWords(table);
  const { zone } = useSession();
  const id = useId();
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const [space, setSpace] = useState("");
  const [rulesTold, setRulesTold] = useState("");
  const wants = ASKS[name];
  const untilAt = until === "" ? null : localMoment(until, zone);
  const hasReason = reason.trim() !== "";
  const ready = {
    reason: hasReason,
    until: hasReason && untilAt !== null,
    space: space !== "",
    rules: rulesTold !== "",
  }[wants ?? "reason"];
  const bodies = { reason: { reason }, until: { reason, until_at: untilAt }, space: { space }, rules: { rules: rulesTold } };
  const send = () => ready && onAct(bodies[wants ?? "reason"]);
  return (
    <form
      className="wk-fields"
      aria-label={wordFor(w, "a", name)}
      data-act-form={name}
      onSubmit={(event) => {
        event.preventDefault();
        if (name !== "force") send();
      }}
    >
      {name === "force" && <p>{w.forceNote}</p>}
      {wants === "rules" && <Rules told={rulesTold} onTold={setRulesTold} />}
      {wants === "until" && (
        <label htmlFor={`${id}-until`}>
          {w.untilAt}
          <input id={`${id}-until`} type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} />
        </label>
      )}
      {wants === "space" && <SpaceChoice id={`${id}-space`} visit={visit} value={space} onChange={setSpace} />}
      {(wants === "reason" || wants === "until") && (
        <label htmlFor={`${id}-reason`}>
          {w.why}
          <Input
            id={`${id}-reason`}
            autoFocus
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
      )}
      {name === "force" ? (
        <HoldButton disabled={!ready || sending.busy} onHeld={send}>
          {w.a_force}
        </HoldButton>
      ) : (
        <Button htmlType="submit" disabled={!ready} loading={sending.busy}>
          {w.ok}
        </Button>
      )}
    </form>
  );
}

function SpaceChoice({
  id,
  visit,
  value,
  onChange,
}: {
  id: string;
  visit: VisitView;
  value: string;
  onChange: (space: string) => void;
}) {
  const w = useWords(table);
  const language = useLanguage();
  const spaces = spacesFor(visit.kind, useSpaces().data ?? []);
  return (
    <label htmlFor={id}>
      {w.space}
      <Select
        id={id}
        value={value || null}
        options={spaces.map((one) => ({
          value: one.id,
          disabled: one.taken >= one.holds,
          label: `${told(one, "name", language)} · ${one.taken >= one.holds ? w.full : w.free(one.holds - one.taken)}`,
        }))}
        onChange={(one) => onChange(one ?? "")}
      />
    </label>
  );
}
