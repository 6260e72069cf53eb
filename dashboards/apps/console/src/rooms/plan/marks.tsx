/** What stands on the plan: devices in grey, incidents in their priority's colour and shape, the ring around what is looked at. Each
 * is drawn anew for itself alone. */
import { type Priority, PrioritySymbol, type SymbolState, symbolState, told, useLanguage, useWords } from "@watchkeeper/ui";
import { memo, useCallback, useEffect } from "react";
import type { Cluster, Target } from "./clusters";
import { gathered, PLACE, spotAt, together } from "./clusters";
import { useCluster, useNames, usePlan, useStillView, useTargets } from "./context";
import { plateOf, symbolOf } from "./glyphs";
import { ALWAYS } from "./labels";
import type { Place, Point, Thing } from "./layout";
import type { Mark as StageMark, Written } from "./stage";
import { table } from "./words";

/** The box that glyphs are drawn in. */
const GLYPH_PX = 24;
const SYMBOL_PX = 21;
const DENSE_PX = 13;
const BADGE_PX = 22;
const APART_PX = 24;
const PLACE_DOWN_PX = 7;
/** What has an incident is named before others. */
const WEIGHT_INCIDENT = 5;
const WEIGHT_PLACE = 1;

/** Stands on the stage as long as it is drawn. */
function useMark(
  at: Point,
  { key = "", name = "", symbolPx = 0, risePx = 0, scale = 1, weight = nothing }: Partial<Omit<StageMark, "element">>,
) {
  const { stage } = usePlan();
  const { x, y } = at;
  return useCallback(
    (element: SVGGraphicsElement | null) =>
      element === null ? undefined : stage.add({ element, x, y, key, name, symbolPx, risePx, scale, weight }),
    [stage, x, y, key, name, symbolPx, risePx, scale, weight],
  );
}

const nothing = () => 0;

export const DeviceMark = memo(function DeviceMark({ thing, dense, chosen }: DeviceGiven) {
  const language = useLanguage();
  const { clusters } = usePlan();
  const { id, spot } = thing;
  const weight = useCallback(() => (chosen ? ALWAYS : clusters.get(id) === null ? 0 : WEIGHT_INCIDENT), [clusters, id, chosen]);
  const symbolPx = dense ? DENSE_PX : SYMBOL_PX;
  const scale = symbolPx / GLYPH_PX;
  const stand = useMark(spot ?? ORIGIN, { key: id, name: told(thing, "name", language), symbolPx, scale, weight });
  return <path ref={stand} className={`wk-device wk-device-${plateOf(thing)}`} data-target={id} d={symbolOf(thing)} />;
}, looksSame);

const ORIGIN = { x: 0, y: 0 };

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
        symbolOf(a) === symbolOf(b)))
  );
}

/** The outline of a place; its name stands in its upper left corner. */
export const PlaceMark = memo(function PlaceMark({ place }: { place: Place }) {
  const { stage } = usePlan();
  const language = useLanguage();
  const { id, area } = place;
  const name = told(place, "name", language);
  useEffect(() => {
    const corner = { x: Math.min(...area.map((one) => one.x)), y: Math.min(...area.map((one) => one.y)) };
    return stage.add({
      ...corner,
      element: null,
      scale: 1,
      key: PLACE + id,
      name,
      symbolPx: 0,
      risePx: 0,
      weight: () => WEIGHT_PLACE,
    });
  }, [stage, area, id, name]);
  return <polygon className="wk-area" points={area.map((one) => `${one.x},${one.y}`).join(" ")} />;
});

/** The names for which there is room, laid out anew when the plan has come to rest. */
export function Names() {
  return useNames().map((written) => <Name key={written.key} written={written} />);
}

const Name = memo(function Name({ written }: { written: Written }) {
  const { name, symbolPx } = written;
  const stand = useMark(written, {});
  return (
    <g ref={stand} className={symbolPx === 0 ? "wk-name wk-name-place" : "wk-name"}>
      <text {...(symbolPx === 0 ? { x: 4, y: 14 } : { y: symbolPx / 2 + 12 })}>{name}</text>
    </g>
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

/** A badge stands over its device, and in the middle of a place, below its name. */
function riseOf(target: Target): number {
  return target.startsWith(PLACE) ? -PLACE_DOWN_PX : SYMBOL_PX / 2 + BADGE_PX / 2 - 3;
}

/** `others`: what is drawn under it, as one text, so that the same ones are the same. */
const Badge = memo(function Badge({ target, others }: { target: Target; others: string }) {
  const { where, clusters } = usePlan();
  const lead = useCluster(target);
  useTargets();
  const spot = spotAt(target, where);
  const stand = useMark(spot ?? ORIGIN, { symbolPx: BADGE_PX, risePx: riseOf(target) });
  if (lead === null || spot === null) return null;
  const below = others === "" ? [] : others.split(" ");
  const cluster = together(
    lead,
    below.flatMap((one) => clusters.get(one) ?? []),
  );
  const half = BADGE_PX / 2;
  return (
    <g ref={stand} className="wk-badge" data-target={target} data-several={below.length > 0 || undefined}>
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
    </g>
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
  const stand = useMark(at, {});
  return (
    <g ref={stand} className={`wk-ring-${kind}`}>
      <circle className="wk-ring-ground" r={22} />
      <circle className="wk-ring" r={22} />
      {kind === "selected" && <path className="wk-ring" d="M0-34v10M0 24v10M-34 0h10M24 0h10" />}
    </g>
  );
}
