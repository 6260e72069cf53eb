/** 检修与静音: windows that hold alarms back, under way, to come and over; and where the sound is off. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type MaintenanceView as Window } from "@watchkeeper/api";
import { dateTime, duration, Empty, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button, Popconfirm } from "antd";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { Said } from "../../sending/said";
import { type Sending, useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useAlarmState, useNamed, useWindows } from "./data";
import { MaintenanceForm } from "./maintenance-form";
import { byPhase, PHASES, type Phase } from "./windows";
import { table } from "./words";

export function MaintenanceView() {
  const w = useWords(table);
  const { zone, may } = useSession();
  const now = useNow();
  const asked = useWindows();
  const sending = useSending();
  const named = useNamed();
  return (
    <div>
      <Silences />
      {may("POST /alarms/maintenance") && <MaintenanceForm named={named.named} />}
      <Said sending={sending} />
      <Asked of={asked}>
        {(windows) => {
          const found = byPhase(windows, now);
          return PHASES.map((phase) => (
            <section key={phase} data-phase={phase} aria-label={w[`p_${phase}`]}>
              <h2>{w[`p_${phase}`]}</h2>
              {found[phase].length === 0 ? (
                <Empty atMs={asked.dataUpdatedAt} zone={zone}>
                  {w.noWindows}
                </Empty>
              ) : (
                <Windows phase={phase} windows={found[phase]} sending={sending} wordOf={named.wordOf} />
              )}
            </section>
          ));
        }}
      </Asked>
    </div>
  );
}

type WordOf = ReturnType<typeof useNamed>["wordOf"];

function Windows({
  phase,
  windows,
  sending,
  wordOf,
}: {
  phase: Phase;
  windows: readonly Window[];
  sending: Sending;
  wordOf: WordOf;
}) {
  const w = useWords(table);
  const { may } = useSession();
  const ends = phase !== "past" && may("POST /alarms/maintenance/{window}/end");
  const columns = [w.what, w.from, w.until, w.reason, w.by, w.held, w.released, ...(ends ? [w.act] : [])];
  return (
    <Rows label={w[`p_${phase}`]} columns={columns}>
      {windows.map((window) => (
        <WindowRow key={window.id} window={window} ends={ends} sending={sending} wordOf={wordOf} />
      ))}
    </Rows>
  );
}

function WindowRow({ window, ends, sending, wordOf }: { window: Window; ends: boolean; sending: Sending; wordOf: WordOf }) {
  const w = useWords(table);
  const { zone } = useSession();
  const queries = useQueryClient();
  const parts = (["place", "device", "detector"] as const).filter((kind) => window[kind] !== "");
  const end = () =>
    void sending.send(async () => {
      const over = await ask("POST /alarms/maintenance/{window}/end", { path: { window: window.id } });
      await queries.invalidateQueries({ queryKey: ["maintenance"] });
      return w.endedEarly(over.released);
    });
  return (
    <tr data-window={window.id}>
      <td>{parts.map((kind) => wordOf(kind, window[kind])).join(" · ")}</td>
      <td>
        <time dateTime={window.from}>{dateTime(window.from, zone)}</time>
      </td>
      <td>
        <time dateTime={window.ended_at ?? window.until}>{dateTime(window.ended_at ?? window.until, zone)}</time>
      </td>
      <td data-user-data>{window.reason}</td>
      <td data-user-data>{window.actor}</td>
      <td className="wk-number">{window.held}</td>
      <td className="wk-number">{window.released}</td>
      {ends && (
        <td>
          <Popconfirm title={`${w.end}？`} description={w.endNow} okText={w.end} onConfirm={end}>
            <Button size="small" disabled={sending.busy}>
              {w.end}
            </Button>
          </Popconfirm>
        </td>
      )}
    </tr>
  );
}

function Silences() {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  const asked = useAlarmState();
  const lasting = (asked.data?.silences ?? []).filter((one) => Date.parse(one.until) > now);
  return (
    <section aria-label={w.silences}>
      <h2>{w.silences}</h2>
      {lasting.length === 0 ? (
        <p className="wk-quiet">{w.noSilences}</p>
      ) : (
        <ul>
          {lasting.map((one) => (
            <li key={one.post}>
              {one.post === "" ? w.site : one.post} · <span data-user-data>{one.actor}</span> · {dateTime(one.at, zone)} ·{" "}
              {w.left(duration((Date.parse(one.until) - now) / 1000, language))}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
