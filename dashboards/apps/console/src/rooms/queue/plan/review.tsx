/** The review: written by whoever is in charge, kept by the hub as a draft, approved by a manager. */
import { ask, type RunView } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useState } from "react";
import { Said } from "../../../sending/said";
import { useSession } from "../../../session/session";
import { useRunAct } from "./run";
import { DueMark } from "./step";
import { table } from "./words";

const PARTS = ["summary", "impact", "lessons", "changes"] as const;
type Parts = Readonly<Record<(typeof PARTS)[number], string>>;
const LONG_MAX = 4_000;

export function Review({ no, view }: { no: number; view: RunView }) {
  const w = useWords(table);
  const { zone, may } = useSession();
  const { sending, act } = useRunAct(no);
  const { review, run } = view;
  const [edited, setEdited] = useState<Parts | null>(null);
  const kept: Parts = { summary: review.summary, impact: review.impact, lessons: review.lessons, changes: review.changes };
  const parts = edited ?? kept;
  const approved = review.approved_at !== null;
  const writes = !approved && run.state === "review" && may("PUT /incidents/{no}/plan/review");
  const save = async () => {
    const body = { ...parts, version: run.version };
    if (await act(() => ask("PUT /incidents/{no}/plan/review", { path: { no }, body }), w.saved)) setEdited(null);
  };
  const approve = () =>
    act(() => ask("POST /incidents/{no}/plan/review/approve", { path: { no }, body: { version: run.version } }), w.approved);
  return (
    <section aria-label={w.review} className="wk-after">
      <h4>
        {w.review} <DueMark deadline={review} done={approved} />
      </h4>
      {PARTS.map((name) =>
        writes ? (
          <label key={name} htmlFor={`wk-review-${name}`}>
            {w[name]}
            <Input.TextArea
              id={`wk-review-${name}`}
              rows={2}
              maxLength={LONG_MAX}
              value={parts[name]}
              onChange={(event) => setEdited({ ...parts, [name]: event.target.value })}
            />
          </label>
        ) : (
          <p key={name}>
            <b>{w[name]}</b> <span className="wk-user-words">{kept[name] === "" ? w.empty : kept[name]}</span>
          </p>
        ),
      )}
      {review.at !== null && (
        <p className="wk-quiet">
          {w.lastBy} {review.author} · <time>{dateTime(review.at, zone)}</time>
        </p>
      )}
      {review.approved_at !== null && (
        <p>
          <b>{w.approved}</b> {review.approved_by} · <time>{dateTime(review.approved_at, zone)}</time>
        </p>
      )}
      <div className="wk-acts">
        {writes && (
          <Button onClick={() => void save()} loading={sending.busy} disabled={edited === null}>
            {w.save}
          </Button>
        )}
        {writes && may("POST /incidents/{no}/plan/review/approve") && (
          <Button type="primary" onClick={() => void approve()} disabled={edited !== null || sending.busy}>
            {w.approve}
          </Button>
        )}
      </div>
      {edited !== null && <p className="wk-quiet">{w.saveFirst}</p>}
      <Said sending={sending} />
    </section>
  );
}
