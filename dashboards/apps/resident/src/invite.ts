/** The form of a registration: its fields, what is sent of them, and the text that goes to the visitor. Pure. */
import type { InviteRequest, OwnPage, OwnVisit } from "@watchkeeper/api";
import { dateTime, instantOf, localDay, plusDays } from "@watchkeeper/ui";

/** `day` empty: now. */
export interface Fields {
  readonly name: string;
  readonly phone: string;
  readonly plate: string;
  readonly day: string;
  readonly time: string;
  readonly hours: string;
  readonly people: string;
  readonly route: string;
}

const HOURS = [1, 2, 4, 8, 12];
const LIKELY_HOURS = 4;

/** What the form begins with. */
export function emptyOf(page: OwnPage): Fields {
  const hours = hoursOf(page);
  const first = hours.includes(LIKELY_HOURS) ? LIKELY_HOURS : (hours[0] ?? page.hours_max);
  const route = page.routes[0]?.id ?? "";
  return { name: "", phone: "", plate: "", day: "", time: "18:00", hours: String(first), people: "1", route };
}

/** How long a visitor may stay, to choose from. */
export function hoursOf(page: OwnPage): readonly number[] {
  const fit = HOURS.filter((hours) => hours < page.hours_max);
  return [...fit, page.hours_max];
}

/** The estate's local days on which a visitor may come, today first. */
export function daysOf(page: OwnPage): readonly string[] {
  const today = localDay(page.now, page.timezone);
  return Array.from({ length: page.days_max }, (_, days) => plusDays(today, days));
}

/** Whether everything is there that must be. */
export function isReady(page: OwnPage, fields: Fields): boolean {
  const whole = fields.name.trim() !== "" && (!page.phone_needed || fields.phone.trim() !== "");
  return whole && (fields.day === "" || /^\d\d:\d\d$/.test(fields.time));
}

/** What is sent: times are the estate's, wherever the phone is. */
export function bodyOf(token: string, page: OwnPage, fields: Fields): InviteRequest {
  return {
    token,
    name: fields.name.trim(),
    phone: fields.phone.trim(),
    plate: fields.plate.trim(),
    begins_at: fields.day === "" ? null : instantOf(fields.day, fields.time, page.timezone),
    hours: Number(fields.hours),
    people: Number(fields.people),
    route: fields.route,
  };
}

/** A draft that was kept, as far as it is one. */
export function draftOf(kept: string | null, empty: Fields): Fields {
  if (kept === null) return empty;
  try {
    const found: unknown = JSON.parse(kept);
    if (typeof found !== "object" || found === null) return empty;
    const given = found as Record<string, unknown>;
    const texts = Object.keys(empty).map((key) => [
      key,
      typeof given[key] === "string" ? given[key] : empty[key as keyof Fields],
    ]);
    return Object.fromEntries(texts) as unknown as Fields;
  } catch {
    return empty;
  }
}

/** `2026-11-21 19:05` in the estate's zone. */
export function minuteOf(iso: string, page: OwnPage): string {
  return dateTime(iso, page.timezone).slice(0, 16);
}

interface Words {
  passOn: (site: string, room: string, from: string, until: string, people: number) => string;
  passRoute: (route: string) => string;
  passSpace: (space: string) => string;
  passShow: string;
}

/** What the visitor is told beside the picture. Nobody's name stands in it. */
export function textOf(page: OwnPage, visit: OwnVisit, site: string, w: Words): string {
  if (visit.from_at === null || visit.until_at === null) return "";
  const way = page.routes.find((route) => route.id === visit.route)?.words ?? "";
  return [
    w.passOn(site, page.room, minuteOf(visit.from_at, page), minuteOf(visit.until_at, page), visit.people),
    way === "" ? "" : w.passRoute(way),
    visit.space === "" ? "" : w.passSpace(visit.space),
    w.passShow,
  ]
    .filter((line) => line !== "")
    .join("\n");
}
