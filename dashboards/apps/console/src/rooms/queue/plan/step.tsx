/** A line of the checklist: who does it, whom to call, until when, and who has said that it is done. */
import type { RunStepView } from "@watchkeeper/api";
import { clockTime, duration, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useState } from "react";
import { useSession } from "../../../session/session";
import { type Deadline, deadlineOf } from "./steps";
import { table } from "./words";

type State = RunStepView["state"];
const NOTE_MAX = 1_000;

export function Step({
  step,
  next,
  running,
  allowed,
  busy,
  onTick,
}: {
  step: RunStepView;
  next: boolean;
  /** Of a run that is over no clock goes on. */
  running: boolean;
  allowed: boolean;
  busy: boolean;
  onTick: (state: State, note: string) => Promise<boolean>;
}) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const [skipping, setSkipping] = useState(false);
  const words = language === "zh" ? step.zh : step.en;
  return (
    <li data-step={step.step} data-state={step.state} data-next={next}>
      <div className="wk-step-head">
        <span className="wk-step-words">{words}</span>
        {step.mandatory && <em>{w.mandatory}</em>}
        {next && <em>{w.next}</em>}
        {(running || step.state !== "open") && <DueMark deadline={step} done={step.state !== "open"} />}
      </div>
      <div className="wk-step-line">
        <span>{told(step, "who", language)}</span>
        {step.call !== null && (
          <span>
            {w.call} {language === "zh" ? step.call.zh : step.call.en}{" "}
            {(step.call.phone ?? "") === "" ? w.noNumber : <a href={`tel:${step.call.phone}`}>{step.call.phone}</a>}
          </span>
        )}
        {step.state !== "open" && (
          <span className="wk-step-who">
            <b>{w[`s_${step.state}`]}</b> {step.actor} {step.at !== null && <time>{clockTime(step.at, zone)}</time>}
            {step.note !== "" && <q>{step.note}</q>}
          </span>
        )}
        {allowed && !skipping && (
          <span className="wk-step-acts">
            {step.state === "open" ? (
              <>
                <Button
                  size="small"
                  disabled={busy}
                  data-tick="done"
                  aria-label={`${w.done} ${words}`}
                  onClick={() => void onTick("done", "")}
                >
                  {w.done}
                </Button>
                <Button size="small" disabled={busy} aria-label={`${w.skip} ${words}`} onClick={() => setSkipping(true)}>
                  {w.skip}
                </Button>
              </>
            ) : (
              <Button size="small" disabled={busy} aria-label={`${w.reopen} ${words}`} onClick={() => void onTick("open", "")}>
                {w.reopen}
              </Button>
            )}
          </span>
        )}
      </div>
      {allowed && skipping && (
        <Skip
          busy={busy}
          onSkip={async (why) => (await onTick("skipped", why)) && setSkipping(false)}
          onCancel={() => setSkipping(false)}
        />
      )}
    </li>
  );
}

function Skip({ busy, onSkip, onCancel }: { busy: boolean; onSkip: (why: string) => unknown; onCancel: () => void }) {
  const w = useWords(table);
  const [why, setWhy] = useState("");
  return (
    <form
      className="wk-step-skip"
      onSubmit={(event) => {
        event.preventDefault();
        void onSkip(why);
      }}
    >
      <Input
        autoFocus
        required
        maxLength={NOTE_MAX}
        value={why}
        aria-label={w.reason}
        placeholder={w.reason}
        onChange={(event) => setWhy(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onCancel()}
      />
      <Button size="small" htmlType="submit" loading={busy}>
        {w.skip}
      </Button>
      <Button size="small" onClick={onCancel}>
        {w.cancel}
      </Button>
    </form>
  );
}

/** A countdown, drawn each second; nothing where there is no clock. */
export function DueMark({ deadline, done }: { deadline: { due_at: string | null; overdue: boolean }; done: boolean }) {
  const w = useWords(table);
  const language = useLanguage();
  const now = useNow();
  const { state, seconds }: Deadline = deadlineOf(deadline, done, now);
  if (state === "none" || state === "met") return null;
  const said = {
    running: `${w.left} ${duration(seconds, language)}`,
    over: `${w.over} ${duration(seconds, language)}`,
    missed: w.late,
  };
  return (
    <span className="wk-due" data-over={state === "over"} data-due={state}>
      {said[state]}
    </span>
  );
}
