/** 导出: the archives that were made, with their SHA-256, and taking them. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { dateTime, Empty, useWords } from "@watchkeeper/ui";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { useCameraName } from "./data";
import { ExportState } from "./export-state";
import { outWords } from "./words-out";

const EVERY_MS = 10_000;

export function Exports() {
  const w = useWords(outWords);
  const { zone } = useSession();
  const name = useCameraName();
  const asked = useQuery({
    queryKey: ["footage", "exports"],
    queryFn: () => ask("GET /footage/exports", { query: { limit: 50 } }),
    refetchInterval: EVERY_MS,
  });
  return (
    <section aria-label={w.exports}>
      <p className="wk-quiet">{w.sealed}</p>
      <Asked of={asked}>
        {({ exports, key }) => (
          <>
            <p>
              {w.key}
              {w.colon}
              <code className="wk-footage-hex">{key}</code>
            </p>
            {exports.length === 0 ? (
              <Empty atMs={asked.dataUpdatedAt} zone={zone}>
                {w.none}
              </Empty>
            ) : (
              <Rows label={w.exports} columns={[w.askedAt, w.askedBy, w.cameras, w.footage, w.receiver, w.reason, w.state]}>
                {exports.map((one) => (
                  <tr key={`${one.id} ${one.state}`}>
                    <td>{dateTime(one.at, zone)}</td>
                    <td data-user-data>{one.actor}</td>
                    <td>{one.cameras.map(name).join(", ")}</td>
                    <td>
                      {dateTime(one.from, zone)} – {dateTime(one.to, zone)}
                    </td>
                    <td data-user-data>
                      {one.receiver} {one.ticket}
                    </td>
                    <td data-user-data>{one.reason}</td>
                    <td>
                      <ExportState first={one} isFolded />
                    </td>
                  </tr>
                ))}
              </Rows>
            )}
          </>
        )}
      </Asked>
    </section>
  );
}
