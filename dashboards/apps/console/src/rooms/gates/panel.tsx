/** One gate: how it stands, what may be commanded, and how far the last command is. */
import type { Command } from "@watchkeeper/api";
import { HoldButton, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Alert, Button, Input } from "antd";
import { useId, useState } from "react";
import { Link } from "react-router";
import { useSession } from "../../session/session";
import type { Commanding } from "./data";
import type { Gate } from "./order";
import { recentReasons } from "./order";
import { useLastPassages, useTables } from "./passage-data";
import { Short } from "./passage-rows";
import { DeviceIncidents, Signals, Standing } from "./standing";
import { ACTIONS, waits } from "./steps";
import { StepsView } from "./steps-view";
import { TableStanding } from "./table-standing";
import { table } from "./words";
import { table as pageWords } from "./words-pages";

const REASON_MAX = 200;

export function Panel({ gate, commands, commanding }: { gate: Gate; commands: readonly Command[]; commanding: Commanding }) {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const { device, number } = gate;
  const last = commands.find((one) => one.device === device.id);
  const refusal = commanding.refusals.get(device.id);
  return (
    <>
      <h2>
        {number} · {told(device, "name", language)}
      </h2>
      <p>{told(device, "place", language)}</p>
      <p>
        <Standing device={device} />
      </p>
      <Signals device={device} />
      <DeviceIncidents numbers={device.live_incidents} />
      {may("POST /devices/{device}/commands") ? (
        <Commands gate={gate} commands={commands} last={last} commanding={commanding} />
      ) : (
        <p className="wk-quiet">{w.mayNot}</p>
      )}
      {refusal !== undefined && <Alert type="error" role="alert" title={refusal[language]} />}
      {last !== undefined && (
        <section className="wk-last">
          <h3>
            {actionWord(w, last.action)} · {last.actor} · <span data-user-data>{last.reason}</span>
          </h3>
          <StepsView command={last} device={device} />
        </section>
      )}
      <LastPassages gate={gate} />
      <p className="wk-quiet">{w.fire}</p>
    </>
  );
}

function LastPassages({ gate: { device } }: { gate: Gate }) {
  const p = useWords(pageWords);
  const language = useLanguage();
  const { may } = useSession();
  const tables = useTables();
  const last = useLastPassages(device.id).data;
  return (
    <>
      {tables !== undefined && (
        <p>
          {p.permits} <TableStanding of={tables.get(device.agent)} />
        </p>
      )}
      {may("GET /passages") && (
        <section className="wk-last-passages">
          <h3>{p.last}</h3>
          {last?.length === 0 && <p className="wk-quiet">{p.noLast}</p>}
          <ul className="wk-plain">
            {last?.map((one) => (
              <li key={one.id}>
                <Short of={one} gate={told(device, "name", language)} />
              </li>
            ))}
          </ul>
          <Link to={`/gates/passages?gate=${encodeURIComponent(device.id)}`}>{p.allOfGate}</Link>
        </section>
      )}
    </>
  );
}

function Commands({
  gate,
  commands,
  last,
  commanding,
}: {
  gate: Gate;
  commands: readonly Command[];
  last: Command | undefined;
  commanding: Commanding;
}) {
  const w = useWords(table);
  const id = useId();
  const now = useNow();
  const [reason, setReason] = useState("");
  const given = reason.trim();
  const waiting = commanding.busy.has(gate.device.id) || (last !== undefined && waits(last, now));
  return (
    <div className="wk-commands">
      <label htmlFor={id}>{w.reason}</label>
      <Input id={id} value={reason} maxLength={REASON_MAX} onChange={(event) => setReason(event.target.value)} />
      <Recent reasons={recentReasons(commands)} onChoose={setReason} />
      <div className="wk-holds">
        {(ACTIONS[gate.device.kind] ?? []).map((action) => (
          <HoldButton
            key={action}
            disabled={given === "" || waiting}
            onHeld={() => commanding.begin(gate.device.id, action, given)}
          >
            {w.held(w[action])}
          </HoldButton>
        ))}
      </div>
      <p className="wk-quiet" role="status">
        {waiting ? w.waits : given === "" ? w.needReason : ""}
      </p>
    </div>
  );
}

function Recent({ reasons, onChoose }: { reasons: readonly string[]; onChoose: (reason: string) => void }) {
  const w = useWords(table);
  if (reasons.length === 0) return null;
  return (
    <fieldset className="wk-recent">
      <legend>{w.recent}</legend>
      {reasons.map((reason) => (
        <Button key={reason} size="small" data-user-data onClick={() => onChoose(reason)}>
          {reason}
        </Button>
      ))}
    </fieldset>
  );
}

/** An action in the room's words, or as the API names it where it has none. */
export function actionWord(w: Readonly<Record<string, unknown>>, action: string): string {
  const word = ["open", "close", "stop", "unlock"].includes(action) ? w[action] : undefined;
  return typeof word === "string" ? word : action;
}
