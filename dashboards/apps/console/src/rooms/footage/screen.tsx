/** One camera's picture, with who looks and when it was filmed; or in words why there is none. */
import { dateTime, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useEffect, useRef } from "react";
import { useSession } from "../../session/session";
import type { Deck, DeckState, Shown } from "./deck";
import { table } from "./words";

const MARKS = [0, 1, 2, 3, 4, 5];

interface Given {
  readonly deck: Deck;
  readonly at: number;
  readonly state: DeckState;
  readonly name: string;
  /** Why this time is missing, in words; empty: it is not, or nobody has said. */
  readonly cause: string;
  readonly large: boolean;
  onEnlarge(): void;
  /** Get another link; for what can be tried again. */
  onRenew(): void;
}

export function Screen({ deck, at, state, name, cause, large, onEnlarge, onRenew }: Given) {
  const w = useWords(table);
  const { zone } = useSession();
  const video = useRef<HTMLVideoElement>(null);
  const source = deck.sources[at];
  const shown = state.shown[at];
  useEffect(() => {
    const player = deck.players[at];
    player?.show(video.current);
    return () => player?.show(null);
  }, [deck, at]);
  if (source === undefined || shown === undefined) return null;
  const iso = new Date(state.atMs).toISOString();
  return (
    <figure className="wk-footage-screen" data-camera={source.device} data-standing={shown.standing} data-large={large}>
      <div className="wk-footage-look">
        <video ref={video} muted playsInline disablePictureInPicture aria-label={name} data-stream={source.stream} />
        <Watermark />
        <Nothing shown={shown} cause={cause} isHeld={state.isHeld} onRenew={onRenew} />
      </div>
      <figcaption>
        <button type="button" className="wk-link" title={large ? w.grid : w.enlarge(name)} onClick={onEnlarge}>
          <kbd>{at + 1}</kbd> {name}
        </button>
        <time dateTime={iso}>{dateTime(iso, zone)}</time>
        {source.stream === "sub" && <span className="wk-footage-note">{w.usesSub}</span>}
      </figcaption>
    </figure>
  );
}

/** Whoever films the screen films the viewer's name and the time with it. */
function Watermark() {
  const w = useWords(table);
  const { me, zone } = useSession();
  const now = useNow();
  const text = w.mark(me.name, dateTime(new Date(Math.max(0, now)).toISOString(), zone));
  return (
    <div className="wk-footage-mark" aria-hidden="true" data-user-data>
      {MARKS.map((one) => (
        <span key={one}>{text}</span>
      ))}
    </div>
  );
}

function Nothing({ shown, cause, isHeld, onRenew }: { shown: Shown; cause: string; isHeld: boolean; onRenew: () => void }) {
  const w = useWords(table);
  const { zone } = useSession();
  if (shown.trouble !== null) {
    const again = shown.trouble === "expired" ? w.renew : w.retry;
    return (
      <div className="wk-footage-none" role="status" data-trouble={shown.trouble}>
        <strong>{w[`t_${shown.trouble}`]}</strong>
        {!["codec", "empty", "gone"].includes(shown.trouble) && <Button onClick={onRenew}>{again}</Button>}
      </div>
    );
  }
  if (shown.standing === "ready") return null;
  if (shown.standing === "waiting")
    return (
      <div className="wk-footage-waits" role="status">
        {isHeld ? w.s_loading : w.s_held}
      </div>
    );
  return (
    <div className="wk-footage-none" role="status" data-hole>
      <strong>{shown.standing === "hole" ? w.s_hole : w.s_over}</strong>
      {cause !== "" && <span>{w.cause(cause)}</span>}
      {shown.nextMs !== null && <span>{w.nextAt(dateTime(new Date(shown.nextMs).toISOString(), zone).slice(11))}</span>}
    </div>
  );
}
