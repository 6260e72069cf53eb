/** One camera's footage in one `<video>`: a thin shell around hls.js. It is told where to stand and at what rate to run; what it
 * has, and why it has nothing, it says in names. */
import Hls, { type ErrorData, ErrorDetails, ErrorTypes, Events, type Fragment } from "hls.js/light";
import { type Place, placeOf, type Stretch, wallAt } from "./line";
import type { Standing } from "./sync";

/** Why a player has nothing to show. `codec`: the browser cannot play it; `expired`: the link is over; `away`: the agent does not
 * answer; `gone`: the agent has it no more; `empty`: nothing was filmed; `unplayable`, `busy`, `network`: see the words. */
export type Trouble = "codec" | "expired" | "away" | "gone" | "empty" | "unplayable" | "busy" | "network";

/** The API's errors, by what a viewer is told. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  unknown_footage_link: "expired",
  footage_unavailable: "away",
  footage_gone: "gone",
  footage_busy: "busy",
  footage_unplayable: "unplayable",
};
/** What may be otherwise at another time of the footage. */
const PASSING: readonly Trouble[] = ["away", "gone", "unplayable", "busy", "network"];
const RETRIES = { maxNumRetry: 1, retryDelayMs: 1_000, maxRetryDelayMs: 4_000 };
/** The hub waits 8 s for an agent, and 30 s for a segment that comes slowly. */
const LOAD = { default: { maxTimeToFirstByteMs: 35_000, maxLoadTimeMs: 60_000, timeoutRetry: RETRIES, errorRetry: RETRIES } };
const PLAYLIST = { default: { maxTimeToFirstByteMs: 15_000, maxLoadTimeMs: 20_000, timeoutRetry: RETRIES, errorRetry: RETRIES } };
const BUFFER_S = 30;
/** Frames of a camera that was not measured yet. */
const FRAME_S = 1 / 25;
const FRAME_S_MAX = 1;
const HAVE_FUTURE_DATA = 3;
const REPAIRS_MAX = 2;

export class Player {
  private readonly hls: Hls;
  private video: HTMLVideoElement | null = null;
  private started = false;
  private repairs = 0;
  private frame = FRAME_S;
  private lastFrameS: number | null = null;
  /** Where it is to stand as soon as it knows its fragments. */
  private wantedMs: number;
  trouble: Trouble | null = null;

  constructor(
    playlist: string,
    atMs: number,
    private readonly changed: () => void,
  ) {
    this.wantedMs = atMs;
    this.hls = new Hls({
      enableWorker: false, // the page's policy lets no worker come from a blob
      autoStartLoad: false,
      maxBufferLength: BUFFER_S,
      backBufferLength: BUFFER_S,
      maxBufferHole: 0.3,
      fragLoadPolicy: LOAD,
      playlistLoadPolicy: PLAYLIST,
      manifestLoadPolicy: PLAYLIST,
    });
    this.hls.on(Events.LEVEL_LOADED, () => this.begin());
    this.hls.on(Events.FRAG_BUFFERED, () => this.changed());
    this.hls.on(Events.ERROR, (_, data) => this.failed(data));
    this.hls.loadSource(playlist);
  }

  /** Its element; null: it is not on the screen. */
  readonly show = (video: HTMLVideoElement | null): void => {
    if (this.video === video) return;
    if (video === null) this.hls.detachMedia();
    else {
      video.muted = true;
      this.hls.attachMedia(video);
      this.measure(video);
    }
    this.video = video;
  };

  close(): void {
    this.hls.destroy();
    this.video = null;
  }

  /** What it has, fragment by fragment. */
  line(): readonly Stretch[] {
    return this.fragments().flatMap((one) =>
      one.programDateTime === null ? [] : { mediaS: one.start, lengthS: one.duration, wallMs: one.programDateTime },
    );
  }

  /** When that was filmed which it shows now; null: it shows nothing. */
  wallMs(): number | null {
    return this.video === null || !this.started || this.video.readyState < 2 ? null : wallAt(this.line(), this.video.currentTime);
  }

  place(wallMs: number): Place {
    return placeOf(this.line(), wallMs);
  }

