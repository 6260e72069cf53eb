/** 签名与验证: the log's end as the hub has signed it, and how anybody can prove that it was not rewritten. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { dateTime, Empty, PrioritySymbol, useWords } from "@watchkeeper/ui";
import { Asked } from "../../parts/asked";
import { Command } from "../../parts/command";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { table } from "./words";

const HEADS_MAX = 50;
const EVERY_MS = 30_000;
const SHORT = 16;
const VERIFY = [
  "watchkeeper edge heads agent.yaml > agent.jsonl",
  "watchkeeper audit verify data/hub.db --witness agent.jsonl --public-key audit.pub",
];

export function HeadsView() {
  const w = useWords(table);
  const { zone } = useSession();
  const asked = useQuery({
    queryKey: ["audit-heads"],
    queryFn: async () => (await ask("GET /audit/heads", { query: { limit: HEADS_MAX } })).heads,
    refetchInterval: EVERY_MS,
  });
  return (
    <div>
      <h2>{w.verify}</h2>
      <p>{w.verifyWhat}</p>
      <Command lines={VERIFY} />
      <h2>{w.heads}</h2>
      <p className="wk-quiet">{w.headsWhat}</p>
      <Asked of={asked}>
        {(heads) =>
          heads.length === 0 ? (
            <Empty atMs={asked.dataUpdatedAt} zone={zone}>
              {w.noHeads}
            </Empty>
          ) : (
            <>
              <Keys count={new Set(heads.map((head) => head.key)).size} />
              <Rows label={w.heads} columns={[w.epoch, w.last, w.signedAt, w.hash, w.key, w.signature]}>
                {heads.map((head) => (
                  <tr key={`${head.epoch} ${head.no} ${head.at}`}>
                    <td className="wk-number">{head.epoch}</td>
                    <td className="wk-number">{head.no}</td>
                    <td>
                      <time dateTime={head.at}>{dateTime(head.at, zone)}</time>
                    </td>
                    {[head.hash, head.key, head.signature].map((hex) => (
                      <td key={hex} className="wk-hex">
                        <details>
                          <summary>{hex.slice(0, SHORT)}…</summary>
                          {hex}
                        </details>
                      </td>
                    ))}
                  </tr>
                ))}
              </Rows>
            </>
          )
        }
      </Asked>
    </div>
  );
}

function Keys({ count }: { count: number }) {
  const w = useWords(table);
  if (count === 1) return <p>{w.oneKey}</p>;
  return (
    <p className="wk-wrong">
      <PrioritySymbol priority={3} /> {w.moreKeys(count)}
    </p>
  );
}
