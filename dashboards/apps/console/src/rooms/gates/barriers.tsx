/** 道闸与门: every barrier and door that can be commanded, as it told last, who went through last, and what was commanded. */
import type { PassageView } from "@watchkeeper/api";
import { Empty, Skeleton, Stopped, told, useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import { useNavigate, useParams } from "react-router";
import { useSession } from "../../session/session";
import { useCommanding, useCommands, useGateDevices } from "./data";
import { Log } from "./log";
import { byPlace, type Gate, gatesOf, nextGate } from "./order";
import { Panel } from "./panel";
import { useGateStates, useTables } from "./passage-data";
import { Short } from "./passage-rows";
import { DeviceIncidents, Signals, Standing } from "./standing";
import { TableStanding } from "./table-standing";
import { table } from "./words";
import { table as pageWords } from "./words-pages";

export function Barriers() {
  const w = useWords(table);
  const { zone } = useSession();
  const navigate = useNavigate();
  const asked = useParams()["*"] ?? "";
  const number = /^\d{1,5}$/.test(asked) ? Number(asked) : null;
  const devices = useGateDevices();
  const commanding = useCommanding();
  const commands = useCommands(commanding.busy.size > 0);
  const gates = gatesOf(devices.data ?? []);
  const chosen = gates.find((gate) => gate.number === number);
  const move = (step: 1 | -1) => navigate(`/gates/${nextGate(gates, number, step) ?? ""}`, { replace: true });
  useKeys({ j: () => move(1), arrowdown: () => move(1), k: () => move(-1), arrowup: () => move(-1), v: () => navigate("/wall") });
  if (devices.data === undefined) {
    return devices.isError ? <Stopped sinceMs={devices.errorUpdatedAt} onRetry={() => void devices.refetch()} /> : <Skeleton />;
  }
  return (
    <div className="wk-gates">
      <section className="wk-gates-list" aria-label={w.list}>
        {devices.isError && <Stopped sinceMs={devices.dataUpdatedAt} onRetry={() => void devices.refetch()} />}
        {gates.length === 0 ? (
          <Empty atMs={devices.dataUpdatedAt} zone={zone}>
            {w.none}
          </Empty>
        ) : (
          <Table gates={gates} chosen={number} onChoose={(one) => navigate(`/gates/${one}`)} />
        )}
        <h3>{w.log}</h3>
        {commands.isError && <Stopped sinceMs={commands.dataUpdatedAt} onRetry={() => void commands.refetch()} />}
        <Log commands={commands.data ?? []} devices={devices.data} />
      </section>
      <section className="wk-gates-panel" aria-live="polite">
        {chosen !== undefined ? (
          <Panel key={chosen.device.id} gate={chosen} commands={commands.data ?? []} commanding={commanding} />
        ) : (
          <p className="wk-quiet">{number === null ? w.choose : w.noGate(String(number))}</p>
        )}
      </section>
    </div>
  );
}

function Table({
  gates,
  chosen,
  onChoose,
}: {
  gates: readonly Gate[];
  chosen: number | null;
  onChoose: (number: number) => void;
}) {
  const w = useWords(table);
  const p = useWords(pageWords);
  const language = useLanguage();
  const { may } = useSession();
  const [states, tables] = [useGateStates(), useTables()];
  const [seesLast, seesTables] = [may("GET /gates"), may("GET /access/tables")];
  const columns = 5 + Number(seesLast) + Number(seesTables);
  return (
    <table className="wk-gates-table">
      <thead>
        <tr>
          <th scope="col">{w.number}</th>
          <th scope="col">{w.name}</th>
          <th scope="col">{w.state}</th>
          <th scope="col">{w.signals}</th>
          <th scope="col">{w.incidents}</th>
          {seesLast && <th scope="col">{p.last}</th>}
          {seesTables && <th scope="col">{p.permits}</th>}
        </tr>
      </thead>
      {byPlace(gates).map((at) => (
        <tbody key={at.place}>
          <tr>
            <th scope="rowgroup" colSpan={columns}>
              {at.gates[0] === undefined ? at.place : told(at.gates[0].device, "place", language)}
            </th>
          </tr>
          {at.gates.map(({ number, device }) => (
            <tr key={device.id} data-gate={number} data-chosen={number === chosen}>
              <td>{number}</td>
              <td>
                <button type="button" aria-pressed={number === chosen} onClick={() => onChoose(number)}>
                  {told(device, "name", language)}
                </button>
              </td>
              <td>
                <Standing device={device} />
              </td>
              <td>
                <Signals device={device} />
              </td>
              <td>
                <DeviceIncidents numbers={device.live_incidents} />
              </td>
              {seesLast && (
                <td>
                  <Last of={states.get(device.id)?.last} gate={told(device, "name", language)} />
                </td>
              )}
              {seesTables && <td>{tables !== undefined && <TableStanding of={tables.get(device.agent)} />}</td>}
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}

function Last({ of, gate }: { of: PassageView | null | undefined; gate: string }) {
  const p = useWords(pageWords);
  if (of === undefined) return null;
  return of === null ? <span className="wk-quiet">{p.noLast}</span> : <Short of={of} gate={gate} />;
}
