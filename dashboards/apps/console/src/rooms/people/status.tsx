/** 运行状态: whether the hub does its work, whether people are told, and what could not be told to them. */
import type { Health } from "@watchkeeper/api";
import { PrioritySymbol, useLanguage, useWords } from "@watchkeeper/ui";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useHealth } from "./data";
import { type ChannelHealth, channelState, inLanguage } from "./health";
import { Letters } from "./letters";
import { table, wordFor } from "./words";

export function StatusView() {
  const w = useWords(table);
  const asked = useHealth();
  return (
    <div>
      <h2>{w.health}</h2>
      <Asked of={asked}>
        {(health) => (
          <>
            <Checks health={health} />
            <Channels channels={health.channels as unknown as readonly ChannelHealth[]} />
          </>
        )}
      </Asked>
      <Letters />
    </div>
  );
}

function Checks({ health }: { health: Health }) {
  const w = useWords(table);
  const language = useLanguage();
  return (
    <>
      <p role="status" data-health={health.state}>
        {health.state === "well" ? w.h_well : <Wrong priority={health.ready ? 3 : 1}>{w[`h_${health.state}`]}</Wrong>}
      </p>
      <Rows label={w.health} columns={[w.check, w.state, w.why]}>
        {Object.entries(health.checks).map(([name, check]) => (
          <tr key={name} data-check={name}>
            <td>{wordFor(w, "c", name)}</td>
            <td>{check.ok ? w.ok : <Wrong priority={1}>{wordFor(w, "r", check.reason)}</Wrong>}</td>
            <td>{check.reason !== "" && inLanguage(check.detail, language)}</td>
          </tr>
        ))}
      </Rows>
    </>
  );
}

function Channels({ channels }: { channels: readonly ChannelHealth[] }) {
  const w = useWords(table);
  if (channels.length === 0) return <p className="wk-quiet">{w.noChannels}</p>;
  return (
    <>
      <h2>{w.channels}</h2>
      <Rows label={w.channels} columns={[w.channel, w.state, w.behind, w.failures, w.why]}>
        {channels.map((channel) => {
          const state = channelState(channel);
          return (
            <tr key={channel.name}>
              <td data-user-data>{channel.name}</td>
              <td>{state === "well" ? w.cs_well : <Wrong priority={3}>{w[`cs_${state}`]}</Wrong>}</td>
              <td className="wk-number">{channel.behind}</td>
              <td className="wk-number">{channel.failures}</td>
              <td data-user-data>{channel.error}</td>
            </tr>
          );
        })}
      </Rows>
    </>
  );
}

function Wrong({ priority, children }: { priority: 1 | 3; children: string }) {
  return (
    <span className="wk-wrong">
      <PrioritySymbol priority={priority} /> {children}
    </span>
  );
}
