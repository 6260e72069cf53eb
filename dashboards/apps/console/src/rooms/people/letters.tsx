/** What channels could not deliver. Each can be sent once more, when the cause is mended. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type DeadLetter } from "@watchkeeper/api";
import { dateTime, Empty, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { ToIncident } from "../../parts/to-incident";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { LETTERS_PAGE, useLetters } from "./data";
import { table } from "./words";

export function Letters() {
  const w = useWords(table);
  const { zone, may } = useSession();
  const queries = useQueryClient();
  const sending = useSending();
  const [offset, setOffset] = useState(0);
  const asked = useLetters(offset);
  const mayRetry = may("POST /dead-letters/{reader}/{pos}/retry");
  const retry = (letter: DeadLetter) =>
    void sending.send(async () => {
      const path = { reader: letter.reader, pos: letter.pos };
      await ask("POST /dead-letters/{reader}/{pos}/retry", { path });
      await queries.invalidateQueries({ queryKey: ["letters"] });
      return w.resent(`${letter.reader} ${letter.pos}`);
    });
  const columns = [w.channel, w.at, w.what, w.tries, w.error, ...(mayRetry ? [w.act] : [])];
  return (
    <>
      <h2>{w.letters}</h2>
      <Said sending={sending} />
      <Asked of={asked}>
        {(letters) => (
          <>
            {letters.length === 0 ? (
              <Empty atMs={asked.dataUpdatedAt} zone={zone}>
                {w.noLetters}
              </Empty>
            ) : (
              <Rows label={w.letters} columns={columns}>
                {letters.map((one) => (
                  <tr key={`${one.reader} ${one.pos}`}>
                    <td data-user-data>{one.reader}</td>
                    <td>
                      <time dateTime={one.at}>{dateTime(one.at, zone)}</time>
                    </td>
                    <td>
                      <What letter={one} />
                    </td>
                    <td className="wk-number">{one.tries}</td>
                    <td data-user-data>{one.error}</td>
                    {mayRetry && (
                      <td>
                        <Button size="small" disabled={sending.busy} onClick={() => retry(one)}>
                          {w.retry}
                        </Button>
                      </td>
                    )}
                  </tr>
                ))}
              </Rows>
            )}
            {offset > 0 && <Button onClick={() => setOffset(Math.max(0, offset - LETTERS_PAGE))}>{w.newer}</Button>}{" "}
            {letters.length === LETTERS_PAGE && <Button onClick={() => setOffset(offset + LETTERS_PAGE)}>{w.older}</Button>}
          </>
        )}
      </Asked>
    </>
  );
}

function What({ letter }: { letter: DeadLetter }) {
  const { topic, key } = letter.change as { topic?: string; key?: string };
  if (topic === "case" && key !== undefined) return <ToIncident no={Number(key)} />;
  return `${topic ?? ""} ${key ?? ""}`;
}
