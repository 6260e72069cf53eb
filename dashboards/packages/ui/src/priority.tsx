/** Priorities: a shape, a word and a colour, so that a grey picture still tells them apart. */
import { useWords, words } from "./words";

export type Priority = 1 | 2 | 3 | 4;

const SHAPES: Readonly<Record<Priority, { readonly path: string; readonly fill: string; readonly ink: string }>> = {
  1: { path: "M12 1 23 12 12 23 1 12Z", fill: "#B00020", ink: "#FFFFFF" },
  2: { path: "M12 1.5 23 22H1Z", fill: "#FF9A3C", ink: "#000000" },
  3: { path: "M2.5 2.5h19v19h-19Z", fill: "#FFD84D", ink: "#000000" },
  4: { path: "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21Z", fill: "#5B3FA0", ink: "#FFFFFF" },
};

export const priorityWords = words(
  { p1: "特急", p2: "紧急", p3: "一般", p4: "提示", unacknowledged: "未确认", acknowledged: "已确认", returned: "已恢复" },
  {
    p1: "critical",
    p2: "urgent",
    p3: "ordinary",
    p4: "notice",
    unacknowledged: "unacknowledged",
    acknowledged: "acknowledged",
    returned: "returned",
  },
);

/** How a symbol stands: blinking until somebody has it, steady then, an outline where it went back to normal by itself. */
export type SymbolState = "calling" | "steady" | "outline";

export function symbolState(alarm: string): SymbolState {
  if (alarm === "unacknowledged") return "calling";
  return alarm === "unacknowledged_returned" ? "outline" : "steady";
}

export function PrioritySymbol({
  priority,
  state = "steady",
  size = 18,
}: {
  priority: Priority;
  state?: SymbolState;
  size?: number;
}) {
  const shape = SHAPES[priority];
  const outline = state === "outline";
  return (
    <svg
      className={`wk-symbol wk-symbol-${state}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
      data-shape={priority}
    >
      {outline ? (
        <g transform="translate(12 12) scale(.86) translate(-12 -12)" fill="none">
          <path d={shape.path} stroke="#1F2429" strokeWidth={5} />
          <path d={shape.path} stroke={shape.fill} strokeWidth={2.6} />
        </g>
      ) : (
        <path d={shape.path} fill={shape.fill} stroke="#1F2429" strokeWidth={1.3} />
      )}
      <text
        x="12"
        y={priority === 2 ? 19 : 16.5}
        textAnchor="middle"
        fontSize="12"
        fontWeight="700"
        fill={outline ? "#1F2429" : shape.ink}
      >
        {priority}
      </text>
    </svg>
  );
}

/** The symbol with its word: for lists and heads. */
export function PriorityTag({ priority, state }: { priority: Priority; state?: SymbolState }) {
  const w = useWords(priorityWords);
  return (
    <span className="wk-priority">
      <PrioritySymbol priority={priority} {...(state === undefined ? {} : { state })} />
      <span>{w[`p${priority}`]}</span>
    </span>
  );
}
