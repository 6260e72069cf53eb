/** A search for a plate, a permit, a holder or a time. It is asked once, when somebody says so: the answer is kept in no cache. */
import { ask, type PassageList } from "@watchkeeper/api";
import { Empty, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { type Filter, isReady, NOTHING_TYPED, searchOf, type Typed } from "./asking";
import { PassageRows } from "./passage-rows";
import { table } from "./words-pages";

const TEXT_MAX = 80;
const REASON_MAX = 1_000;
const WHAT = ["plate", "permit", "holder"] as const;

interface Found extends PassageList {
  readonly atMs: number;
}

export function PassageSearching({ filter }: { filter: Filter }) {
  const w = useWords(table);
  const { zone } = useSession();
  const sending = useSending();
  const [typed, setTyped] = useState<Typed>(NOTHING_TYPED);
  const [found, setFound] = useState<Found | null>(null);
  const search = () =>
    void sending.send(async () => {
      const list = await ask("POST /passages/search", { body: searchOf(typed, filter, zone) });
      setFound({ ...list, atMs: Date.now() });
      return list.cursor === null ? w.found(list.passages.length) : w.foundMore(list.passages.length);
    });
  const close = () => {
    setFound(null);
    setTyped(NOTHING_TYPED);
    sending.clear();
  };
  return (
    <details className="wk-card wk-search" open={found !== null || undefined}>
      <summary>{w.searching}</summary>
      <form
        className="wk-fields"
        aria-label={w.searching}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady(typed)) search();
        }}
      >
        <Typing typed={typed} onType={(changed) => setTyped({ ...typed, ...changed })} />
        <Button type="primary" htmlType="submit" disabled={!isReady(typed)} loading={sending.busy}>
          {w.search}
        </Button>
        {found !== null && <Button onClick={close}>{w.closeSearch}</Button>}
        <p className="wk-quiet">{w.searchNote}</p>
        <Said sending={sending} />
      </form>
      {found !== null &&
        (found.passages.length === 0 ? (
          <Empty atMs={found.atMs} zone={zone}>
            {w.noPassages}
          </Empty>
        ) : (
          <PassageRows label={w.searching} passages={found.passages} />
        ))}
    </details>
  );
}

function Typing({ typed, onType }: { typed: Typed; onType: (changed: Partial<Typed>) => void }) {
  const w = useWords(table);
  const id = useId();
  return (
    <>
      <label htmlFor={`${id}-what`}>
        {w.what}
        <Select
          id={`${id}-what`}
          value={typed.what}
          options={WHAT.map((value) => ({ value, label: w[`w_${value}`] }))}
          onChange={(what) => onType({ what })}
        />
      </label>
      <label htmlFor={`${id}-text`}>
        {w.text}
        <Input
          id={`${id}-text`}
          value={typed.text}
          maxLength={TEXT_MAX}
          autoComplete="off"
          onChange={(event) => onType({ text: event.target.value })}
        />
      </label>
      {(["from", "to"] as const).map((name) => (
        <label key={name}>
          {w[name]}
          <input type="datetime-local" value={typed[name]} onChange={(event) => onType({ [name]: event.target.value })} />
        </label>
      ))}
      <label htmlFor={`${id}-reason`}>
        {w.reason}
        <Input
          id={`${id}-reason`}
          value={typed.reason}
          maxLength={REASON_MAX}
          onChange={(event) => onType({ reason: event.target.value })}
        />
      </label>
    </>
  );
}
