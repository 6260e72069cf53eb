/** One camera: its picture with the picture's own time and age, or in words why there is none. An old picture never looks live. */
import type { DeviceState } from "@watchkeeper/api";
import {
  clockTime,
  duration,
  type Priority,
  PrioritySymbol,
  symbolState,
  told,
  useLanguage,
  useNow,
  useWords,
} from "@watchkeeper/ui";
import { useLive } from "../../live/provider";
import { useSession } from "../../session/session";
import { useLivePicture } from "./live-picture";
import { freshness, troubled } from "./tiles";
import { table } from "./words";

export function Tile({
  camera,
  number,
  large = false,
  onEnlarge,
}: {
  camera: DeviceState;
  number?: number;
  large?: boolean;
  onEnlarge?: () => void;
}) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  const picture = useLivePicture(camera.id);
  const name = told(camera, "name", language);
  const state = freshness(picture.atMs, now);
  const age = picture.atMs === null ? "" : duration((now - picture.atMs) / 1_000, language);
  const look = (
    <>
      {picture.url === null ? <span className="wk-tile-none">{w.waiting}</span> : <img src={picture.url} alt={name} />}
      {state === "stopped" && <strong className="wk-tile-stopped">{w.stopped(age)}</strong>}
    </>
  );
  return (
    <figure className="wk-tile" data-camera={camera.id} data-fresh={state} data-trouble={troubled(camera)} data-large={large}>
      {onEnlarge === undefined ? (
        <div className="wk-tile-look">{look}</div>
      ) : (
        <button type="button" className="wk-tile-look" aria-label={w.enlarge(name)} onClick={onEnlarge}>
          {look}
        </button>
      )}
      <Trouble camera={camera} />
      <figcaption>
        <b>
          {number !== undefined && <kbd>{number}</kbd>} {name}
        </b>
        <span className="wk-tile-time">
          {picture.atMs === null ? "" : w.taken(clockTime(new Date(picture.atMs).toISOString(), zone), age)}
        </span>
      </figcaption>
    </figure>
  );
}

/** What is wrong with the camera: its incident with symbol and words; where there is none, its state. */
function Trouble({ camera }: { camera: DeviceState }) {
  const language = useLanguage();
  const { incidents } = useLive();
  const live = camera.live_incidents.flatMap((no) => incidents.get(no) ?? []);
  const worst = [...live].sort((a, b) => a.priority - b.priority)[0];
  if (worst === undefined && !troubled(camera)) return null;
  const word = language === "zh" ? camera.condition.zh : camera.condition.en;
  return (
    <p className="wk-tile-trouble">
      {worst !== undefined && <PrioritySymbol priority={worst.priority as Priority} state={symbolState(worst.alarm)} />}
      {worst !== undefined && <b>{told(worst, "title", language)}</b>}
      {troubled(camera) && <span>{word}</span>}
    </p>
  );
}
