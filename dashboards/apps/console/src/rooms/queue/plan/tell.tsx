/** 通知登记: who must be told and was, whom, by which name, when and how. */
import { ask, type RunView } from "@watchkeeper/api";
import { dateTime, hubClock, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { lastMoment } from "../../../estate-time";
import { MEANS, type Means, meansWords, WHOM, type Whom, whomWords } from "../../../plan-words";
import { Said } from "../../../sending/said";
import { useSession } from "../../../session/session";
import { useRunAct } from "./run";
import { DueMark } from "./step";
import { table } from "./words";

export function Tell({ no, view, allowed }: { no: number; view: RunView; allowed: boolean }) {
  const w = useWords(table);
  const whom = useWords(whomWords);
  const means = useWords(meansWords);
  const language = useLanguage();
  const { zone } = useSession();
  if (!allowed && view.must_tell.length === 0 && view.told.length === 0) return null;
  return (
    <section aria-label={w.tell} className="wk-tell">
      <h4>{w.tell}</h4>
      {view.must_tell.length > 0 && (
        <ul className="wk-must-tell" aria-label={w.mustTell}>
          {view.must_tell.map((one) => (
            <li key={one.whom} data-told={one.told}>
              {language === "zh" ? one.zh : one.en} <b>{one.told ? w.isTold : w.notTold}</b>{" "}
              {(one.told || view.run.state === "running") && <DueMark deadline={one} done={one.told} />}
            </li>
          ))}
        </ul>
      )}
      <ul className="wk-told">
        {view.told.map((one) => (
          <li key={`${one.recorded_at} ${one.whom}`}>
            <time dateTime={one.at}>{dateTime(one.at, zone)}</time> {whom[one.whom]} · <b>{one.name}</b> · {means[one.means]} ·{" "}
            {w.byWhom} {one.actor} · {w.recordedAt} <time>{dateTime(one.recorded_at, zone).slice(11)}</time>
            {one.note !== "" && <q>{one.note}</q>}
          </li>
        ))}
      </ul>
      {allowed && <TellForm no={no} view={view} />}
    </section>
  );
}

function TellForm({ no, view }: { no: number; view: RunView }) {
  const w = useWords(table);
  const whomWord = useWords(whomWords);
  const meansWord = useWords(meansWords);
  const { zone } = useSession();
  const { sending, act } = useRunAct(no);
  const [given, setGiven] = useState<Whom | null>(null);
  const [form, setForm] = useState({ name: "", time: "", note: "", means: "phone" as Means });
  const [wrong, setWrong] = useState(false);
  // whoever must be told and was not comes first
  const whom = given ?? view.must_tell.find((one) => !one.told)?.whom ?? "superior";
  const submit = async () => {
    const nowIso = new Date(hubClock.nowMs()).toISOString();
    const at = form.time === "" ? null : lastMoment(form.time, nowIso, zone);
    const bad = form.time !== "" && at === null;
    setWrong(bad);
    if (bad) return;
    const body = { whom, name: form.name, means: form.means, at, note: form.note, version: view.run.version };
    const isDone = await act(() => ask("POST /incidents/{no}/plan/told", { path: { no }, body }), w.recorded);
    if (isDone) {
      setForm({ name: "", time: "", note: "", means: form.means });
      setGiven(null);
    }
  };
  return (
    <form
      className="wk-tell-form"
      aria-label={w.tell}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label htmlFor="wk-tell-whom">
        {w.whom}
        <Select
          id="wk-tell-whom"
          value={whom}
          popupMatchSelectWidth={false}
          options={WHOM.map((value) => ({ value, label: whomWord[value] }))}
          onChange={setGiven}
        />
      </label>
      <label htmlFor="wk-tell-name">
        {w.name}
        <Input
          id="wk-tell-name"
          required
          maxLength={100}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.target.value })}
        />
      </label>
      <label htmlFor="wk-tell-means">
        {w.means}
        <Select
          id="wk-tell-means"
          value={form.means}
          popupMatchSelectWidth={false}
          options={MEANS.map((value) => ({ value, label: meansWord[value] }))}
          onChange={(means: Means) => setForm({ ...form, means })}
        />
      </label>
      <label htmlFor="wk-tell-time">
        {w.time}
        <input
          id="wk-tell-time"
          type="time"
          value={form.time}
          onChange={(event) => setForm({ ...form, time: event.target.value })}
        />
      </label>
      <label htmlFor="wk-tell-note">
        {w.said}
        <Input
          id="wk-tell-note"
          maxLength={1_000}
          value={form.note}
          onChange={(event) => setForm({ ...form, note: event.target.value })}
        />
      </label>
      <Button htmlType="submit" loading={sending.busy}>
        {w.record}
      </Button>
      {wrong && <p role="alert">{w.wrongTime}</p>}
      <Said sending={sending} />
    </form>
  );
}
