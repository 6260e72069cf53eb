/** What a list says of itself: that it loads (after 300 ms), that it is empty and since when, or that its data have stopped. */
import { type ReactNode, useEffect, useState } from "react";
import { useNow } from "./clock";
import { clockTime, duration } from "./time";
import { useLanguage, useWords, words } from "./words";

const table = words(
  { loading: "载入中", stopped: "数据已停", retry: "重试", updated: "最后更新" },
  { loading: "Loading", stopped: "Data stopped for", retry: "Try again", updated: "last updated" },
);
const SKELETON_AFTER_MS = 300;
const BARS = [1, 2, 3, 4, 5];

/** Grey bars, but not before 300 ms have gone: a flash of them says nothing. */
export function Skeleton() {
  const w = useWords(table);
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), SKELETON_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div className="wk-skeleton" role="status" aria-label={w.loading}>
      {BARS.map((bar) => (
        <div key={bar} />
      ))}
    </div>
  );
}

/** Nothing here, and as of when that is known. */
export function Empty({ children, atMs, zone }: { children: ReactNode; atMs: number; zone: string }) {
  const w = useWords(table);
  return (
    <p className="wk-empty">
      {children}，{w.updated} {clockTime(new Date(atMs).toISOString(), zone)}
    </p>
  );
}

/** The old data stay below; this says how old they are. */
export function Stopped({ sinceMs, why, onRetry }: { sinceMs: number; why?: string; onRetry: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const now = useNow();
  return (
    <div className="wk-stopped" role="status">
      <span>
        {w.stopped} {duration((now - sinceMs) / 1000, language)}
        {why ? ` · ${why}` : ""}
      </span>
      <button type="button" onClick={onRetry}>
        {w.retry}
      </button>
    </div>
  );
}
