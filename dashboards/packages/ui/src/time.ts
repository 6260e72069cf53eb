/** Time as people read it: in the estate's zone, wherever the browser stands. On the wire it is RFC 3339 in UTC. */
import type { Language } from "./words";

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function parts(iso: string, zone: string): Record<string, string> {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(new Date(iso)).map((part) => [part.type, part.value]));
}

/** `2026-11-21 19:05:32` in the zone. */
export function dateTime(iso: string, zone: string): string {
  const p = parts(iso, zone);
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`;
}

/** `2026-11-21` in the zone. */
export function localDay(iso: string, zone: string): string {
  return dateTime(iso, zone).slice(0, 10);
}

/** `19:05:32` in the zone. */
export function clockTime(iso: string, zone: string): string {
  return dateTime(iso, zone).slice(11);
}

/** `19:05` in the zone. */
export function hourMinute(iso: string, zone: string): string {
  return dateTime(iso, zone).slice(11, 16);
}

/** `YYYY-MM-DD`, so many days later. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** When the wall shows this day and time, `HH:mm`. Of a time that the clocks skip, the moment of the change or shortly after it;
 * of one that comes twice, the first. */
export function instantOf(day: string, time: string, zone: string): string {
  const wantedMs = Date.parse(`${day}T${time}Z`);
  const shownMs = (at: number) => Date.parse(`${dateTime(new Date(at).toISOString(), zone).replace(" ", "T")}Z`);
  const guesses = [wantedMs - DAY_MS, wantedMs + DAY_MS].map((at) => wantedMs - (shownMs(at) - at));
  const right = guesses.filter((at) => shownMs(at) === wantedMs);
  return new Date(right.length > 0 ? Math.min(...right) : Math.max(...guesses)).toISOString();
}

/** How long: `mm:ss` under an hour, then `2小时05分` or `2 h 05 min`, then `3天02小时`. Never below zero. */
export function duration(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(whole / 86_400), Math.floor(whole / 3_600), Math.floor(whole / 60)];
  if (hours < 1) return `${two(minutes)}:${two(whole % 60)}`;
  if (days < 1) return language === "zh" ? `${hours}小时${two(minutes % 60)}分` : `${hours} h ${two(minutes % 60)} min`;
  return language === "zh" ? `${days}天${two(hours % 24)}小时` : `${days} d ${two(hours % 24)} h`;
}

/** Seconds from a time until `nowMs`, a browser's `Date.now()` put right by the hub's clock. */
export function ageS(iso: string, nowMs: number): number {
  return (nowMs - Date.parse(iso)) / 1000;
}
