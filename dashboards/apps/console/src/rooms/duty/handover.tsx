/** One handover: its items one by one, both who sign, and afterwards the record, which can be printed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type HandoverDetail, why } from "@watchkeeper/api";
import { dateTime, Skeleton, Stopped, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Popconfirm } from "antd";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { sideOf, waitsFor } from "./handing";
import { HandoverItems } from "./handover-items";
import { Record } from "./handover-record";
import { Signers } from "./handover-signers";
import { hasJoinedHere } from "./joined-here";
import { table } from "./words";

const CHARGE: readonly string[] = ["shift_leader", "manager"];

/** How an act's own answer becomes what is shown. A refusal may have changed the list, so that is asked for anew. */
export function useHandoverAct(id: string) {
  const queries = useQueryClient();
  const sending = useSending();
  const act = async (run: () => Promise<HandoverDetail | undefined>) => {
    const isDone = await sending.send(async () => {
      const detail = await run();
      if (detail !== undefined) queries.setQueryData(["handovers", id], detail);
      return undefined;
    });
    void queries.invalidateQueries({ queryKey: ["handovers"] });
    return isDone;
  };
  return { sending, act };
}

export function Handover({ id }: { id: string }) {
  const language = useLanguage();
  const asked = useQuery({
    queryKey: ["handovers", id],
    queryFn: () => ask("GET /handovers/{handover}", { path: { handover: id } }),
  });
  if (asked.data === undefined)
    return asked.error === null ? (
      <Skeleton />
    ) : (
      <Stopped sinceMs={asked.errorUpdatedAt} why={why(asked.error, language)} onRetry={() => void asked.refetch()} />
    );
  return asked.data.handover.state === "draft" ? <UnderWay id={id} detail={asked.data} /> : <Record detail={asked.data} />;
}

function UnderWay({ id, detail }: { id: string; detail: HandoverDetail }) {
  const w = useWords(table);
  const language = useLanguage();
  const { me, zone } = useSession();
  const { sending, act } = useHandoverAct(id);
  const { handover } = detail;
  const side = sideOf(handover, me.account);
  const decides = handover.coming.account !== "" && (side === "coming" || hasJoinedHere(id, me.session));
  const waits = waitsFor(detail);
  return (
    <section className="wk-handover" aria-label={w.t_handover} data-handover={id} data-waits={waits}>
      <h2>
        {told(handover, "place", language)} · {w.h_draft}
      </h2>
      <p>
        {w.begun} <time dateTime={handover.begun_at}>{dateTime(handover.begun_at, zone)}</time>
        {handover.note !== "" && (
          <>
            {" "}
            · <q data-user-data>{handover.note}</q>
          </>
        )}
      </p>
      <Signers id={id} detail={detail} />
      <p role="status" data-open={detail.open}>
        <b>{detail.open > 0 ? w.openItems(detail.open) : w.allAccepted}</b>
      </p>
      <HandoverItems id={id} items={detail.items} decides={decides} />
      <Said sending={sending} />
      {(side === "leaving" || CHARGE.includes(me.role)) && (
        <Popconfirm
          title={w.cancelSure}
          okText={w.cancelHandover}
          cancelText={w.keep}
          onConfirm={() => act(() => ask("POST /handovers/{handover}/cancel", { path: { handover: id } }))}
        >
          <Button>{w.cancelHandover}</Button>
        </Popconfirm>
      )}
    </section>
  );
}
