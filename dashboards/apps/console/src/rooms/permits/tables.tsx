/** 下发: which table of permits each agent decides by, and whether it is the newest. */
import type { TableView } from "@watchkeeper/api";
import { ageS, dateTime, duration, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { usePortalDevices, useTables } from "./data";
import { table } from "./words";

const HASH_SHOWN = 12;

export function TablesView() {
  const w = useWords(table);
  const asked = useTables();
  return (
    <section aria-label={w.v_tables}>
      <p className="wk-quiet">{w.tablesAre}</p>
      <Asked of={asked}>
        {({ tables, counts }) => (
          <>
            <p>{w.counts(counts.holder ?? 0, counts.permit ?? 0, counts.credential ?? 0)}</p>
            {tables.length === 0 && <p className="wk-empty">{w.noTables}</p>}
            <Rows label={w.v_tables} columns={[w.agent, w.portals, w.tableNo, w.entries, w.hash, w.made, w.told, w.newest]}>
              {tables.map((one) => (
                <TableRow key={one.agent} table={one} />
              ))}
            </Rows>
          </>
        )}
      </Asked>
    </section>
  );
}

function TableRow({ table: one }: { table: TableView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  const devices = usePortalDevices();
  const age = (at: string | null) => (at === null ? "—" : `${dateTime(at, zone)} (${duration(ageS(at, now), language)})`);
  return (
    <tr data-agent={one.agent} data-current={one.current}>
      <td>{told(one, "name", language) || one.agent}</td>
      <td>{one.portals.map(devices.name).join(", ")}</td>
      <td className="wk-number">{one.held_no === null ? "—" : w.ofNewest(one.held_no, one.no)}</td>
      <td className="wk-number">{one.held_no === null ? "—" : w.ofNewest(one.held_entries, one.entries)}</td>
      <td>
        <code title={one.hash}>{(one.held_hash || one.hash).slice(0, HASH_SHOWN)}</code>
      </td>
      <td>{age(one.held_made_at)}</td>
      <td>{age(one.told_at)}</td>
      <td data-abnormal={one.current ? undefined : true}>
        {one.current ? w.isNewest : `! ${one.behind_s === null ? w.notKnown : w.behind(duration(one.behind_s, language))}`}
      </td>
    </tr>
  );
}
