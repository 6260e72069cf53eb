/** The drawing of a floor with what stands on it. Nothing of the drawing runs in this page: it is a picture. */
import { useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { memo, useEffect, useRef } from "react";
import type { Target } from "./clusters";
import { usePlan } from "./context";
import type { Floor, Place, Spot, Thing } from "./layout";
import { Badges, DeviceMark, Names, PlaceMark, Ring } from "./marks";
import { table } from "./words";

/** From so many devices on a floor on, symbols are smaller. */
const DENSE_FROM = 300;

export interface Looked {
  readonly at: Spot;
  readonly kind: "selected" | "chosen";
}
interface Given {
  readonly floor: Floor;
  readonly things: readonly Thing[];
  readonly places: readonly Place[];
  readonly chosen: Target | null;
  readonly rings: readonly Looked[];
  readonly onChoose: (target: Target, several: boolean) => void;
}

export function Picture({ floor, things, places, chosen, rings, onChoose }: Given) {
  const w = useWords(table);
  const { stage } = usePlan();
  const svg = useRef<SVGSVGElement>(null);
  const group = useRef<SVGGElement>(null);
  useEffect(() => {
    if (svg.current === null || group.current === null) return undefined;
    return stage.attach(svg.current, group.current);
  }, [stage]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no window on a picture
    <div className="wk-plan-window" role="group" aria-label={w.picture}>
      <svg
        ref={svg}
        className="wk-plan-svg"
        aria-hidden="true"
        onPointerOver={(event) =>
          stage.hover((event.target as Element).closest<SVGElement>("[data-target]")?.dataset.target ?? null)
        }
        onClick={(event) => {
          const { target, several } = (event.target as Element).closest<SVGElement>("[data-target]")?.dataset ?? {};
          if (target !== undefined) onChoose(target, several !== undefined);
        }}
      >
        <g ref={group}>
          <Sheet floor={floor} />
          <Places places={places} />
          <Devices things={things} chosen={chosen} />
          {rings.map((ring) => (
            <Ring key={ring.kind} at={ring.at} kind={ring.kind} />
          ))}
          <Names />
          <Badges floor={floor.id} />
        </g>
      </svg>
      {floor.drawing === null && <p className="wk-plan-note">{w.noDrawing}</p>}
    </div>
  );
}

const Sheet = memo(function Sheet({ floor }: { floor: Floor }) {
  const { width, height, drawing } = floor;
  return (
    <>
      <rect className="wk-sheet" width={width} height={height} />
      {drawing !== null && <image href={drawing} width={width} height={height} preserveAspectRatio="none" />}
    </>
  );
});

const Places = memo(function Places({ places }: { places: readonly Place[] }) {
  return places.map((place) => <PlaceMark key={place.id} place={place} />);
});

const Devices = memo(function Devices({ things, chosen }: { things: readonly Thing[]; chosen: Target | null }) {
  const dense = things.length >= DENSE_FROM;
  return things.map((thing) => <DeviceMark key={thing.id} thing={thing} dense={dense} chosen={thing.id === chosen} />);
});

export function ZoomButtons() {
  const w = useWords(table);
  const { stage } = usePlan();
  return (
    <div className="wk-plan-zoom">
      <Button size="small" aria-label={w.zoomIn} onClick={stage.zoomIn}>
        +
      </Button>
      <Button size="small" aria-label={w.zoomOut} onClick={stage.zoomOut}>
        −
      </Button>
      <Button size="small" onClick={stage.whole}>
        {w.whole}
      </Button>
    </div>
  );
}
