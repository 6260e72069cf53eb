/** Which names are written: the weightiest first, and none over another one or over a symbol. Lengths are pixels of the screen. */
export interface Candidate {
  readonly x: number;
  readonly y: number;
  /** Empty: a symbol without a name, over which nothing is written. */
  readonly name: string;
  /** 0: only from a zoom on, where there is room. */
  readonly weight: number;
  /** The name stands below a symbol of this size; 0: there is none, and it begins right at the point. */
  readonly symbolPx: number;
}
interface Span {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The weight of a name that is written in any case: that of what is looked at. */
export const ALWAYS = 1e9;
const LINE_PX = 16;
const WIDE_PX = 12.5;
const NARROW_PX = 7;
const CELL_PX = 64;

/** About as wide as the name is drawn. */
export function widthPx(name: string): number {
  let sum = 0;
  for (const letter of name) sum += letter.charCodeAt(0) > 0x2e80 ? WIDE_PX : NARROW_PX;
  return sum;
}

/** The indices of the candidates whose names are written. `all`: one is near enough to write those of weight 0. */
export function named(candidates: readonly Candidate[], all: boolean): ReadonlySet<number> {
  const grid = new Grid();
  candidates.forEach((one) => {
    if (one.symbolPx > 0) grid.put(symbolSpan(one));
  });
  const order = candidates.map((_, at) => at).filter((at) => wanted(candidates[at], all));
  order.sort((a, b) => (candidates[b]?.weight ?? 0) - (candidates[a]?.weight ?? 0) || a - b);
  const chosen = new Set<number>();
  for (const at of order) {
    const one = candidates[at];
    if (one === undefined) continue;
    const span = nameSpan(one);
    if (one.weight >= ALWAYS || grid.free(span)) {
      grid.put(span);
      chosen.add(at);
    }
  }
  return chosen;
}

function wanted(one: Candidate | undefined, all: boolean): boolean {
  return one !== undefined && one.name !== "" && (all || one.weight > 0);
}

function symbolSpan({ x, y, symbolPx }: Candidate): Span {
  const half = symbolPx / 2;
  return { left: x - half, right: x + half, top: y - half, bottom: y + half };
}

function nameSpan({ x, y, name, symbolPx }: Candidate): Span {
  const width = widthPx(name);
  const left = symbolPx > 0 ? x - width / 2 : x;
  const top = y + symbolPx / 2;
  return { left, right: left + width, top, bottom: top + LINE_PX };
}

class Grid {
  private readonly cells = new Map<string, Span[]>();

  put(span: Span): void {
    for (const key of cellsOf(span)) {
      const there = this.cells.get(key);
      if (there === undefined) this.cells.set(key, [span]);
      else there.push(span);
    }
  }

  free(span: Span): boolean {
    for (const key of cellsOf(span)) {
      for (const other of this.cells.get(key) ?? []) if (meet(other, span)) return false;
    }
    return true;
  }
}

function* cellsOf({ left, right, top, bottom }: Span): Generator<string> {
  for (let column = Math.floor(left / CELL_PX); column <= Math.floor(right / CELL_PX); column += 1) {
    for (let line = Math.floor(top / CELL_PX); line <= Math.floor(bottom / CELL_PX); line += 1) yield `${column} ${line}`;
  }
}

function meet(a: Span, b: Span): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
