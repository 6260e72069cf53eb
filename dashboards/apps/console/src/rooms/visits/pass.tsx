/** The pass as a QR code, asked for by a press: that it was shown stands on the audit log. */
import type { VisitView } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { useSession } from "../../session/session";
import { table } from "./words";

const HAS_PASS: ReadonlySet<string> = new Set(["confirmed", "inside"]);

export function Pass({ visit }: { visit: VisitView }) {
  const w = useWords(table);
  const { may, zone } = useSession();
  const [shown, setShown] = useState(false);
  const [failed, setFailed] = useState(false);
  if (!HAS_PASS.has(visit.state) || visit.from_at === null || !may("GET /visits/{visit}/pass.{form}")) return null;
  if (!shown)
    return (
      <p>
        <Button data-show-pass onClick={() => setShown(true)}>
          {w.showPass}
        </Button>{" "}
        <span className="wk-quiet">{w.passNote}</span>
      </p>
    );
  if (failed) return <p role="status">{w.passFailed}</p>;
  return (
    <figure className="wk-pass" data-pass>
      <img src={`/visits/${encodeURIComponent(visit.id)}/pass.svg`} alt={w.passAlt} onError={() => setFailed(true)} />
      <figcaption>
        {visit.until_at !== null && `${w.until} ${dateTime(visit.until_at, zone)}`}{" "}
        <Button className="wk-unprinted" onClick={() => print()}>
          {w.print}
        </Button>
      </figcaption>
    </figure>
  );
}
