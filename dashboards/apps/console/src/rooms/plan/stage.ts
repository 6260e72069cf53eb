/** The plan under the hands: zoom and pan by wheel, pinch, double click, keys and by itself. While it moves, one transform of one
 * group changes, and the marks' sizes where it zooms; React draws nothing. */
import { select } from "d3-selection";
import { type D3ZoomEvent, type ZoomBehavior, zoom, zoomIdentity } from "d3-zoom";
import { ALWAYS, type Candidate, named } from "./labels";
import type { Point } from "./layout";
import { type Box, between, centred, centreOf, fitted, isSeen, limits, nearTo, resized, type View } from "./view";

/** What stands on the plan. `element`: drawn at a constant size on the screen, `scale` times as large as it is made; null: there is
 * only a name, written by itself where there is room. */
export interface Mark extends Point {
  readonly element: SVGGraphicsElement | null;
  readonly scale: number;
  readonly key: string;
  readonly name: string;
  readonly symbolPx: number;
  /** How far above the point the symbol's middle is, in pixels. */
  readonly risePx: number;
  weight(): number;
}
/** A name that is to be written. */
export interface Written extends Point {
  readonly key: string;
  readonly name: string;
  /** 0: it begins right at the point, else it stands below a symbol of this size. */
  readonly symbolPx: number;
}

const GLIDE_MS = 350;
const SETTLED_MS = 120;
/** Names without weight are written from so many times the whole sheet on. */
const NAMES_FROM = 1.6;
const STEP = 1.4;
const PAN_PX = 90;
/** So far a mark may lie outside the window and still have its name placed. */
const NEAR_PX = 60;

export class Stage {
  /** Each with the scale that it was drawn for. */
  private readonly marks = new Map<Mark, number>();
  private readonly behavior: ZoomBehavior<SVGSVGElement, unknown> = zoom<SVGSVGElement, unknown>();
  private svg: SVGSVGElement | null = null;
  private group: SVGGElement | null = null;
  private window: Box = { width: 0, height: 0 };
  private sheet: Box = { width: 1, height: 1 };
  private view: View = { k: 1, x: 0, y: 0 };
  private hovered: string | null = null;
  private written: readonly Written[] = [];
  private frame = 0;
  private gliding = 0;
  private settling = 0;
  private waiting: (() => void) | null = null;
  private readonly watchers = new Set<() => void>();
  private still: View = this.view;

