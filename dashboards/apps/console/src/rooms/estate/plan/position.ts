/** Where things stand on a drawing: shares of its width and height from the upper left, 0 to 1. */
export type Share = readonly [number, number];
export interface Size {
  readonly width: number;
  readonly height: number;
}

const DIGITS = 5;
export const STEP = 0.01;
export const FINE_STEP = 0.001;

export function clamped([x, y]: Share): Share {
  const within = (value: number) => Number(Math.min(1, Math.max(0, value)).toFixed(DIGITS));
  return [within(x), within(y)];
}

export function isOn([x, y]: Share): boolean {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

const ARROWS: Readonly<Record<string, Share>> = {
  arrowleft: [-1, 0],
  arrowright: [1, 0],
  arrowup: [0, -1],
  arrowdown: [0, 1],
};

/** The position after an arrow key; null: the key is none. */
export function nudged(at: Share, key: string, fine: boolean): Share | null {
  const arrow = ARROWS[key.toLowerCase()];
  if (arrow === undefined) return null;
  const step = fine ? FINE_STEP : STEP;
  return clamped([at[0] + arrow[0] * step, at[1] + arrow[1] * step]);
}

export interface Spot {
  readonly id: string;
  readonly at: Share;
}
export interface Fanned extends Spot {
  /** How far beside its place it is drawn, in radii. */
  readonly aside: Share;
}

const NEAR = 0.004;

/** Those that stand on one spot are drawn in a ring around it, so that each can be seen and taken. */
export function fanned(spots: readonly Spot[]): readonly Fanned[] {
  const groups = new Map<string, Spot[]>();
  for (const spot of spots) {
    const key = spot.at.map((value) => Math.round(value / NEAR)).join(" ");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [spot]);
    else group.push(spot);
  }
  return [...groups.values()].flatMap((group) =>
    group.map((spot, at): Fanned => {
      if (group.length === 1) return { ...spot, aside: [0, 0] };
      const turn = (2 * Math.PI * at) / group.length - Math.PI / 2;
      const radius = Math.max(1.4, (group.length * 2.4) / (2 * Math.PI));
      return { ...spot, aside: [radius * Math.cos(turn), radius * Math.sin(turn)] };
    }),
  );
}

/** `0.2,0.15; 0.47,0.15`, as one types corners. Null: it is none. */
export function cornersOf(text: string): readonly Share[] | null {
  const parts = text
    .split(/[;；\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const found = parts.map((part) => part.split(/[,，\s]+/).map(Number));
  const good = found.every((pair) => pair.length === 2 && pair.every(Number.isFinite) && isOn(pair as unknown as Share));
  return good ? (found as unknown as Share[]) : null;
}

export function cornersText(corners: readonly Share[]): string {
  return corners.map(([x, y]) => `${x},${y}`).join("; ");
}

/** `34.5 % , 40 %`, as people read it; empty where there is none. */
export function shareText(at: unknown): string {
  if (!Array.isArray(at)) return "";
  return at.map((one) => `${Number((Number(one) * 100).toFixed(1))} %`).join(", ");
}
