/** 通行: the last decisions at gates, live; and what somebody with a reason searches for. */
import { Empty, useWords } from "@watchkeeper/ui";
import { Button, Segmented, Select } from "antd";
import { useId, useState } from "react";
import { useSearchParams } from "react-router";
import { Asked } from "../../parts/asked";
import { useSession } from "../../session/session";
import { DECIDED, type Filter, filterOf, filterText } from "./asking";
import { useGateNames, usePassages } from "./passage-data";
import { PassageRows } from "./passage-rows";
import { PassageSearching } from "./passage-search";
import { table } from "./words-pages";

export function PassagesView() {
  const w = useWords(table);
  const { may } = useSession();
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  const change = (changed: Partial<Filter>) => setSearch(filterText({ ...filter, ...changed }), { replace: true });
  return (
    <div>
      <Choosing filter={filter} onChange={change} />
      {may("POST /passages/search") && <PassageSearching filter={filter} />}
      <List key={filterText(filter)} filter={filter} />
      <p className="wk-quiet">{w.masked}</p>
    </div>
  );
}

function Choosing({ filter, onChange }: { filter: Filter; onChange: (changed: Partial<Filter>) => void }) {
  const w = useWords(table);
  const id = useId();
  const { choices } = useGateNames();
  const decided = DECIDED.map((value) => ({ value, label: w[`d_${value}`] }));
  return (
    <div className="wk-fields">
      <label htmlFor={id}>
        {w.gate}
        <Select
          id={id}
          value={filter.gate}
          options={[{ value: "", label: w.anyGate }, ...choices]}
          popupMatchSelectWidth={false}
          onChange={(gate: string) => onChange({ gate })}
        />
      </label>
      <Segmented
        aria-label={w.decision}
        value={filter.decided}
        options={decided}
        onChange={(one) => onChange({ decided: one })}
      />
    </div>
  );
}

/** One page of the list. The first is live; an older one stands still. */
function List({ filter }: { filter: Filter }) {
  const w = useWords(table);
  const { zone } = useSession();
  const [cursor, setCursor] = useState<string | null>(null);
  const asked = usePassages(filter, cursor);
  return (
    <Asked of={asked}>
      {({ passages, cursor: next }) => (
        <>
          {passages.length === 0 ? (
            <Empty atMs={asked.dataUpdatedAt} zone={zone}>
              {w.noPassages}
            </Empty>
          ) : (
            <PassageRows label={w.v_passages} passages={passages} />
          )}
          <p className="wk-acts">
            {cursor !== null && <Button onClick={() => setCursor(null)}>{w.newer}</Button>}
            {next !== null && <Button onClick={() => setCursor(next)}>{w.older}</Button>}
          </p>
        </>
      )}
    </Asked>
  );
}
