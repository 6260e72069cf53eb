/** A handover that is over, as it is read and printed. */
import type { HandoverDetail } from "@watchkeeper/api";
import { dateTime, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { Link } from "react-router";
import { useSession } from "../../session/session";
import { byKind } from "./handing";
import { SideCard } from "./handover-signers";
import { table } from "./words";
import "../../parts/print.css";

const HUB = "hub";

export function Record({ detail }: { detail: HandoverDetail }) {
  const w = useWords(table);
  const language = useLanguage();
  const { me, zone } = useSession();
  const { handover } = detail;
  return (
    <article className="wk-handover wk-printed" aria-label={w.record} data-handover={handover.id} data-waits="nothing">
      <h2>
        {told(me, "estate", language)} · {told(handover, "place", language)} · {w.record}
      </h2>
      <p>
        {w[`h_${handover.state}`]} · {w.begun} {dateTime(handover.begun_at, zone)}
        {handover.ended_at !== null && ` · ${w.ended} ${dateTime(handover.ended_at, zone)}`}
      </p>
      {handover.note !== "" && <p data-user-data>{handover.note}</p>}
      <div className="wk-signers">
        <SideCard side="leaving" signer={handover.leaving} />
        <SideCard side="coming" signer={handover.coming} />
      </div>
      <table className="wk-table">
        <thead>
          <tr>
            {[w.kind, w.items, w.state, w.decidedBy].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byKind(detail.items).flatMap(([kind, items]) =>
            items.map((one) => (
              <tr key={one.item}>
                <td>{w[`i_${kind}`]}</td>
                <td>{language === "zh" ? one.zh : one.en}</td>
                <td>
                  {w[`d_${one.decision}`]} <span data-user-data>{one.reason}</span>
                </td>
                <td>
                  {one.decided_by === HUB ? "" : one.decided_by} {one.decided_at !== null && dateTime(one.decided_at, zone)}
                </td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      {detail.items.length === 0 && <p className="wk-quiet">{w.noItems}</p>}
      <p className="wk-acts wk-unprinted">
        <Button onClick={() => window.print()}>{w.print}</Button> <Link to="/duty/handover">{w.back}</Link>
      </p>
    </article>
  );
}
