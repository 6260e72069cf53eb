/** Full-width lines over every room: news has stopped, sound is blocked, the clock is off, a flood lasts. */
import { useQuery } from "@tanstack/react-query";
import { ask, type Flood } from "@watchkeeper/api";
import { clockTime, duration, hubClock, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { useChannel, useLive } from "../live/provider";
import { useSession } from "../session/session";
import { useSound } from "../sound/provider";
import { table } from "./words";

export function Banners() {
  return (
    <div className="wk-banners">
      <Stale />
      <Blocked />
      <Skew />
      <FloodBanner />
    </div>
  );
}

function Stale() {
  const w = useWords(table);
  const language = useLanguage();
  const { retry } = useLive();
  const channel = useChannel();
  useNow();
  if (channel.state === "signed_out") {
    return (
      <div className="wk-banner wk-banner-stale" role="status">
        {w.signedOut}{" "}
        <Button size="small" onClick={() => location.reload()}>
          {w.signIn}
        </Button>
      </div>
    );
  }
  if (channel.state !== "stale") return null;
  return (
    <div className="wk-banner wk-banner-stale" role="status" data-banner="stale">
      {w.stale} {duration((Date.now() - channel.silentSinceMs) / 1000, language)} · {w.reconnecting}…{" "}
      <Button size="small" onClick={retry}>
        {w.retry}
      </Button>
    </div>
  );
}

function Blocked() {
  const w = useWords(table);
  const sound = useSound();
  if (!sound.blocked) return null;
  return (
    <button type="button" className="wk-banner wk-banner-blocked" data-banner="blocked" onClick={sound.enable}>
      {w.blocked}
    </button>
  );
}

function Skew() {
  const w = useWords(table);
  useNow();
  if (!hubClock.skewed) return null;
  return (
    <div className="wk-banner wk-banner-skew" data-banner="skew">
      {w.skew((Math.abs(hubClock.offsetMs) / 1000).toFixed(0))}
    </div>
  );
}

function FloodBanner() {
  const alarms = useQuery({ queryKey: ["alarms"], queryFn: () => ask("GET /alarms") });
  const flood = alarms.data?.flood;
  return flood === undefined || flood === null ? null : <FloodLine flood={flood} />;
}

/** Grouped by cause and zone, with what came first on top of each: nothing is hidden by it, the list below stays whole. */
function FloodLine({ flood }: { flood: Flood }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { selection } = useLive();
  const [open, setOpen] = useState(false);
  return (
    <div className="wk-banner wk-banner-flood" role="status" data-banner="flood">
      <span>{w.flood(flood.count, clockTime(flood.began_at, zone))}</span>{" "}
      <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
        {w.groups}
      </Button>
      {open && (
        <ul>
          {flood.groups.map((group) => (
            <li key={`${group.cause}/${group.zone}`}>
              {told(group, "cause", language)} · {told(group, "zone", language)} · {w.count(group.count)} ·{" "}
              <Button type="link" size="small" onClick={() => selection.select(group.first_no)}>
                {w.first} #{group.first_no} {clockTime(group.first_at, zone)}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
