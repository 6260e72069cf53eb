/** Somebody else has put a newer version in force while there are own changes: what they did, and what becomes of one's own. */
import { useQuery } from "@tanstack/react-query";
import { ask, type Refusal, type VersionList } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button, Segmented } from "antd";
import { useMemo, useState } from "react";
import { useSession } from "../../session/session";
import { ChangeList } from "./change-list";
import { changesOf } from "./diff";
import { type Choices, type Conflict, merged, type Side } from "./merge";
import { table } from "./words";
import { useWork } from "./working";
import type { Version } from "./working-state";

export function Meanwhile() {
  const { state } = useWork();
  return state.theirs === null ? null : <Newer key={state.theirs.version} theirs={state.theirs} />;
}

function Newer({ theirs }: { theirs: Version }) {
  const w = useWords(table);
  const { state, document, changes, step } = useWork();
  const [choices, setChoices] = useState<Choices>({});
  const base = state.base.document;
  const conflicts = useMemo(() => merged(base, document, theirs.document).conflicts, [base, document, theirs]);
  const theirChanges = useMemo(() => changesOf(base, theirs.document), [base, theirs]);
  return (
    <section className="wk-estate-meanwhile" role="alert" data-abnormal>
      <Who version={theirs.version} />
      <div className="wk-estate-two">
        <div>
          <h3>{w.theyChanged}</h3>
          <ChangeList changes={theirChanges} was={base} now={theirs.document} />
        </div>
        <div>
          <h3>{w.iChanged}</h3>
          <ChangeList changes={changes} was={base} now={document} />
        </div>
      </div>
      {conflicts.length > 0 && <h3>{w.conflicts}</h3>}
      {conflicts.map((one) => (
        <Choice
          key={one.key}
          conflict={one}
          side={choices[one.key] ?? "mine"}
          onChoose={(side) => setChoices({ ...choices, [one.key]: side })}
        />
      ))}
      <p className="wk-estate-acts">
        <Button type="primary" onClick={() => step({ is: "reapply", choices })}>
          {w.reapply}
        </Button>
        <Button onClick={() => step({ is: "discard" })}>{w.discard}</Button>
      </p>
    </section>
  );
}

function Who({ version }: { version: number }) {
  const w = useWords(table);
  const { zone } = useSession();
  const found = useQuery<VersionList, Refusal>({
    queryKey: ["estate", "versions", "newest", version],
    queryFn: () => ask("GET /estate/versions", { query: { limit: 10 } }),
  });
  const info = found.data?.versions.find((one) => one.version === version);
  const actor = info === undefined ? "…" : info.actor === "" ? w.hubItself : info.actor;
  return (
    <p>
      <b>! {w.meanwhile(version, actor, info === undefined ? "…" : dateTime(info.at, zone))}</b>
      {info !== undefined && info.reason !== "" && <span lang="zh"> {w.meanwhileReason(info.reason)}</span>}
    </p>
  );
}

function Choice({ conflict, side, onChoose }: { conflict: Conflict; side: Side; onChoose: (side: Side) => void }) {
  const w = useWords(table);
  const field = String((w as Readonly<Record<string, unknown>>)[`f_${conflict.field}`] ?? conflict.field);
  const shown = (value: unknown) => {
    if (conflict.field === "") return value === undefined ? w.deleted : "…";
    if (value === undefined) return w.nothing;
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  const name = `${w[`one_${conflict.kind}`]} ${conflict.id}${field === "" ? "" : ` · ${field}`}`;
  return (
    <div className="wk-estate-choice">
      <span>{name}</span>
      <Segmented<Side>
        aria-label={name}
        value={side}
        onChange={onChoose}
        options={[
          { value: "mine", label: `${w.mine}: ${shown(conflict.mine)}` },
          { value: "theirs", label: `${w.theirs}: ${shown(conflict.theirs)}` },
        ]}
      />
    </div>
  );
}
