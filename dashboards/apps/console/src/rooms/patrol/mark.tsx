/** How far a checkpoint is, as a shape. Only a gap that is an incident has a colour; what is unproven is hatched, with no fill. */
import { type Priority, PrioritySymbol } from "@watchkeeper/ui";
import type { StopState } from "./rounds";

const SIZE = 18;

export function Mark({ state, priority }: { state: StopState; priority: number }) {
  if (state === "missed") return <PrioritySymbol priority={priority as Priority} size={SIZE} />;
  return (
    <svg className="wk-mark" width={SIZE} height={SIZE} viewBox="0 0 24 24" aria-hidden="true" data-mark={state}>
      {SHAPES[state]}
    </svg>
  );
}

const LINE = { fill: "none", stroke: "#1F2429", strokeWidth: 2.2 } as const;
const OPEN = <circle cx="12" cy="12" r="9" {...LINE} />;
const SHAPES: Readonly<Record<Exclude<StopState, "missed">, React.ReactNode>> = {
  kept: (
    <>
      <circle cx="12" cy="12" r="10" fill="#3F474F" stroke="#1F2429" />
      <path d="M7 12.5 10.5 16 17 8.5" fill="none" stroke="#FFFFFF" strokeWidth="2.4" />
    </>
  ),
  withdrawn: (
    <>
      <circle cx="12" cy="12" r="9" {...LINE} />
      <path d="M7.5 12.5 10.8 16 16.5 8.5" {...LINE} />
      <path d="M3 21 21 3" {...LINE} />
    </>
  ),
  unproven: (
    <>
      <rect x="2.5" y="2.5" width="19" height="19" {...LINE} strokeDasharray="4 2.4" />
      <path d="M3 12 12 3M3 20.5 20.5 3M12 21 21 12" stroke="#1F2429" strokeWidth="1.3" />
    </>
  ),
  ahead: <circle cx="12" cy="12" r="9" {...LINE} strokeDasharray="3 3" />,
  due: OPEN,
  grace: (
    <>
      {OPEN}
      <path d="M12 6v6.5l4 2.5" {...LINE} />
    </>
  ),
  waiting: (
    <>
      {OPEN}
      <path d="M7 12h10" {...LINE} />
    </>
  ),
};
