/** 小区平面图: the estate's floors with its devices and incidents. The list beside it says the same in words. */
import { why } from "@watchkeeper/api";
import { Skeleton, Stopped, told, useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import type { InputRef } from "antd";
import { type RefObject, useCallback, useMemo, useRef } from "react";
import { useNavigate } from "react-router";
import { useIncident, useLive, useSelected } from "../../live/provider";
import { spotAt, type Target } from "./clusters";
import { PlanContext } from "./context";
import { type Plan, useDevices, useEstate, usePlanData } from "./data";
import { Floors, PANEL_ID, tabId } from "./floors";
import { DeviceList } from "./list";
import { type Looking, useLooking } from "./looking";
import { Panel } from "./panel";
import { type Looked, Picture, ZoomButtons } from "./picture";
import { table } from "./words";
import "./plan.css";

export default function PlanRoom() {
  const [estate, devices] = [useEstate(), useDevices()];
  const plan = usePlanData(estate, devices);
  const language = useLanguage();
  const failed = [estate, devices].find((one) => one.isError);
  const stopped = failed !== undefined && (
    <Stopped
      sinceMs={failed.dataUpdatedAt || failed.errorUpdatedAt}
      why={failed.error === null ? "" : why(failed.error, language)}
      onRetry={() => void Promise.all([estate.refetch(), devices.refetch()])}
    />
  );
  if (plan === null) return stopped || <Skeleton />;
  return (
    <PlanContext value={plan.parts}>
      <div className="wk-plan">
        {stopped}
        <Room plan={plan} />
      </div>
    </PlanContext>
  );
}

function Room({ plan }: { plan: Plan }) {
  const { layout, things, parts } = plan;
  const looking = useLooking(parts, layout);
  const search = useRef<InputRef>(null);
  const floor = layout.floors.find((one) => one.id === looking.floor);
  const choose = useRef(looking.choose);
  choose.current = looking.choose;
  const onChoose = useCallback((target: Target, several = false) => choose.current(target, several), []);
  usePlanKeys(plan, looking, search);
  return (
    <>
      <div className="wk-plan-left">
        {floor !== undefined && (
          <>
            <div className="wk-plan-head">
              <Floors floors={layout.floors} shown={floor.id} onShow={looking.showFloor} />
              <Told looking={looking} plan={plan} />
              <ZoomButtons />
            </div>
            <div className="wk-plan-floor" id={PANEL_ID} role="tabpanel" aria-labelledby={tabId(floor.id)}>
              <FloorPicture plan={plan} looking={looking} floorId={floor.id} onChoose={onChoose} />
            </div>
          </>
        )}
        {floor === undefined && <NoFloors />}
      </div>
      <div className="wk-plan-right">
        <DeviceList layout={layout} things={things} chosen={looking.chosen} search={search} onChoose={onChoose} />
        {looking.chosen !== null && (
          <Panel target={looking.chosen} layout={layout} things={things} onClose={() => looking.choose(null)} />
        )}
      </div>
    </>
  );
}

function NoFloors() {
  const w = useWords(table);
  return <p className="wk-empty">{w.noFloors}</p>;
}

interface FloorGiven {
  readonly plan: Plan;
  readonly looking: Looking;
  readonly floorId: string;
  readonly onChoose: (target: Target, several?: boolean) => void;
}

function FloorPicture({ plan, looking, floorId, onChoose }: FloorGiven) {
  const { layout, things, parts } = plan;
  const { selected, chosen } = looking;
  const floor = layout.floors.find((one) => one.id === floorId);
  const here = useMemo(() => things.filter((thing) => thing.spot?.floor === floorId), [things, floorId]);
  const places = useMemo(
    () => [...layout.places.values()].filter((place) => place.floor === floorId && place.area.length > 2),
    [layout, floorId],
  );
  if (floor === undefined) return null;
  const ring = (target: Target | null, kind: Looked["kind"]): Looked[] => {
    const at = target === null ? null : spotAt(target, parts.where);
    return at?.floor === floorId ? [{ at, kind }] : [];
  };
  const rings = [...ring(selected, "selected"), ...(chosen === selected ? [] : ring(chosen, "chosen"))];
  return <Picture floor={floor} things={here} places={places} chosen={chosen} rings={rings} onChoose={onChoose} />;
}

/** What has been brought into the middle, for who does not see it. */
function Told({ looking, plan }: { looking: Looking; plan: Plan }) {
  const w = useWords(table);
  const language = useLanguage();
  const incident = useIncident(useSelected() ?? -1);
  const spot = looking.selected === null ? null : spotAt(looking.selected, plan.parts.where);
  const floor = plan.layout.floors.find((one) => one.id === spot?.floor);
  const text = looking.lost
    ? w.notOnPlan
    : incident !== undefined && floor !== undefined
      ? w.atPlace(told(incident, "title", language), told(floor, "name", language))
      : w.keys;
  return (
    <p className="wk-plan-told" role="status" data-lost={looking.lost}>
      {text}
    </p>
  );
}

function usePlanKeys({ parts }: Plan, looking: Looking, search: RefObject<InputRef | null>): void {
  const { stage } = parts;
  const { incidents, selection } = useLive();
  const navigate = useNavigate();
  const step = (by: 1 | -1) => {
    const live = incidents.numbers().filter((no) => incidents.get(no)?.live);
    const at = live.indexOf(selection.read() ?? -1);
    const next = live[at < 0 ? 0 : at + by];
    if (next !== undefined) selection.select(next);
  };
  useKeys({
    "+": stage.zoomIn,
    "=": stage.zoomIn,
    "-": stage.zoomOut,
    "0": stage.whole,
    arrowleft: () => stage.pan(-1, 0),
    arrowright: () => stage.pan(1, 0),
    arrowup: () => stage.pan(0, -1),
    arrowdown: () => stage.pan(0, 1),
    j: () => step(1),
    k: () => step(-1),
    "/": () => search.current?.focus(),
    v: () => navigate("/wall"),
    escape: () => (looking.chosen === null ? selection.select(null) : looking.choose(null)),
  });
}
