/** 最近指令: who had what done, when, why, and what became of it (VEH-5). */
import type { Command, DeviceState } from "@watchkeeper/api";
import { dateTime, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { useSession } from "../../session/session";
import { actionWord } from "./panel";
import { stepsOf } from "./steps";
import { table } from "./words";

export function Log({ commands, devices }: { commands: readonly Command[]; devices: readonly DeviceState[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const named = new Map(devices.map((device) => [device.id, told(device, "name", language)]));
  if (commands.length === 0) return <p className="wk-quiet">{w.noCommands}</p>;
  return (
    <table className="wk-gate-log">
      <thead>
        <tr>
          <th scope="col">{w.when}</th>
          <th scope="col">{w.what}</th>
          <th scope="col">{w.who}</th>
          <th scope="col">{w.why}</th>
          <th scope="col">{w.outcome}</th>
        </tr>
      </thead>
      <tbody>
        {commands.map((one) => (
          <tr key={one.id}>
            <td>{dateTime(one.asked_at, zone)}</td>
            <td>
              {named.get(one.device) ?? one.device} · {actionWord(w, one.action)}
            </td>
            <td>{one.actor}</td>
            <td data-user-data>{one.reason}</td>
            <td>
              <Outcome command={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Outcome({ command }: { command: Command }) {
  const w = useWords(table);
  const language = useLanguage();
  const steps = stepsOf(command, undefined, useNow());
  const detail = language === "zh" ? command.detail_zh : command.detail_en;
  if (command.phase === "done") return w.stepDone;
  if (steps.sent === "failed" || steps.done === "failed") {
    const word = steps.sent === "failed" ? w.sentFailed : w.doneFailed;
    return <b>{detail === "" ? word : w.failure(word, detail)}</b>;
  }
  if (steps.sent === "unknown" || steps.done === "unknown") return <b>{w.doneUnknown}</b>;
  return steps.sent === "ok" ? w.doneWaiting : w.sentWaiting;
}
