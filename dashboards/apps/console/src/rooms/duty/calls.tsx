/** 来电: what the exchange measured and what people declared, apart; a call is logged with the key N. */
import { useQuery } from "@tanstack/react-query";
import { ask, type CallView } from "@watchkeeper/api";
import { clockTime, dateTime, Empty, Skeleton, Stopped, told, useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { useSession } from "../../session/session";
import { CallFiguresView } from "./call-figures";
import { CallForm, NotesForm } from "./call-forms";
import { table } from "./words";

const SOURCES = ["exchange", "declared"] as const;
const ROWS = 30;

export function Calls() {
  const w = useWords(table);
  const { may } = useSession();
  const [openedMs, setOpenedMs] = useState<number | null>(null);
  const allowed = may("POST /calls");
  useKeys(allowed ? { n: () => setOpenedMs(Date.now()) } : {});
  return (
    <>
      {allowed &&
        (openedMs === null ? (
          <Button type="primary" onClick={() => setOpenedMs(Date.now())}>
            {w.logCall}
          </Button>
        ) : (
          <CallForm key={openedMs} onClose={() => setOpenedMs(null)} />
        ))}
      <p className="wk-quiet">{w.apart}</p>
      <div className="wk-split">
        {SOURCES.map((source) => (
          <SourceCalls key={source} source={source} />
        ))}
      </div>
      {may("GET /duty/kpi") && <CallFiguresView />}
    </>
  );
}

function SourceCalls({ source }: { source: (typeof SOURCES)[number] }) {
  const w = useWords(table);
  const { zone } = useSession();
  const asked = useQuery({
    queryKey: ["calls", "list", source],
    queryFn: () => ask("GET /calls", { query: { source, limit: ROWS } }),
  });
  const title = source === "exchange" ? w.measured : w.declared;
  return (
    <section aria-label={title} data-source={source}>
      <h2>{title}</h2>
      <p className="wk-quiet">{source === "exchange" ? w.measuredNote : w.declaredNote}</p>
      {asked.error !== null && <Stopped sinceMs={asked.dataUpdatedAt} onRetry={() => void asked.refetch()} />}
      {asked.isPending && <Skeleton />}
      {asked.data?.calls.length === 0 && (
        <Empty atMs={asked.dataUpdatedAt} zone={zone}>
          {w.noCalls}
        </Empty>
      )}
      <ul className="wk-calls">
        {asked.data?.calls.map((call) => (
          <Call key={call.id} call={call} />
        ))}
      </ul>
    </section>
  );
}

const BAD: ReadonlySet<CallView["outcome"]> = new Set(["answered_late", "unanswered"]);

function Call({ call }: { call: CallView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone, may } = useSession();
  const [noting, setNoting] = useState(false);
  return (
    <li data-call={call.id} data-outcome={call.outcome}>
      <span>
        {call.rang_at !== null && <time dateTime={call.rang_at}>{dateTime(call.rang_at, zone)}</time>} ·{" "}
        <b data-over={BAD.has(call.outcome)}>{told(call, "outcome", language)}</b>
        {call.answer_s !== null && ` · ${w.answerTime} ${w.seconds(call.answer_s.toFixed(1))}`}
        {call.answered_at !== null && ` (${clockTime(call.answered_at, zone)})`} · {call.number}
      </span>
      <span data-user-data>
        {call.about} {call.incident !== null && `#${call.incident}`} {call.actor}
      </span>
      {may("POST /calls/{call}/notes") && !noting && (
        <Button size="small" aria-label={`${w.notes} ${call.number}`} onClick={() => setNoting(true)}>
          {w.notes}
        </Button>
      )}
      {noting && <NotesForm call={call} onClose={() => setNoting(false)} />}
    </li>
  );
}
