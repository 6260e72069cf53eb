/** How the hub is, and what of it is wrong, in one language. */
import { type Health, Refusal } from "@watchkeeper/api";
import type { Language } from "@watchkeeper/ui";

/** A channel that tells somebody of changes, as /healthz has it. */
export interface ChannelHealth {
  readonly name: string;
  readonly behind: number;
  readonly failures: number;
  readonly error: string;
}

/** What /healthz answers, also where it says that the hub is not well: 503 has the same body. */
export async function askHealth(): Promise<Health> {
  let answer: Response;
  try {
    answer = await fetch("/healthz", { credentials: "same-origin", signal: AbortSignal.timeout(10_000) });
    return (await answer.json()) as Health;
  } catch {
    throw new Refusal("network", 0, "连不上服务器，请稍后重试", "The hub cannot be reached: try again in a moment");
  }
}

/** Of a detail that is written `中文 / English`, the half in use; one that is in one language stays whole. Pure. */
export function inLanguage(detail: string, language: Language): string {
  const at = detail.indexOf(" / ");
  if (at < 0) return detail;
  return language === "zh" ? detail.slice(0, at) : detail.slice(at + 3);
}

/** How a channel is: it fails, it is behind, or it is well. Pure. */
export function channelState(channel: ChannelHealth): "failing" | "behind" | "well" {
  if (channel.failures > 0 || channel.error !== "") return "failing";
  return channel.behind > BEHIND_MAX ? "behind" : "well";
}

const BEHIND_MAX = 100;
/** A few changes are always under way. */
