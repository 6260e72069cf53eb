/** The newest picture of one camera, asked for again and again while its tile is on the screen and the window is seen. */
import { signedOut } from "@watchkeeper/api";
import { useEffect, useState } from "react";

export interface LivePicture {
  /** An object URL, or null where there is no picture. */
  readonly url: string | null;
  /** When it was taken, by the hub's clock. */
  readonly atMs: number | null;
}

const NOTHING: LivePicture = { url: null, atMs: null };
const EVERY_MS = 2_000;
const SOON_MS = 700;
const LIMIT_MS = 10_000;

/** One answer: a new picture, still the one that is there, or none yet. */
type Answer = { readonly jpeg: Blob; readonly atMs: number; readonly etag: string } | "same" | "none";

export function useLivePicture(device: string): LivePicture {
  const [picture, setPicture] = useState<LivePicture>(NOTHING);
  useEffect(() => {
    const end = new AbortController();
    let timer: number | undefined;
    let shown: { url: string; etag: string } | null = null;
    const show = (jpeg: Blob, atMs: number, etag: string) => {
      const url = URL.createObjectURL(jpeg);
      setPicture({ url, atMs });
      if (shown !== null) URL.revokeObjectURL(shown.url);
      shown = { url, etag };
    };
    const turn = async () => {
      let next = EVERY_MS;
      if (!document.hidden) {
        try {
          const answer = await askPicture(device, shown?.etag, end.signal);
          if (end.signal.aborted) return;
          if (answer === "none") next = SOON_MS;
          else if (answer !== "same") show(answer.jpeg, answer.atMs, answer.etag);
        } catch {
          // the old picture stays and grows old before everybody's eyes
        }
      }
      if (!end.signal.aborted) timer = window.setTimeout(() => void turn(), next);
    };
    setPicture(NOTHING);
    void turn();
    return () => {
      end.abort();
      window.clearTimeout(timer);
      if (shown !== null) URL.revokeObjectURL(shown.url);
    };
  }, [device]);
  return picture;
}

async function askPicture(device: string, etag: string | undefined, signal: AbortSignal): Promise<Answer> {
  const answer = await fetch(`/cameras/${encodeURIComponent(device)}/picture`, {
    credentials: "same-origin",
    cache: "no-store",
    headers: etag === undefined ? {} : { "If-None-Match": etag },
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
  });
  if (answer.status === 401) signedOut.dispatchEvent(new Event("signed-out"));
  if (answer.status === 304) return "same";
  if (answer.status !== 200) return "none";
  return {
    jpeg: await answer.blob(),
    atMs: Date.parse(answer.headers.get("X-Picture-At") ?? ""),
    etag: answer.headers.get("ETag") ?? "",
  };
}
