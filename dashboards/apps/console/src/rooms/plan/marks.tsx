/** What stands on the plan: devices in grey, incidents in their priority's colour and shape, the ring around what is looked at. Each
 * is drawn anew for itself alone. */
import { type Priority, PrioritySymbol, type SymbolState, symbolState, told, useLanguage, useWords } from "@watchkeeper/ui";
import { memo, type ReactNode, useCallback } from "react";
import type { Cluster, Target } from "./clusters";
import { gathered, PLACE, spotAt, together } from "./clusters";
import { useCluster, usePlan, useStillView, useTargets } from "./context";
import { glyphOf, MARK, PLATE, plateOf } from "./glyphs";
import type { Place, Point, Thing } from "./layout";
import { table } from "./words";

/** The box that glyphs are drawn in. */
const GLYPH_PX = 24;
const SYMBOL_PX = 21;
const DENSE_PX = 13;
const BADGE_PX = 22;
const APART_PX = 24;
/** What is looked at, and what has an incident, is named before others. */
const WEIGHT_CHOSEN = 9;
const WEIGHT_INCIDENT = 5;
const WEIGHT_PLACE = 1;

/** Something of a constant size on the screen. */
function Mark({
  at,
  name = "",
  symbolPx = 0,
  weight = nothing,
  target,
  kind,
  several = false,
  children,
}: {
  at: Point;
  name?: string;
  symbolPx?: number;
  weight?: () => number;
  target?: Target;
  kind: string;
  several?: boolean;
  children: ReactNode;
}) {
  const { stage } = usePlan();
  const { x, y } = at;
  const stand = useCallback(
    (element: SVGGElement | null) => (element === null ? undefined : stage.add(element, { x, y, name, symbolPx, weight })),
    [stage, x, y, name, symbolPx, weight],
  );
  return (
    <g ref={stand} className={`wk-mark wk-mark-${kind}`} data-target={target} data-several={several || undefined}>
      {children}
    </g>
  );
}

const nothing = () => 0;

export const DeviceMark = memo(function DeviceMark({ thing, dense, chosen }: { thing: Thing; dense: boolean; chosen: boolean }) {
  const language = useLanguage();
  const { clusters } = usePlan();
  const { id, spot } = thing;
  const weight = useCallback(
    () => (chosen ? WEIGHT_CHOSEN : clusters.get(id) === null ? 0 : WEIGHT_INCIDENT),
    [clusters, id, chosen],
  );
  if (spot === null) return null;
  const [plate, name] = [plateOf(thing), told(thing, "name", language)];
  const px = dense ? DENSE_PX : SYMBOL_PX;
  return (
    <Mark at={spot} name={name} symbolPx={px} weight={weight} target={id} kind={plate}>
      <g transform={`scale(${px / GLYPH_PX})`}>
        <path className="wk-plate" d={PLATE} />
        <path className="wk-glyph" d={glyphOf(thing)} />
        {plate === "abnormal" && <path className="wk-plate-mark" d={MARK} />}
      </g>
      <text className="wk-name" y={px / 2 + 12}>
        {name}
      </text>
    </Mark>
  );
}, looksSame);

interface DeviceGiven {
  readonly thing: Thing;
  readonly dense: boolean;
  readonly chosen: boolean;
}

/** A device that reports all the time looks the same all the time. */
function looksSame(before: DeviceGiven, after: DeviceGiven): boolean {
  const [a, b] = [before.thing, after.thing];
  return (
    before.dense === after.dense &&
    before.chosen === after.chosen &&
    (a === b ||
      (a.spot?.x === b.spot?.x &&
        a.spot?.y === b.spot?.y &&
        a.name_zh === b.name_zh &&
        a.name_en === b.name_en &&
        plateOf(a) === plateOf(b) &&
        glyphOf(a) === glyphOf(b)))
  );
}

