/** The emergency plan of the incident that is looked at: its steps, who was told, and what comes afterwards. */
import { ask, type RunView } from "@watchkeeper/api";
import { dateTime, useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import { useIncident } from "../../../live/provider";
import { Said } from "../../../sending/said";
import { useSession } from "../../../session/session";
import { Notice } from "./notice";
import { Review } from "./review";
import { useRun, useRunAct } from "./run";
import { StartPlan } from "./start";
import { Step } from "./step";
import { nextStep } from "./steps";
import { Tell } from "./tell";
import { table } from "./words";
import "../../../forms.css";
import "./plan.css";

const HUB = "hub";

/** The panel in the detail of incident `no`; nothing where there is no plan and none can be started. */
export function PlanOf({ no }: { no: number }) {
  const { may } = useSession();
  const incident = useIncident(no);
  const run = useRun(no, may("GET /plan-runs"));
  if (run.data === undefined) return null;
  if (run.data === null) return incident?.live && may("POST /incidents/{no}/plan") ? <StartPlan key={no} no={no} /> : null;
  return <RunPanel key={no} no={no} view={run.data} />;
}

function RunPanel({ no, view }: { no: number; view: RunView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone, may } = useSession();
  const { sending, act } = useRunAct(no);
  const { run } = view;
  const running = run.state === "running";
  const next = running ? nextStep(view.steps) : null;
  useKeys({
    s: () => document.querySelector<HTMLElement>("[data-next=true] button")?.focus(),
    t: () => document.querySelector<HTMLElement>("#wk-tell-name")?.focus(),
  });
  const tick = (step: string, state: "done" | "skipped" | "open", note: string) =>
    act(() => ask("POST /incidents/{no}/plan/steps/{step}", { path: { no, step }, body: { state, note, version: run.version } }));
  return (
    <section className="wk-run" aria-label={w.plan} data-run={run.state}>
      <h3>
        {w.plan}
        {language === "zh" ? `：${run.zh}` : `: ${run.en}`} · {w[`r_${run.state}`]}
      </h3>
      <p className="wk-quiet">
        {w.startedBy} {run.started_by === HUB ? w.hub : run.started_by} · <time>{dateTime(run.started_at, zone)}</time>
        {view.note !== "" && ` · ${view.note}`}
      </p>
      <Said sending={sending} />
      <ol className="wk-checklist">
        {view.steps.map((step) => (
          <Step
            key={step.step}
            step={step}
            next={step.step === next}
            running={running}
            allowed={running && may("POST /incidents/{no}/plan/steps/{step}")}
            busy={sending.busy}
            onTick={(state, note) => tick(step.step, state, note)}
          />
        ))}
      </ol>
      <Tell no={no} view={view} allowed={running && may("POST /incidents/{no}/plan/told")} />
      {running && may("POST /incidents/{no}/plan/told") && <p className="wk-quiet">{w.keys}</p>}
      {view.closed_reason !== "" && (
        <p>
          {w.closedWith}: <q>{view.closed_reason}</q> {view.closed_by}
        </p>
      )}
      {(run.state === "review" || (run.state === "over" && run.closed_at !== null)) && (
        <>
          <Review key={`review-${no}`} no={no} view={view} />
          <Notice key={`notice-${no}`} no={no} view={view} />
        </>
      )}
    </section>
  );
}