  standing(wallMs: number): Standing {
    if (this.trouble !== null) return "off";
    if (this.video === null || !this.started) return "waiting";
    const place = this.place(wallMs);
    if (!place.there) return place.nextMs === null && !this.grows() ? "off" : "hole";
    return this.video.seeking || this.video.readyState < HAVE_FUTURE_DATA ? "waiting" : "ready";
  }

  /** More may come: the view's end lies ahead. */
  grows(): boolean {
    return this.details()?.live ?? true;
  }

  /** How long one picture lasts. */
  get frameMs(): number {
    return this.frame * 1_000;
  }

  /** Stand at a time; in a hole, at what comes after it. Where it has loaded nothing yet, it will begin there. */
  seek(wallMs: number): void {
    this.wantedMs = wallMs;
    if (this.video === null || !this.started) return;
    const mediaS = this.mediaS(wallMs);
    if (mediaS === null) return;
    if (this.trouble !== null && PASSING.includes(this.trouble)) {
      this.trouble = null;
      this.hls.startLoad(mediaS);
    }
    this.video.currentTime = mediaS;
  }

  run(rate: number): void {
    const { video } = this;
    if (video === null || !this.started) return;
    if (Math.abs(video.playbackRate - rate) > 0.005) video.playbackRate = rate;
    // refused where it is detached meanwhile: the next tick asks again
    if (video.paused) video.play().catch(() => undefined);
  }

  stop(): void {
    if (this.video !== null && !this.video.paused) this.video.pause();
  }

  private details() {
    return this.hls.levels[0]?.details;
  }

  private fragments(): readonly Fragment[] {
    return this.details()?.fragments ?? [];
  }

  private mediaS(wallMs: number): number | null {
    const place = this.place(wallMs);
    if (place.there) return place.mediaS;
    if (place.nextMs === null) return null;
    const next = this.place(place.nextMs);
    return next.there ? next.mediaS : null;
  }

  /** The playlist is there: load from where it is to stand, and not from its beginning. */
  private begin(): void {
    this.changed();
    if (this.started) return;
    const line = this.line();
    if (line.length === 0) {
      if (!this.grows()) this.trouble = "empty";
      return;
    }
    const mediaS = this.mediaS(this.wantedMs) ?? line.at(-1)?.mediaS ?? 0;
    this.started = true;
    this.hls.startLoad(mediaS);
  }

  private failed(data: ErrorData): void {
    if (data.details === ErrorDetails.BUFFER_ADD_CODEC_ERROR || data.details === ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR) {
      this.end("codec");
      return;
    }
    const told = TROUBLES[codeOf(data)];
    // what no second try will change is told at once
    if (told === "expired" || told === "gone" || told === "unplayable") this.end(told);
    if (!data.fatal || this.trouble !== null) return;
    if (data.type === ErrorTypes.MEDIA_ERROR && this.repairs < REPAIRS_MAX) {
      this.repairs += 1;
      this.hls.recoverMediaError();
      return;
    }
    if (data.type === ErrorTypes.MEDIA_ERROR) this.end("unplayable");
    else this.end(told ?? (data.details === ErrorDetails.LEVEL_EMPTY_ERROR ? "empty" : "network"));
  }

  private end(trouble: Trouble): void {
    this.trouble = trouble;
    this.hls.stopLoad();
    this.changed();
  }

  /** Learn how long a picture lasts, as they are shown. */
  private measure(video: HTMLVideoElement): void {
    const seen = (_: number, frame: { mediaTime: number }) => {
      if (this.video !== video) return;
      const lasted = this.lastFrameS === null ? 0 : frame.mediaTime - this.lastFrameS;
      this.lastFrameS = frame.mediaTime;
      if (lasted > 0.005 && lasted < FRAME_S_MAX && video.playbackRate <= 1.2) this.frame = lasted;
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback?.(seen);
  }
}

/** The name of the API's error that a request was refused with; empty: there is none. */
function codeOf(data: ErrorData): string {
  const details = data.networkDetails;
  if (!(details instanceof XMLHttpRequest)) return "";
  const body: unknown = details.response;
  const text = body instanceof ArrayBuffer ? new TextDecoder().decode(body) : typeof body === "string" ? body : "";
  return /"code"\s*:\s*"([a-z_]+)"/.exec(text)?.[1] ?? "";
}
