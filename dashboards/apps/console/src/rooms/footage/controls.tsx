/** What moves all players at once. Each has a key; the keys are told beside them. */
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button, Segmented } from "antd";
import type { ReactNode } from "react";
import { useSession } from "../../session/session";
import type { Deck, DeckState } from "./deck";
import { SPEEDS, type Speed } from "./sync";
import { table } from "./words";

export const STEP_MS = 5_000;

export function Controls({ deck, state, children }: { deck: Deck; state: DeckState; children?: ReactNode }) {
  const w = useWords(table);
  const { zone } = useSession();
  const iso = new Date(state.atMs).toISOString();
  const time = (ms: number) => dateTime(new Date(ms).toISOString(), zone).slice(11);
  return (
    <div className="wk-footage-controls" data-playing={state.isPlaying} data-held={state.isHeld}>
      <Button type="primary" onClick={() => deck.playOrPause()} data-play>
        {state.isPlaying ? w.pause : w.play}
      </Button>
      <Button aria-label={w.back5} title={w.back5} onClick={() => deck.by(-STEP_MS)}>
        ← 5
      </Button>
      <Button aria-label={w.on5} title={w.on5} onClick={() => deck.by(STEP_MS)}>
        5 →
      </Button>
      <Button aria-label={w.frameBack} title={w.frameBack} onClick={() => deck.step(-1)}>
        ‹
      </Button>
      <Button aria-label={w.frameOn} title={w.frameOn} onClick={() => deck.step(1)}>
        ›
      </Button>
      <Segmented<Speed>
        aria-label={w.speed}
        value={state.speed}
        options={SPEEDS.map((value) => ({ value, label: w.times(value) }))}
        onChange={(speed) => deck.setSpeed(speed)}
      />
      <time className="wk-footage-time" dateTime={iso} title={w.filmed}>
        {dateTime(iso, zone)}
      </time>
      {state.skipped !== null && (
        <b role="status" className="wk-footage-note">
          {w.skipped(time(state.skipped.fromMs), time(state.skipped.toMs))}
        </b>
      )}
      {children}
    </div>
  );
}
