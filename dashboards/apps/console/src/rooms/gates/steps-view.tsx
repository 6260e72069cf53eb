/** 已下发 → 已执行 → 设备反馈: how far the last command of a device is, in words. */
import type { Command, DeviceState } from "@watchkeeper/api";
import { clockTime, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { useSession } from "../../session/session";
import { type Mark, stepsOf } from "./steps";
import { table } from "./words";

export function StepsView({ command, device }: { command: Command; device: DeviceState | undefined }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const steps = stepsOf(command, device?.condition, useNow());
  const detail = language === "zh" ? command.detail_zh : command.detail_en;
  const state = (device && (language === "zh" ? device.condition.zh : device.condition.en)) ?? "";
  const failure = (word: string) => (detail === "" ? word : w.failure(word, detail));
  const time = (iso: string | null | undefined) => (iso ? clockTime(iso, zone) : "");
  const sent: Said = {
    waiting: w.sentWaiting,
    ok: time(command.asked_at),
    failed: failure(w.sentFailed),
    unknown: w.sentUnknown,
  };
  const done: Said = {
    waiting: w.doneWaiting,
    ok: time(command.ended_at),
    failed: failure(w.doneFailed),
    unknown: w.doneUnknown,
  };
  const seen: Said = {
    waiting: w.seenWaiting,
    ok: w.at(state, time(device?.condition.since)),
    missing: command.action === "unlock" ? w.seenNotOpened : w.seenMissing,
    same: w.seenSame(state),
  };
  return (
    <ol className="wk-steps" data-phase={command.phase} aria-live="polite">
      <Step name={w.stepSent} mark={steps.sent} said={sent} />
      <Step name={w.stepDone} mark={steps.done} said={done} />
      <Step name={w.stepSeen} mark={steps.seen} said={seen} />
    </ol>
  );
}

type Said = Partial<Record<Mark, string>>;

/** A step that has not been reached has no name that could be taken for a result. */
function Step({ name, mark, said }: { name: string; mark: Mark; said: Said }) {
  const w = useWords(table);
  const bad = mark === "failed" || mark === "unknown" || mark === "missing";
  return (
    <li data-mark={mark}>
      <span aria-hidden="true">{mark === "ok" ? "✓" : mark === "failed" ? "✕" : bad ? "!" : mark === "waiting" ? "…" : "·"}</span>
      {mark === "ok" && <b>{name}</b>}
      <span>{mark === "none" ? w.notYet(name) : (said[mark] ?? "")}</span>
    </li>
  );
}
