/** What was announced that schedules go by: bad weather, an event. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type OccasionView, why } from "@watchkeeper/api";
import { dateTime, Empty, hubClock, Stopped, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button, Input, Popconfirm, Select } from "antd";
import { useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { table, wordFor } from "./words";

const KINDS = ["bad_weather", "event"] as const;
type Kind = (typeof KINDS)[number];
const SHOWN_MAX = 20;
const nowIso = () => new Date(hubClock.nowMs()).toISOString();

export function Occasions() {
  const w = useWords(table);
  const language = useLanguage();
  const { zone, may } = useSession();
  const queries = useQueryClient();
  const sending = useSending();
  const asked = useQuery({ queryKey: ["occasions"], queryFn: () => ask("GET /occasions", { query: { limit: SHOWN_MAX } }) });
  const act = (make: () => Promise<{ windows: number }>) =>
    sending.send(async () => {
      const { windows } = await make();
      await queries.invalidateQueries({ queryKey: ["occasions"] });
      return w.windowsMade(windows);
    });
  return (
    <section aria-label={w.occasions}>
      <h2>{w.occasions}</h2>
      <Said sending={sending} />
      {asked.error !== null && (
        <Stopped sinceMs={asked.dataUpdatedAt} why={why(asked.error, language)} onRetry={() => void asked.refetch()} />
      )}
      {asked.data?.occasions.length === 0 && (
        <Empty atMs={asked.dataUpdatedAt} zone={zone}>
          {w.noOccasions}
        </Empty>
      )}
      <ul className="wk-occasions">
        {asked.data?.occasions.map((one) => (
          <Occasion
            key={one.id}
            one={one}
            busy={sending.busy}
            onEnd={() =>
              void act(() =>
                ask("POST /occasions", {
                  body: { id: one.id, kind: one.kind as Kind, from: one.from, until: nowIso(), note: one.note },
                }),
              )
            }
            onCallOff={() => void act(() => ask("DELETE /occasions/{occasion}", { path: { occasion: one.id } }))}
          />
        ))}
      </ul>
      {may("POST /occasions") && (
        <Announce
          busy={sending.busy}
          onAnnounce={(kind, note) => act(() => ask("POST /occasions", { body: { kind, note, from: nowIso() } }))}
        />
      )}
    </section>
  );
}

function Occasion({
  one,
  busy,
  onEnd,
  onCallOff,
}: {
  one: OccasionView;
  busy: boolean;
  onEnd: () => void;
  onCallOff: () => void;
}) {
  const w = useWords(table);
  const { zone, may } = useSession();
  const now = useNow();
  const goesOn = one.until === null || Date.parse(one.until) > now;
  const begun = Date.parse(one.from) <= now;
  return (
    <li>
      <b>{wordFor(w, "k", one.kind)}</b> {dateTime(one.from, zone)} – {one.until === null ? w.goesOn : dateTime(one.until, zone)}{" "}
      {one.note}{" "}
      {goesOn && begun && may("POST /occasions") && (
        <Button size="small" disabled={busy} onClick={onEnd}>
          {w.end}
        </Button>
      )}{" "}
      {goesOn && may("DELETE /occasions/{occasion}") && (
        <Popconfirm title={`${w.callOff}？`} okText={w.callOff} onConfirm={onCallOff}>
          <Button size="small" disabled={busy}>
            {w.callOff}
          </Button>
        </Popconfirm>
      )}
    </li>
  );
}

function Announce({ busy, onAnnounce }: { busy: boolean; onAnnounce: (kind: Kind, note: string) => Promise<boolean> }) {
  const w = useWords(table);
  const [kind, setKind] = useState<Kind>("bad_weather");
  const [note, setNote] = useState("");
  return (
    <form
      className="wk-filters"
      aria-label={w.announce}
      onSubmit={(event) => {
        event.preventDefault();
        void onAnnounce(kind, note).then((done) => done && setNote(""));
      }}
    >
      <label htmlFor="occasion-kind">
        {w.kind}
        <Select
          id="occasion-kind"
          value={kind}
          options={KINDS.map((one) => ({ value: one, label: w[`k_${one}`] }))}
          onChange={setKind}
        />
      </label>
      <label htmlFor="occasion-note">
        {w.note}
        <Input id="occasion-note" value={note} maxLength={1_000} onChange={(event) => setNote(event.target.value)} />
      </label>
      <Button htmlType="submit" loading={busy}>
        {w.begin}
      </Button>
    </form>
  );
}
