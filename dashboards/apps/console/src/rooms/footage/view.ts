/** A view of footage that stands in the register, and the players that show it. One at a time; it ends with the page. */
import { ask, Refusal, type ViewOpened } from "@watchkeeper/api";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Deck, type DeckState, type Source } from "./deck";
import type { Span } from "./span";

export interface Look {
  readonly opened: ViewOpened;
  readonly span: Span;
  readonly reason: string;
  readonly incident: number | null;
  readonly deck: Deck;
}

/** What is asked for. `atMs`: where it begins to play. */
export interface Question {
  readonly cameras: readonly string[];
  readonly span: Span;
  readonly atMs: number;
  readonly reason: string;
  readonly incident: number | null;
}

export interface Viewing {
  readonly look: Look | null;
  readonly busy: boolean;
  readonly refusal: Refusal | null;
  /** Resolves with whether the view was opened. */
  open(asked: Question): Promise<boolean>;
  close(): void;
  clear(): void;
}

export function useViewing(): Viewing {
  const [look, setLook] = useState<Look | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  useEffect(() => {
    if (look === null) return;
    return () => {
      look.deck.close();
      void ask("DELETE /footage/play/{token}", { path: { token: look.opened.token } }).catch(() => undefined);
    };
  }, [look]);
  const open = async (asked: Question): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setRefusal(null);
    try {
      const opened = await ask("POST /footage/views", {
        body: {
          ...(asked.cameras.length === 0 ? {} : { cameras: [...asked.cameras] }),
          from: iso(asked.span.fromMs),
          to: iso(asked.span.toMs),
          reason: asked.reason,
          ...(asked.incident === null ? {} : { incident: asked.incident }),
        },
      });
      const span = { fromMs: Date.parse(opened.from), toMs: Date.parse(opened.to) };
      const deck = new Deck(opened.cameras.map(sourceOf), span, Math.max(span.fromMs, Math.min(span.toMs, asked.atMs)));
      setLook({ opened, span, reason: asked.reason, incident: asked.incident, deck });
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { look, busy, refusal, open, close: () => setLook(null), clear: () => setRefusal(null) };
}

export function useDeck(deck: Deck): DeckState {
  return useSyncExternalStore(deck.watch, deck.read);
}

/** Whether the browser plays what the index names so. What it does not know yet will be seen when it is there. */
function plays(codec: string): boolean {
  if (codec !== "hevc") return true;
  return MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L120.90"');
}

/** The first of a camera's streams that the browser plays and that has something; else the first. */
export function sourceOf(camera: ViewOpened["cameras"][number]): Source {
  const [first] = camera.streams;
  const chosen = camera.streams.find((one) => one.codec !== "" && one.codec !== "other" && plays(one.codec)) ?? first;
  return { device: camera.camera, playlist: chosen?.playlist ?? "", stream: chosen?.stream ?? "main" };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
