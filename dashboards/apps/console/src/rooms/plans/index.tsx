/** 预案: the plans in force with their versions, edited by managers, and the runs that still ask for something. */
import { useQuery } from "@tanstack/react-query";
import { ask, type PlanView, why } from "@watchkeeper/api";
import { dateTime, Skeleton, Stopped, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { usePlans } from "../../plan-choices";
import { useSession } from "../../session/session";
import { Editor } from "./editor";
import { PlanBody } from "./plan-body";
import { Runs } from "./runs";
import { table } from "./words";
import "../../forms.css";
import "./plans.css";

export default function Plans() {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const plans = usePlans();
  const chosen = useParams()["*"] ?? "";
  return (
    <div className="wk-plans">
      <nav aria-label={w.plans} className="wk-plans-list">
        {plans.error !== null && <Stopped sinceMs={plans.dataUpdatedAt} onRetry={() => void plans.refetch()} />}
        {plans.isPending && <Skeleton />}
        {may("GET /plan-runs") && (
          <Link to="/plans" aria-current={chosen === "" ? "page" : undefined}>
            {w.runs}
          </Link>
        )}
        {plans.data?.plans.map(({ body, version }) => (
          <Link key={body.plan} to={`/plans/${body.plan}`} aria-current={chosen === body.plan ? "page" : undefined}>
            <b>{language === "zh" ? body.zh : body.en}</b>{" "}
            <span className="wk-quiet">{version === 0 ? w.shipped : w.version(version)}</span>
          </Link>
        ))}
      </nav>
      <section className="wk-plans-main">
        {chosen !== "" ? <OnePlan key={chosen} plan={chosen} /> : may("GET /plan-runs") ? <Runs /> : <p>{w.choose}</p>}
      </section>
    </div>
  );
}

function OnePlan({ plan }: { plan: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const asked = useQuery({ queryKey: ["plans", plan], queryFn: () => ask("GET /plans/{plan}", { path: { plan } }) });
  const [editing, setEditing] = useState<PlanView | null>(null);
  const [said, setSaid] = useState("");
  if (asked.data === undefined)
    return asked.error === null ? (
      <Skeleton />
    ) : (
      <Stopped sinceMs={asked.errorUpdatedAt} why={why(asked.error, language)} onRetry={() => void asked.refetch()} />
    );
  const current = asked.data.plan;
  if (editing !== null)
    return (
      <Editor
        from={editing}
        onClose={() => setEditing(null)}
        onSaved={(saved) => {
          setEditing(null);
          setSaid(w.saved(saved.version));
        }}
      />
    );
  return (
    <>
      <p role="status">{said}</p>
      <PlanBody view={current} />
      {may("PUT /plans/{plan}") && (
        <Button
          type="primary"
          onClick={() => {
            setSaid("");
            setEditing(current);
          }}
        >
          {w.edit}
        </Button>
      )}
      <History history={asked.data.history} />
    </>
  );
}

function History({ history }: { history: readonly PlanView[] }) {
  const w = useWords(table);
  const { zone } = useSession();
  const [shown, setShown] = useState<number | null>(null);
  const found = history.find((one) => one.version === shown);
  return (
    <section aria-label={w.history}>
      <h3>{w.history}</h3>
      {history.length === 0 && <p className="wk-quiet">{w.noHistory}</p>}
      <ul className="wk-plain">
        {history.map((one) => (
          <li key={one.version}>
            {w.version(one.version)} · {one.at !== null && <time>{dateTime(one.at, zone)}</time>} · {one.actor} ·{" "}
            <q>{one.reason}</q>{" "}
            <Button
              size="small"
              aria-expanded={shown === one.version}
              aria-label={`${w.show} ${w.version(one.version)}`}
              onClick={() => setShown(shown === one.version ? null : one.version)}
            >
              {w.show}
            </Button>
          </li>
        ))}
      </ul>
      {found !== undefined && <PlanBody view={found} />}
    </section>
  );
}
