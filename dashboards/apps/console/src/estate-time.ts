/** Times that people type are the estate's, wherever the browser stands; on the wire they are UTC. Pure. */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** How many minutes the zone is ahead of UTC at a moment. */
export function offsetMinutes(iso: string, zone: string): number {
  const told = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" })
    .formatToParts(new Date(iso))
    .find((part) => part.type === "timeZoneName")?.value;
  const found = /GMT([+-])(\d{2}):(\d{2})/.exec(told ?? "");
  if (found === null) return 0;
  return (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

/** The last moment at which it was `HH:MM` in the zone; null: that is no time of day. */
export function lastMoment(hhmm: string, nowIso: string, zone: string): string | null {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(hhmm);
  if (found === null) return null;
  const nowMs = Date.parse(nowIso);
  const aheadMs = offsetMinutes(nowIso, zone) * MINUTE_MS;
  const local = new Date(nowMs + aheadMs);
  const midnight = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate());
  const today = midnight + (Number(found[1]) * 60 + Number(found[2])) * MINUTE_MS - aheadMs;
  return new Date(today <= nowMs ? today : today - DAY_MS).toISOString();
}

/** `YYYY-MM-DDTHH:MM`, as an input of the browser has it, in the zone; null: it is none. */
export function localMoment(typed: string, zone: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(typed)) return null;
  const asUtc = Date.parse(`${typed}:00Z`);
  if (Number.isNaN(asUtc)) return null;
  // the offset that holds at that time, not at the one which has the same digits in UTC
  const guess = asUtc - offsetMinutes(new Date(asUtc).toISOString(), zone) * MINUTE_MS;
  return new Date(asUtc - offsetMinutes(new Date(guess).toISOString(), zone) * MINUTE_MS).toISOString();
}

/** The local day so many days from another one. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
