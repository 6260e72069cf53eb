/** Zooming and moving the drawing. What stands on it keeps its size on the screen, by one number that CSS reads. */
import { select } from "d3-selection";
import { type ZoomBehavior, zoom, zoomIdentity } from "d3-zoom";
import { useCallback, useEffect, useRef } from "react";
import { clamped, type Share, type Size } from "./position";

const CLOSEST = 40;
const MARK_PX = 9;

function isMovable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[data-movable]") !== null;
}

export function useZoom(size: Size) {
  const svg = useRef<SVGSVGElement>(null);
  const group = useRef<SVGGElement>(null);
  const behaviour = useRef<ZoomBehavior<SVGSVGElement, unknown> | null>(null);
  useEffect(() => {
    const element = svg.current;
    if (element === null) return;
    let k = 1;
    const measure = () => {
      const box = element.getBoundingClientRect();
      const perUnit = Math.min(box.width / size.width, box.height / size.height) || 1;
      element.style.setProperty("--wk-mark", String(MARK_PX / perUnit / k));
    };
    const made = zoom<SVGSVGElement, unknown>()
      .scaleExtent([1, CLOSEST])
      .extent([
        [0, 0],
        [size.width, size.height],
      ])
      .translateExtent([
        [0, 0],
        [size.width, size.height],
      ])
      .filter((event: MouseEvent) => event.type === "wheel" || (!event.button && !event.ctrlKey && !isMovable(event.target)))
      .on("zoom", ({ transform }) => {
        group.current?.setAttribute("transform", String(transform));
        k = transform.k;
        measure();
      });
    behaviour.current = made;
    const selected = select(element);
    selected.call(made).on("dblclick.zoom", null);
    selected.call(made.transform, zoomIdentity);
    const watching = new ResizeObserver(measure);
    watching.observe(element);
    return () => {
      watching.disconnect();
      selected.on(".zoom", null);
    };
  }, [size]);

  const shareAt = useCallback(
    (x: number, y: number): Share | null => {
      const matrix = group.current?.getScreenCTM();
      if (!matrix) return null;
      const point = new DOMPoint(x, y).matrixTransform(matrix.inverse());
      return [point.x / size.width, point.y / size.height];
    },
    [size],
  );
  const centre = useCallback((): Share => {
    const box = svg.current?.getBoundingClientRect();
    return clamped((box && shareAt(box.x + box.width / 2, box.y + box.height / 2)) ?? [0.5, 0.5]);
  }, [shareAt]);
  const by = (factor: number) => {
    if (svg.current !== null) behaviour.current?.scaleBy(select(svg.current), factor);
  };
  const reset = () => {
    if (svg.current !== null) behaviour.current?.transform(select(svg.current), zoomIdentity);
  };
  const show = (at: Share) => {
    if (svg.current !== null) behaviour.current?.translateTo(select(svg.current), at[0] * size.width, at[1] * size.height);
  };
  const isOver = (x: number, y: number) => document.elementsFromPoint(x, y).includes(svg.current as Element);
  return { svg, group, shareAt, centre, by, reset, show, isOver };
}