  /** Takes the pointer and the wheel; returns how to let go. */
  attach(svg: SVGSVGElement, group: SVGGElement): () => void {
    [this.svg, this.group] = [svg, group];
    this.behavior.on("zoom", (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
      if (event.sourceEvent !== null) this.stop();
      const { k, x, y } = event.transform;
      this.view = { k, x, y };
      this.frame ||= requestAnimationFrame(this.draw);
    });
    if (isStill()) this.behavior.duration(0);
    select(svg).call(this.behavior);
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) this.resize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(svg);
    return () => {
      observer.disconnect();
      this.stop();
      cancelAnimationFrame(this.frame);
      window.clearTimeout(this.settling);
      select(svg).on(".zoom", null);
      this.frame = 0;
      [this.svg, this.group] = [null, null];
    };
  }

  /** Another floor: it is seen whole. */
  show(sheet: Box): void {
    this.sheet = sheet;
    this.stop();
    if (this.window.width === 0) return;
    this.limit();
    this.set(fitted(sheet, this.window));
  }

  /** Stands on the plan until what is returned is called. */
  add(mark: Mark): () => void {
    this.marks.set(mark, 0);
    this.place(mark, 0);
    this.settle();
    return () => {
      this.marks.delete(mark);
      this.settle();
    };
  }

  /** What the pointer is over is named before others; null: nothing. */
  hover(key: string | null): void {
    if (key === this.hovered) return;
    this.hovered = key;
    this.settle();
  }

  /** Weights have changed: which names are written is looked at again. */
  readonly settle = (): void => {
    window.clearTimeout(this.settling);
    this.settling = window.setTimeout(() => this.write(), SETTLED_MS);
  };

  readonly zoomIn = (): void => this.by(STEP);
  readonly zoomOut = (): void => this.by(1 / STEP);
  readonly whole = (): void => this.go(fitted(this.sheet, this.window));

  /** By so many steps to the right and down, as a map's arrows do. */
  pan(right: number, down: number): void {
    this.go({ ...this.view, x: this.view.x - right * PAN_PX, y: this.view.y - down * PAN_PX }, 0);
  }

  /** Brings the point to the middle, and near. Waits for the window's size where that is not known yet. */
  centre(point: Point, smooth = true): void {
    const run = () => this.go(nearTo(point, this.view, this.sheet, this.window), smooth ? GLIDE_MS : 0);
    if (this.window.width > 0) run();
    else this.waiting = run;
  }

  /** Twice as near, for spots that are drawn over each other. */
  nearer(point: Point): void {
    const [, most] = limits(this.sheet, this.window);
    const near = nearTo(point, this.view, this.sheet, this.window);
    this.go(centred(point, Math.min(most, Math.max(near.k, 2 * this.view.k)), this.window));
  }

  /** Hears when it has come to rest elsewhere. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** The view at rest. */
  readonly read = (): View => this.still;
  readonly names = (): readonly Written[] => this.written;

  /** Where it is; nothing moves for what is in sight. */
  reveal(point: Point): void {
    if (!isSeen(point, this.view, this.window, NEAR_PX)) this.go(centred(point, this.view.k, this.window));
  }

  private by(factor: number): void {
    const [least, most] = limits(this.sheet, this.window);
    const k = Math.min(most, Math.max(least, this.view.k * factor));
    this.go(centred(centreOf(this.view, this.window), k, this.window));
  }

  private go(to: View, ms = GLIDE_MS): void {
    this.stop();
    const from = this.view;
    if (ms === 0 || isStill()) {
      this.set(to);
      return;
    }
    const began = performance.now();
    const step = () => {
      const share = Math.min(1, (performance.now() - began) / ms);
      this.set(between(from, to, share, this.window));
      this.gliding = share < 1 ? requestAnimationFrame(step) : 0;
    };
    this.gliding = requestAnimationFrame(step);
  }

  private stop(): void {
    cancelAnimationFrame(this.gliding);
    this.gliding = 0;
  }

  private set({ k, x, y }: View): void {
    if (this.svg !== null) this.behavior.transform(select(this.svg), zoomIdentity.translate(x, y).scale(k));
  }

  private resize(after: Box): void {
    const before = this.window;
    if (after.width === 0 || (after.width === before.width && after.height === before.height)) return;
    this.window = after;
    this.limit();
    this.set(resized(this.view, this.sheet, before, after));
    this.waiting?.();
    this.waiting = null;
  }

  private limit(): void {
    const { width, height } = this.sheet;
    this.behavior.scaleExtent([...limits(this.sheet, this.window)]);
    this.behavior.extent([
      [0, 0],
      [this.window.width, this.window.height],
    ]);
    this.behavior.translateExtent([
      [-width, -height],
      [2 * width, 2 * height],
    ]);
  }

  private readonly draw = (): void => {
    this.frame = 0;
    const { k, x, y } = this.view;
    this.group?.setAttribute("transform", `translate(${x} ${y}) scale(${k})`);
    for (const [mark, drawn] of this.marks) this.place(mark, drawn);
    this.settle();
  };

  /** What is out of sight is left as it is until it comes into sight. */
  private place(mark: Mark, drawnK: number): void {
    const { element, scale, x, y } = mark;
    const { k } = this.view;
    if (element === null || drawnK === k || (drawnK !== 0 && !isSeen(mark, this.view, this.window, -NEAR_PX))) return;
    element.setAttribute("transform", `translate(${x} ${y}) scale(${scale / k})`);
    this.marks.set(mark, k);
  }

  private write(): void {
    const { k, x, y } = this.view;
    const near = [...this.marks.keys()].filter((mark) => isSeen(mark, this.view, this.window, -NEAR_PX));
    const candidates = near.map((mark): Candidate => {
      const weight = mark.key !== "" && mark.key === this.hovered ? ALWAYS : mark.weight();
      return { x: k * mark.x + x, y: k * mark.y + y - mark.risePx, name: mark.name, symbolPx: mark.symbolPx, weight };
    });
    const chosen = named(candidates, k >= fitted(this.sheet, this.window).k * NAMES_FROM);
    const written = near.filter((_, at) => chosen.has(at));
    const isSame = written.length === this.written.length && written.every((mark, at) => mark === this.written[at]);
    if (isSame && this.still === this.view) return;
    if (!isSame) this.written = written;
    this.still = this.view;
    for (const watcher of this.watchers) watcher();
  }
}

/** Whether the person wants nothing to move. */
function isStill(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
