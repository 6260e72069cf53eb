/** The two-hour record: what the hub knows stands there already, people add what they saw; and the day's records. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type RecordDraft } from "@watchkeeper/api";
import { dateTime, Skeleton, Stopped, useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { useDraft } from "../../draft";
import { useNames } from "../../names";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { emptyForm, firstMissing, isNumber, sentFields } from "./fields";
import { DayRecords, Facts } from "./record-list";
import { table } from "./words";

const RECORD_DUTY = "two-hour-record";
const HUB = "hub";
const FACTS_EVERY_MS = 60_000;

export function Records() {
  const w = useWords(table);
  const { may } = useSession();
  const { placeName } = useNames();
  const duties = useQuery({ queryKey: ["estate", "duties"], queryFn: () => ask("GET /duties") });
  const routes = duties.data?.duties.find((one) => one.duty === RECORD_DUTY)?.routes ?? [];
  const places = [...new Set(routes.filter((one) => one.sources.includes(HUB)).flatMap((one) => one.places))];
  const [chosen, setChosen] = useState<string | null>(null);
  const place = chosen ?? places[0];
  if (duties.data === undefined) return <Skeleton />;
  return (
    <>
      {places.length > 1 && (
        <label htmlFor="wk-record-place">
          {w.post}{" "}
          <Select
            id="wk-record-place"
            value={place ?? null}
            options={places.map((value) => ({ value, label: placeName(value) }))}
            onChange={setChosen}
          />
        </label>
      )}
      {place === undefined ? (
        <p className="wk-quiet">{w.noPlace}</p>
      ) : (
        may("POST /duty/records") && <Form key={place} place={place} />
      )}
      <DayRecords />
    </>
  );
}

function Form({ place }: { place: string }) {
  const draft = useQuery({
    queryKey: ["records", "draft", place],
    queryFn: () => ask("GET /duty/records/draft", { query: { place } }),
    refetchInterval: FACTS_EVERY_MS,
  });
  if (draft.data === undefined)
    return draft.error === null ? <Skeleton /> : <Stopped sinceMs={draft.errorUpdatedAt} onRetry={() => void draft.refetch()} />;
  return <Fill place={place} asked={draft.data} />;
}

function Fill({ place, asked }: { place: string; asked: RecordDraft }) {
  const w = useWords(table);
  const language = useLanguage();
  const { me, zone } = useSession();
  const queries = useQueryClient();
  const sending = useSending();
  const names = asked.requires.join(" ");
  const empty = useMemo(() => emptyForm(names === "" ? ["summary"] : names.split(" ")), [names]);
  const draft = useDraft(`record/${me.account}/${place}`, empty);
  const inputId = (name: string) => `wk-record-${name}`;
  useKeys({
    enter: () => document.getElementById(inputId(firstMissing(draft.fields, Object.keys(empty)) ?? "summary"))?.focus(),
  });
  const write = () =>
    sending.send(async () => {
      const taken = await ask("POST /duty/records", { body: { place, fields: sentFields(draft.fields) } });
      draft.drop();
      await queries.invalidateQueries({ queryKey: ["records"] });
      return taken.counted ? w.written : `${w.notCounted}${(language === "zh" ? taken.why_zh : taken.why_en) ?? ""}`;
    });
  return (
    <form
      className="wk-record"
      aria-label={w.t_record}
      onSubmit={(event) => {
        event.preventDefault();
        void write();
      }}
    >
      <p>
        {asked.ends_at === null ? (
          w.noWindow
        ) : (
          <>
            {w.until} <time dateTime={asked.ends_at}>{dateTime(asked.ends_at, zone)}</time>
          </>
        )}
      </p>
      <Facts facts={asked.facts} />
      {draft.found && (
        <p role="status" data-draft="found">
          {w.draftFound}{" "}
          <Button size="small" onClick={draft.drop}>
            {w.dropDraft}
          </Button>
        </p>
      )}
      {Object.keys(empty).map((name) => (
        <label key={name} htmlFor={inputId(name)}>
          {fieldWord(w, name)}
          {isNumber(name) ? (
            <Input
              id={inputId(name)}
              inputMode="numeric"
              maxLength={6}
              value={draft.fields[name]}
              onChange={(event) => draft.set(name, event.target.value)}
            />
          ) : (
            <Input.TextArea
              id={inputId(name)}
              rows={2}
              maxLength={1_000}
              value={draft.fields[name]}
              onChange={(event) => draft.set(name, event.target.value)}
            />
          )}
        </label>
      ))}
      <div>
        <Button type="primary" htmlType="submit" loading={sending.busy}>
          {w.write}
        </Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}

/** A field of the policy's own has its name for a word. */
export function fieldWord(w: Readonly<Record<string, unknown>>, name: string): string {
  const word = w[`f_${name}`];
  return typeof word === "string" ? word : name;
}
