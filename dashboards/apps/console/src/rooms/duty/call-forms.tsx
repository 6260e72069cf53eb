/** A call is logged, or what it was about is added. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type CallView } from "@watchkeeper/api";
import { hubClock, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useMemo, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { callTimes, type How } from "./call-times";
import { table } from "./words";

const HOW: readonly How[] = ["answered", "unanswered", "out"];
const KEY_BYTES = 12;

/** A name for one call, the same each time it is sent. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)), (one) => one.toString(16).padStart(2, "0")).join("");
}

export function CallForm({ onClose }: { onClose: () => void }) {
  const w = useWords(table);
  const { zone } = useSession();
  const queries = useQueryClient();
  const sending = useSending();
  const openedMs = useMemo(() => hubClock.nowMs(), []);
  const key = useMemo(newKey, []);
  const [typed, setTyped] = useState({ how: "answered" as How, at: "", waited: "", number: "", about: "", incident: "" });
  const [wrong, setWrong] = useState(false);
  const set = (name: string, value: string) => setTyped((before) => ({ ...before, [name]: value }));
  const log = () => {
    const times = callTimes(typed, openedMs, zone);
    setWrong(times === null);
    if (times === null) return;
    const incident = typed.incident === "" ? null : Number(typed.incident);
    void sending
      .send(async () => {
        await ask("POST /calls", { body: { key, number: typed.number, about: typed.about, incident, ...times } });
        await queries.invalidateQueries({ queryKey: ["calls"] });
        return w.logged;
      })
      .then((isDone) => isDone && onClose());
  };
  const text = (name: "number" | "about" | "incident" | "waited", label: string, first = false) => (
    <label htmlFor={`wk-call-${name}`}>
      {label}
      <Input
        id={`wk-call-${name}`}
        autoFocus={first}
        autoComplete="off"
        inputMode={name === "about" ? "text" : "numeric"}
        maxLength={name === "about" ? 1_000 : 32}
        value={typed[name]}
        onChange={(event) => set(name, event.target.value)}
      />
    </label>
  );
  return (
    <form
      className="wk-call-form"
      aria-label={w.logCall}
      onSubmit={(event) => {
        event.preventDefault();
        log();
      }}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      {text("number", w.number, true)}
      {text("about", w.about)}
      <fieldset>
        <legend>{w.howIt}</legend>
        {HOW.map((how) => (
          <label key={how}>
            <input type="radio" name="how" checked={typed.how === how} onChange={() => set("how", how)} /> {w[`o_${how}`]}{" "}
          </label>
        ))}
      </fieldset>
      {typed.how === "answered" && text("waited", w.waited)}
      <label htmlFor="wk-call-at">
        {w.at}
        <input id="wk-call-at" type="time" value={typed.at} onChange={(event) => set("at", event.target.value)} />
      </label>
      {text("incident", w.incidentNo)}
      <div className="wk-acts">
        <Button type="primary" htmlType="submit" loading={sending.busy}>
          {w.log}
        </Button>
        <Button onClick={onClose}>{w.cancel}</Button>
      </div>
      {wrong && <p role="alert">{w.wrongTime}</p>}
      <Said sending={sending} />
    </form>
  );
}

export function NotesForm({ call, onClose }: { call: CallView; onClose: () => void }) {
  const w = useWords(table);
  const { may } = useSession();
  const queries = useQueryClient();
  const sending = useSending();
  const [about, setAbout] = useState(call.about);
  const [incident, setIncident] = useState(call.incident === null ? "" : String(call.incident));
  const [number, setNumber] = useState("");
  const path = { call: call.id };
  const note = () =>
    sending
      .send(async () => {
        const body = { about, incident: incident === "" ? null : Number(incident) };
        await ask("POST /calls/{call}/notes", { path, body });
        await queries.invalidateQueries({ queryKey: ["calls"] });
        return w.noted;
      })
      .then((isDone) => isDone && onClose());
  const show = () =>
    sending.send(async () => {
      setNumber((await ask("GET /calls/{call}", { path })).number);
      return undefined;
    });
  return (
    <form
      className="wk-call-form"
      aria-label={w.notes}
      onSubmit={(event) => {
        event.preventDefault();
        void note();
      }}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <label htmlFor="wk-note-about">
        {w.about}
        <Input id="wk-note-about" autoFocus maxLength={1_000} value={about} onChange={(event) => setAbout(event.target.value)} />
      </label>
      <label htmlFor="wk-note-incident">
        {w.incidentNo}
        <Input
          id="wk-note-incident"
          inputMode="numeric"
          maxLength={12}
          value={incident}
          onChange={(event) => setIncident(event.target.value)}
        />
      </label>
      <div className="wk-acts">
        <Button htmlType="submit" loading={sending.busy}>
          {w.ok}
        </Button>
        {may("GET /calls/{call}") && call.number !== "" && number === "" && (
          <Button onClick={() => void show()}>{w.showNumber}</Button>
        )}
        {number !== "" && <b>{number}</b>}
        <Button onClick={onClose}>{w.cancel}</Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}
