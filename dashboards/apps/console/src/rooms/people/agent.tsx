/** One agent: it is invited to enrol by a token that is shown once, or its keys are taken away. */
import { useQueryClient } from "@tanstack/react-query";
import { type AgentInvited, ask } from "@watchkeeper/api";
import { duration, HoldButton, hubClock, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useId, useState } from "react";
import { Command } from "../../parts/command";
import { Secret } from "../../parts/secret";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { type AgentRow, enrolLines, hasEnrolled } from "./agents";
import { table } from "./words";

const REASON_MAX = 200;

interface Invitation extends AgentInvited {
  readonly atMs: number;
}

export function AgentPanel({ row, onClose }: { row: AgentRow; onClose: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const queries = useQueryClient();
  const sending = useSending();
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const name = told(row.key, "name", language);
  const invite = () =>
    void sending.send(async () => {
      const atMs = hubClock.nowMs();
      const made = await ask("POST /agents/{agent}/enrolment", { path: { agent: row.key.agent } });
      setInvitation({ ...made, atMs });
      await queries.invalidateQueries({ queryKey: ["agents"] });
      return "";
    });
  return (
    <section className="wk-card" aria-label={name} data-panel={row.key.agent}>
      <h2>
        {name}{" "}
        <Button size="small" onClick={onClose}>
          {w.close}
        </Button>
      </h2>
      <Button loading={sending.busy} onClick={invite}>
        {w.invite}
      </Button>
      <Said sending={sending} />
      {invitation !== null && <Invited row={row} invitation={invitation} onAway={() => setInvitation(null)} />}
      <Revoke agent={row.key.agent} onRevoked={() => setInvitation(null)} />
    </section>
  );
}

function Invited({ row, invitation, onAway }: { row: AgentRow; invitation: Invitation; onAway: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const now = useNow();
  const leftS = (Date.parse(invitation.until) - now) / 1000;
  if (hasEnrolled(row.key, invitation.atMs)) return <p role="status">{w.inviteUsed}</p>;
  if (leftS <= 0) return <p role="status">{w.inviteOver}</p>;
  return (
    <Secret name={w.inviteToken(told(row.key, "name", language))} value={invitation.token} onAway={onAway}>
      <p>
        <b className="wk-number">{w.leftTime(duration(leftS, language))}</b> · {w.typeThis}
      </p>
      <Command lines={enrolLines(row.key.agent, invitation.token, location.origin)} />
      <p>{w.restart}</p>
    </Secret>
  );
}

function Revoke({ agent, onRevoked }: { agent: string; onRevoked: () => void }) {
  const w = useWords(table);
  const queries = useQueryClient();
  const sending = useSending();
  const id = useId();
  const [reason, setReason] = useState("");
  const given = reason.trim();
  const revoke = async () => {
    const done = await sending.send(async () => {
      const { ended } = await ask("POST /agents/{agent}/revoke", { path: { agent }, body: { reason: given } });
      await queries.invalidateQueries({ queryKey: ["agents"] });
      return w.revoked(ended);
    });
    if (done) {
      setReason("");
      onRevoked();
    }
  };
  return (
    <form className="wk-fields" aria-label={w.revoke} onSubmit={(event) => event.preventDefault()}>
      <p className="wk-quiet">{w.revokeWhat}</p>
      <label htmlFor={id}>
        {w.reason}
        <Input id={id} value={reason} maxLength={REASON_MAX} onChange={(event) => setReason(event.target.value)} />
      </label>
      <HoldButton disabled={given === "" || sending.busy} onHeld={() => void revoke()}>
        {w.holdRevoke}
      </HoldButton>
      <span className="wk-quiet" role="status">
        {given === "" ? w.needReason : ""}
      </span>
      <Said sending={sending} />
    </form>
  );
}
