/** Times as inputs of the browser have them, in the estate's zone. Pure. */
import { dateTime } from "@watchkeeper/ui";
import { localMoment } from "../../estate-time";

/** `YYYY-MM-DDTHH:MM:SS` there. */
export function localInput(ms: number, zone: string): string {
  return dateTime(new Date(ms).toISOString(), zone).replace(" ", "T");
}

/** The moment of such a text, with seconds or without; null: it is none. */
export function localMs(typed: string, zone: string): number | null {
  const found = /^(.{16})(?::([0-5]\d))?$/.exec(typed);
  const minute = found === null ? null : localMoment(found[1] as string, zone);
  return minute === null ? null : Date.parse(minute) + Number(found?.[2] ?? 0) * 1_000;
}
