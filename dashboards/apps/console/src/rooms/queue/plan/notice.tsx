/** What residents are told: a draft, then published by a manager. The hub records it and sends it to nobody. */
import { ask, type RunView } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useState } from "react";
import { Said } from "../../../sending/said";
import { useSession } from "../../../session/session";
import { useRunAct } from "./run";
import { DueMark } from "./step";
import { table } from "./words";

const LONG_MAX = 4_000;

export function Notice({ no, view }: { no: number; view: RunView }) {
  const w = useWords(table);
  const { zone, may } = useSession();
  const { sending, act } = useRunAct(no);
  const { notice, run } = view;
  const [edited, setEdited] = useState<string | null>(null);
  const published = notice.published_at !== null;
  const writes = !published && run.state === "review" && may("PUT /incidents/{no}/plan/notice");
  const save = async () => {
    const body = { text: edited ?? notice.text, version: run.version };
    if (await act(() => ask("PUT /incidents/{no}/plan/notice", { path: { no }, body }), w.saved)) setEdited(null);
  };
  const publish = () =>
    act(() => ask("POST /incidents/{no}/plan/notice", { path: { no }, body: { version: run.version } }), w.published);
  return (
    <section aria-label={w.notice} className="wk-after">
      <h4>
        {w.notice} <DueMark deadline={notice} done={published} />
      </h4>
      <p className="wk-quiet">{w.noticeHint}</p>
      {writes ? (
        <Input.TextArea
          aria-label={w.notice}
          rows={3}
          maxLength={LONG_MAX}
          value={edited ?? notice.text}
          onChange={(event) => setEdited(event.target.value)}
        />
      ) : (
        <p className="wk-user-words">{notice.text === "" ? w.empty : notice.text}</p>
      )}
      {notice.published_at !== null && (
        <p>
          <b>{w.published}</b> {notice.published_by} · <time>{dateTime(notice.published_at, zone)}</time>
        </p>
      )}
      <div className="wk-acts">
        {writes && (
          <Button onClick={() => void save()} loading={sending.busy} disabled={(edited ?? "").trim() === ""}>
            {w.save}
          </Button>
        )}
        {writes && may("POST /incidents/{no}/plan/notice") && (
          <Button type="primary" onClick={() => void publish()} disabled={edited !== null || notice.text === "" || sending.busy}>
            {w.publish}
          </Button>
        )}
      </div>
      <Said sending={sending} />
    </section>
  );
}
