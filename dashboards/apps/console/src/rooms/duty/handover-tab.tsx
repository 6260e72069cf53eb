/** 交接班: the one that is under way, or its beginning; and those that were. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type HandoverView } from "@watchkeeper/api";
import { dateTime, Empty, Skeleton, Stopped, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { useNames } from "../../names";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { Handover } from "./handover";
import { table } from "./words";

const PAST_MAX = 20;
const HANDOVER_DUTY = "shift-handover";

export function HandoverTab() {
  const [, chosen] = (useParams()["*"] ?? "").split("/");
  return chosen === undefined || chosen === "" ? <Current /> : <Handover key={chosen} id={chosen} />;
}

function Current() {
  const w = useWords(table);
  const { zone, may } = useSession();
  const asked = useQuery({
    queryKey: ["handovers", "list"],
    queryFn: () => ask("GET /handovers", { query: { limit: PAST_MAX } }),
  });
  const all = asked.data?.handovers ?? [];
  const drafts = all.filter((one) => one.state === "draft");
  return (
    <>
      {asked.error !== null && <Stopped sinceMs={asked.dataUpdatedAt} onRetry={() => void asked.refetch()} />}
      {asked.isPending && <Skeleton />}
      {drafts.map((one) => (
        <Handover key={one.id} id={one.id} />
      ))}
      {asked.data !== undefined && drafts.length === 0 && (
        <Empty atMs={asked.dataUpdatedAt} zone={zone}>
          {w.noHandover}
        </Empty>
      )}
      {asked.data !== undefined && may("POST /handovers") && drafts.length === 0 && <Begin />}
      <h2>{w.past}</h2>
      {asked.data !== undefined && all.length === drafts.length && <p className="wk-quiet">{w.noPast}</p>}
      <ul className="wk-plain">
        {all
          .filter((one) => one.state !== "draft")
          .map((one) => (
            <Past key={one.id} handover={one} />
          ))}
      </ul>
    </>
  );
}

function Past({ handover }: { handover: HandoverView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  return (
    <li>
      <Link to={`/duty/handover/${handover.id}`}>
        {dateTime(handover.ended_at ?? handover.begun_at, zone)} · {told(handover, "place", language)} · {handover.leaving.name} →{" "}
        {handover.coming.name === "" ? w.nobodyYet : handover.coming.name} · {w[`h_${handover.state}`]}
      </Link>
    </li>
  );
}

/** Whoever leaves begins. The post is the one whose duty it is, or any. */
function Begin() {
  const w = useWords(table);
  const { places, placeName } = useNames();
  const queries = useQueryClient();
  const duties = useQuery({ queryKey: ["estate", "duties"], queryFn: () => ask("GET /duties") });
  const routes = (duties.data?.duties ?? []).filter((one) => one.duty === HANDOVER_DUTY || one.evidence === "answer");
  const posts = [...new Set(routes.flatMap((one) => one.routes).flatMap((one) => one.places))];
  const [given, setGiven] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const sending = useSending();
  const place = given ?? posts[0] ?? null;
  const begin = () =>
    sending.send(async () => {
      if (place === null) return undefined;
      const made = await ask("POST /handovers", { body: { place, note } });
      queries.setQueryData(["handovers", made.handover.id], made);
      await queries.invalidateQueries({ queryKey: ["handovers", "list"] });
      return undefined;
    });
  return (
    <form
      className="wk-form"
      aria-label={w.begin}
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <label htmlFor="wk-handover-place">{w.post}</label>
      <Select
        id="wk-handover-place"
        value={place}
        options={posts.length > 0 ? posts.map((value) => ({ value, label: placeName(value) })) : [...places]}
        onChange={setGiven}
      />
      <label htmlFor="wk-handover-note">{w.note}</label>
      <Input.TextArea
        id="wk-handover-note"
        rows={2}
        maxLength={1_000}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <div>
        <Button type="primary" htmlType="submit" loading={sending.busy} disabled={place === null}>
          {w.begin}
        </Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}
