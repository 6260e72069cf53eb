/** Which footage is held, by the holds in force. Pure. */
import type { HoldView } from "@watchkeeper/api";
import { clipped, type Span } from "./span";
import type { Held } from "./tracks";

/** The holds in force that keep anything of the camera in that time. */
export function holdsOn(holds: readonly HoldView[], device: string, span: Span): readonly HoldView[] {
  return holds.filter((one) => one.keeps && one.cameras.includes(device) && clipped(spanOf(one), span) !== null);
}

/** The same as pieces of the time. */
export function heldOf(holds: readonly HoldView[], device: string, span: Span): readonly Held[] {
  return holdsOn(holds, device, span).flatMap((one) => {
    const seen = clipped(spanOf(one), span);
    return seen === null ? [] : { ...seen, hold: one.id, reason: one.sort === "incident" ? `#${one.incident}` : one.reason };
  });
}

/** One without an end goes on with its incident. */
function spanOf(hold: HoldView): Span {
  return { fromMs: Date.parse(hold.from_at), toMs: hold.to_at === null ? Number.MAX_SAFE_INTEGER : Date.parse(hold.to_at) };
}
