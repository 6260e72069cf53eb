/** 实时画面: a wall of what cameras show just now. It asks for the pictures of the tiles that are seen, and of no others. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { Empty, Skeleton, Stopped, useKeys, useNow, useWords } from "@watchkeeper/ui";
import { Button, Segmented, Switch } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useIncidentChanges, useLive } from "../../live/provider";
import { useSession } from "../../session/session";
import { Tile } from "./tile";
import { onPage, ordered, pagesOf, SIZES, type Size, TURN_MS, turned } from "./tiles";
import { table } from "./words";
import "./wall.css";

const EVERY_MS = 5_000;
const KEPT = "watchkeeper:wall";

export default function Wall() {
  const w = useWords(table);
  const { zone } = useSession();
  const { incidents } = useLive();
  const changes = useIncidentChanges();
  const devices = useQuery({
    queryKey: ["devices", "wall"],
    queryFn: () => ask("GET /devices", { query: { kind: "camera" } }).then((found) => found.devices),
    refetchInterval: EVERY_MS,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the incidents behind the numbers change too
  const cameras = useMemo(() => ordered(devices.data ?? [], (no) => incidents.get(no)), [devices.data, incidents, changes]);
  const [size, setSize] = useState<Size>(keptSize);
  const [page, setPage] = useState(0);
  const [large, setLarge] = useState<string | null>(null);
  const pages = pagesOf(cameras.length, size);
  const shown = onPage(cameras, Math.min(page, pages - 1), size);
  const turn = (step: 1 | -1) => setPage((before) => turned(before, pages, step));
  const rotation = useRotation(pages > 1 && large === null, page, () => turn(1));
  const enlarged = cameras.find((camera) => camera.id === large);
  const neighbour = (step: 1 | -1) => {
    const at = cameras.findIndex((camera) => camera.id === large);
    setLarge(cameras[turned(at, cameras.length, step)]?.id ?? null);
  };
  const go = (step: 1 | -1) => (enlarged === undefined ? turn(step) : neighbour(step));
  useKeys({
    arrowright: () => go(1),
    arrowleft: () => go(-1),
    escape: () => setLarge(null),
    space: rotation.toggle,
    ...Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [String(number), () => setLarge(shown[number - 1]?.id ?? large)]),
    ),
  });
  if (devices.data === undefined) {
    return devices.isError ? <Stopped sinceMs={devices.errorUpdatedAt} onRetry={() => void devices.refetch()} /> : <Skeleton />;
  }
  return (
    <section className="wk-wall" aria-label={w.wall}>
      <div className="wk-wall-head">
        <Segmented<Size>
          aria-label={w.size}
          value={size}
          options={SIZES.map((value) => ({ value, label: w.grid(value) }))}
          onChange={(value) => {
            setSize(value);
            setPage(0);
            localStorage.setItem(KEPT, String(value));
          }}
        />
        <Button aria-label={w.previous} onClick={() => turn(-1)} disabled={pages < 2}>
          ←
        </Button>
        <span role="status">{w.page(Math.min(page, pages - 1) + 1, pages)}</span>
        <Button aria-label={w.next} onClick={() => turn(1)} disabled={pages < 2}>
          →
        </Button>
        <Switch aria-label={w.rotate} checked={rotation.on} onChange={rotation.toggle} disabled={pages < 2} />
        <span aria-hidden="true">{w.rotate}</span>
        {rotation.leftS !== null && <b>{w.turnsIn(rotation.leftS)}</b>}
        <span className="wk-quiet">
          {w.keys} · {w.privacy}
        </span>
      </div>
      {devices.isError && <Stopped sinceMs={devices.dataUpdatedAt} onRetry={() => void devices.refetch()} />}
      {cameras.length === 0 && (
        <Empty atMs={devices.dataUpdatedAt} zone={zone}>
          {w.none}
        </Empty>
      )}
      {enlarged === undefined ? (
        <div className="wk-wall-grid" data-size={size}>
          {shown.map((camera, at) => (
            <Tile key={camera.id} camera={camera} {...(at < 9 ? { number: at + 1 } : {})} onEnlarge={() => setLarge(camera.id)} />
          ))}
        </div>
      ) : (
        <div className="wk-wall-large">
          <Button onClick={() => setLarge(null)}>{w.back}</Button>
          <Tile key={enlarged.id} camera={enlarged} large />
        </div>
      )}
    </section>
  );
}

interface Rotation {
  readonly on: boolean;
  /** Seconds until the page turns; null where it does not. */
  readonly leftS: number | null;
  toggle(): void;
}

/** Turns the page after a while, counted anew from each turn, also one by hand. */
function useRotation(possible: boolean, page: number, turn: () => void): Rotation {
  const [on, setOn] = useState(false);
  const now = useNow();
  const [since, setSince] = useState(now);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that was turned by hand has its whole time too
  useEffect(() => setSince(now), [page, on, possible]);
  const runs = on && possible;
  const leftMs = since + TURN_MS - now;
  useEffect(() => {
    if (runs && leftMs <= 0) turn();
  });
  return { on, leftS: runs ? Math.max(0, Math.ceil(leftMs / 1_000)) : null, toggle: () => setOn(!on) };
}

function keptSize(): Size {
  const kept = Number(localStorage.getItem(KEPT));
  return SIZES.find((size) => size === kept) ?? 2;
}