/** The outline of a place with its name in its upper left corner. */
export const PlaceMark = memo(function PlaceMark({ place }: { place: Place }) {
  const language = useLanguage();
  const weight = useCallback(() => WEIGHT_PLACE, []);
  const corner = { x: Math.min(...place.area.map((one) => one.x)), y: Math.min(...place.area.map((one) => one.y)) };
  const name = told(place, "name", language);
  return (
    <>
      <polygon className="wk-area" points={place.area.map((one) => `${one.x},${one.y}`).join(" ")} />
      <Mark at={corner} name={name} weight={weight} kind="place">
        <text className="wk-name" x={4} y={14}>
          {name}
        </text>
      </Mark>
    </>
  );
});

/** The incidents of the floor, the most urgent on top. Those that would cover each other are one, until one is nearer. */
export function Badges({ floor }: { floor: string }) {
  const { where } = usePlan();
  const { k } = useStillView();
  const here = useTargets().filter((target) => spotAt(target, where)?.floor === floor);
  const at = (target: Target) => {
    const spot = spotAt(target, where);
    return spot === null ? null : { x: k * spot.x, y: k * spot.y - riseOf(target) };
  };
  return gathered(here, at, APART_PX).map(([lead, ...others]) => <Badge key={lead} target={lead} others={others.join(" ")} />);
}

/** A badge stands over its device, and in the middle of a place. */
function riseOf(target: Target): number {
  return target.startsWith(PLACE) ? 0 : SYMBOL_PX / 2 + BADGE_PX / 2 - 3;
}

/** `others`: what is drawn under it, as one text, so that the same ones are the same. */
const Badge = memo(function Badge({ target, others }: { target: Target; others: string }) {
  const { where, clusters } = usePlan();
  const lead = useCluster(target);
  useTargets();
  const spot = spotAt(target, where);
  if (lead === null || spot === null) return null;
  const below = others === "" ? [] : others.split(" ");
  const cluster = together(
    lead,
    below.flatMap((one) => clusters.get(one) ?? []),
  );
  const half = BADGE_PX / 2;
  return (
    <Mark at={spot} target={target} kind="badge" symbolPx={BADGE_PX} several={below.length > 0}>
      <g transform={`translate(${-half} ${-half - riseOf(target)})`} data-no={cluster.no} data-count={cluster.count}>
        <rect className="wk-badge-ground" x={-2} y={-2} width={BADGE_PX + 4} height={BADGE_PX + 4} rx={4} />
        <rect
          className="wk-calling-edge"
          data-calling={cluster.calling}
          x={-2}
          y={-2}
          width={BADGE_PX + 4}
          height={BADGE_PX + 4}
        />
        <PrioritySymbol priority={cluster.priority as Priority} state={stateOf(cluster)} size={BADGE_PX} />
        <Count count={cluster.count} />
      </g>
    </Mark>
  );
});

/** It blinks while there is one that nobody has, also behind a more urgent one. */
function stateOf(cluster: Cluster): SymbolState {
  return cluster.calling ? "calling" : symbolState(cluster.alarm);
}

function Count({ count }: { count: number }) {
  const w = useWords(table);
  if (count < 2) return null;
  const text = w.several(count);
  const width = 7 * text.length + 8;
  return (
    <g transform="translate(22 -2)" className="wk-several">
      <rect width={width} height={15} rx={3} />
      <text x={width / 2} y={11.5}>
        {text}
      </text>
    </g>
  );
}

/** Around what is looked at. `kind`: `selected` for the incident that all windows look at, `chosen` for what one has clicked here. */
export function Ring({ at, kind }: { at: Point; kind: "selected" | "chosen" }) {
  return (
    <Mark at={at} kind={`ring-${kind}`}>
      <circle className="wk-ring-ground" r={22} />
      <circle className="wk-ring" r={22} />
      {kind === "selected" && <path className="wk-ring" d="M0-34v10M0 24v10M-34 0h10M24 0h10" />}
    </Mark>
  );
}
