/** What the plan is to look at: the incident that all windows look at, a place that an address names, or what was clicked here. */
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useIncident, useSelected } from "../../live/provider";
import { PLACE, spotAt, type Target, targetOf } from "./clusters";
import type { PlanParts } from "./context";
import type { Layout } from "./layout";

export interface Looking {
  readonly floor: string | null;
  /** What the panel is about. */
  readonly chosen: Target | null;
  /** Where the selected incident is; null: there is none, or it is not on the plan. */
  readonly selected: Target | null;
  /** An incident is selected that is nowhere on the plan. */
  readonly lost: boolean;
  showFloor(id: string): void;
  /** Brings it into sight. `nearer`: into the middle, twice as near, since others are drawn over it. */
  choose(target: Target | null, nearer?: boolean): void;
}

type How = "middle" | "nearer" | "sight";

export function useLooking({ clusters, stage, where }: PlanParts, layout: Layout): Looking {
  const no = useSelected();
  const incident = useIncident(no ?? -1);
  const [params] = useSearchParams();
  const asked = params.get("place");
  const selected = incident === undefined ? null : targetOf(incident, where);
  const [floor, setFloor] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Target | null>(null);
  const shown = layout.floors.find((one) => one.id === floor) ?? layout.floors[0] ?? null;
  const began = useRef(false);

  // the sheet first: a point is brought to the middle of the floor that it is on
  useEffect(() => {
    if (shown !== null) stage.show(shown);
  }, [stage, shown]);

  const look = useRef<(target: Target, how: How) => void>(() => undefined);
  look.current = (target, how) => {
    setChosen(target);
    const spot = spotAt(target, where);
    if (spot === null) return;
    const other = spot.floor !== shown?.id;
    if (other) setFloor(spot.floor);
    const smooth = began.current;
    const run = () => {
      if (how === "nearer") stage.nearer(spot);
      else if (how === "middle" || other) stage.centre(spot, smooth && !other);
      else stage.reveal(spot);
    };
    // another floor is put on the stage first
    if (other) queueMicrotask(() => requestAnimationFrame(run));
    else run();
  };

  // an address that names a place comes first; the incident there, where one is selected, is nearer
  const within = asked !== null && incident?.place === asked;
  useEffect(() => {
    if (asked !== null && !within) look.current(PLACE + asked, "middle");
  }, [asked, within]);
  useEffect(() => {
    if (no !== null && selected !== null && (began.current || asked === null || within)) look.current(selected, "middle");
    began.current = true;
  }, [no, selected, asked, within]);
  // what is looked at is named first
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is chosen
  useEffect(() => stage.settle(), [stage, chosen, clusters]);

  return {
    floor: shown?.id ?? null,
    chosen,
    selected,
    lost: incident !== undefined && selected === null,
    showFloor: setFloor,
    choose: (target, nearer = false) => {
      if (target === null) setChosen(null);
      else look.current(target, nearer ? "nearer" : "sight");
    },
  };
}
