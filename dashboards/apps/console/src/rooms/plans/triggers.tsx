/** What starts a plan by itself: incidents of a detector, where certain facts hold, at certain devices or places. */
import { useQuery } from "@tanstack/react-query";
import { ask, type TriggerModel } from "@watchkeeper/api";
import { told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useNames } from "../../names";
import { factsOf, factsText } from "./body";
import { table } from "./words";

const TRIGGERS_MAX = 20;

export function Triggers({ starts, onChange }: { starts: readonly TriggerModel[]; onChange: (starts: TriggerModel[]) => void }) {
  const w = useWords(table);
  const set = (at: number, one: TriggerModel) => onChange(starts.map((was, place) => (place === at ? one : was)));
  return (
    <fieldset className="wk-plan-triggers">
      <legend>{w.starts}</legend>
      {starts.length === 0 && <p className="wk-quiet">{w.noTriggers}</p>}
      {starts.map((one, at) => (
        <Trigger
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no name of its own
          key={at}
          id={`wk-trigger-${at}`}
          trigger={one}
          onChange={(changed) => set(at, changed)}
          onRemove={() => onChange(starts.filter((_, place) => place !== at))}
        />
      ))}
      <Button disabled={starts.length >= TRIGGERS_MAX} onClick={() => onChange([...starts, { detector: "" }])}>
        {w.addTrigger}
      </Button>
    </fieldset>
  );
}

function Trigger({
  id,
  trigger,
  onChange,
  onRemove,
}: {
  id: string;
  trigger: TriggerModel;
  onChange: (trigger: TriggerModel) => void;
  onRemove: () => void;
}) {
  const w = useWords(table);
  const language = useLanguage();
  const { places } = useNames();
  const devices = useQuery({ queryKey: ["devices"], queryFn: () => ask("GET /devices") });
  const [facts, setFacts] = useState(factsText(trigger.facts));
  return (
    <div className="wk-plan-fields">
      <label htmlFor={`${id}-detector`}>
        {w.detector}
        <Input
          id={`${id}-detector`}
          required
          maxLength={100}
          value={trigger.detector}
          onChange={(event) => onChange({ ...trigger, detector: event.target.value })}
        />
      </label>
      <label htmlFor={`${id}-facts`} className="wk-wide">
        {w.facts}
        <Input
          id={`${id}-facts`}
          value={facts}
          onChange={(event) => {
            setFacts(event.target.value);
            onChange({ ...trigger, facts: factsOf(event.target.value) });
          }}
        />
      </label>
      <label htmlFor={`${id}-devices`} className="wk-wide">
        {w.devices}
        <Select
          id={`${id}-devices`}
          mode="multiple"
          value={[...(trigger.devices ?? [])]}
          options={(devices.data?.devices ?? []).map((one) => ({ value: one.id, label: told(one, "name", language) }))}
          onChange={(chosen) => onChange({ ...trigger, devices: chosen })}
        />
      </label>
      <label htmlFor={`${id}-places`} className="wk-wide">
        {w.places}
        <Select
          id={`${id}-places`}
          mode="multiple"
          value={[...(trigger.places ?? [])]}
          options={[...places]}
          onChange={(chosen) => onChange({ ...trigger, places: chosen })}
        />
      </label>
      <Button size="small" aria-label={`${w.remove} ${trigger.detector}`} onClick={onRemove}>
        {w.remove}
      </Button>
    </div>
  );
}
