/** A day of the estate. Pure. */
import { localMoment, plusDays } from "../../estate-time";
import type { Span } from "./span";

/** From its midnight to the next one. */
export function dayOf(day: string, zone: string): Span {
  const begins = (one: string) => Date.parse(localMoment(`${one}T00:00`, zone) ?? "");
  return { fromMs: begins(day), toMs: begins(plusDays(day, 1)) };
}
