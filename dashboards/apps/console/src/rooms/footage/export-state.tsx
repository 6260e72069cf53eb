/** One archive: how far it is, its SHA-256, and taking it. Each taking is a row of the register. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type ExportView } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button, Input, Progress } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { sizeText } from "./size";
import { outWords } from "./words-out";

const EVERY_MS = 1_000;
const UNENDED = ["queued", "making"];
const REASON_MAX = 400;

/** The archive as it is now; asked again while it is being made. */
export function useExport(first: ExportView) {
  const asked = useQuery({
    queryKey: ["footage", "export", first.id],
    queryFn: () => ask("GET /footage/exports/{export}", { path: { export: first.id } }),
    initialData: first,
    refetchInterval: (query) => (UNENDED.includes(query.state.data?.state ?? "") ? EVERY_MS : false),
  });
  return asked.data;
}

interface Given {
  readonly first: ExportView;
  readonly fingerprint?: string;
  /** In a list: what is needed to take it stands behind a fold. */
  readonly isFolded?: boolean;
}

export function ExportState({ first, fingerprint, isFolded = false }: Given) {
  const w = useWords(outWords);
  const { zone } = useSession();
  const one = useExport(first);
  return (
    <div className="wk-footage-export" data-export={one.id} data-state={one.state}>
      <p>
        {w.state}
        {w.colon}
        <b role="status">{w[`s_${one.state}` as "s_done"]}</b> {detailWord(w, one.detail)}
        {one.expires_at !== null && <span> · {w.until(dateTime(one.expires_at, zone))}</span>}
      </p>
      {UNENDED.includes(one.state) && (
        <Progress percent={Math.round(one.progress * 100)} strokeColor="#1f2429" aria-label={w.progress} />
      )}
      {UNENDED.includes(one.state) && <Cancel id={one.id} />}
      {one.state === "done" &&
        (isFolded ? (
          <details>
            <summary>
              {w.sha256} · {w.download}
            </summary>
            <Made one={one} {...(fingerprint === undefined ? {} : { fingerprint })} />
          </details>
        ) : (
          <Made one={one} {...(fingerprint === undefined ? {} : { fingerprint })} />
        ))}
    </div>
  );
}

function Made({ one, fingerprint }: { one: ExportView; fingerprint?: string }) {
  const w = useWords(outWords);
  return (
    <>
      <dl className="wk-footage-facts">
        <dt>{w.size}</dt>
        <dd>{sizeText(one.size_bytes)}</dd>
        <dt>{w.sha256}</dt>
        <dd>
          <code className="wk-command" data-sha256>
            {one.sha256}
          </code>
        </dd>
        {fingerprint !== undefined && (
          <>
            <dt>{w.key}</dt>
            <dd>
              <code className="wk-command">{fingerprint}</code>
            </dd>
          </>
        )}
      </dl>
      <Take one={one} />
    </>
  );
}

function Cancel({ id }: { id: string }) {
  const w = useWords(outWords);
  const { may } = useSession();
  const queries = useQueryClient();
  const sending = useSending();
  if (!may("POST /footage/exports/{export}/cancel")) return null;
  const cancel = () =>
    void sending.send(async () => {
      await ask("POST /footage/exports/{export}/cancel", { path: { export: id } });
      await queries.invalidateQueries({ queryKey: ["footage"] });
      return undefined;
    });
  return (
    <>
      <Button onClick={cancel} loading={sending.busy}>
        {w.cancel}
      </Button>
      <Said sending={sending} />
    </>
  );
}

function Take({ one }: { one: ExportView }) {
  const w = useWords(outWords);
  const { may } = useSession();
  const id = useId();
  const sending = useSending();
  const [reason, setReason] = useState(w.handed(one.receiver));
  if (!may("POST /footage/exports/{export}/download")) return null;
  const take = () =>
    void sending.send(async () => {
      const opened = await ask("POST /footage/exports/{export}/download", { path: { export: one.id }, body: { reason } });
      const link = document.createElement("a");
      link.href = opened.path;
      link.download = "";
      link.click();
      return w.taking;
    });
  return (
    <form
      className="wk-form"
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <label htmlFor={id}>
        {w.downloadReason}
        <Input id={id} required value={reason} maxLength={REASON_MAX} onChange={(event) => setReason(event.target.value)} />
      </label>
      <div>
        <Button type="primary" htmlType="submit" loading={sending.busy} data-take>
          {w.take}
        </Button>
      </div>
      <Said sending={sending} />
    </form>
  );
}

/** Why it failed, in words; what has none is shown by its name. */
function detailWord(w: Readonly<Record<string, unknown>>, detail: string): string {
  if (detail === "") return "";
  const word = w[`d_${detail}`];
  return `(${typeof word === "string" ? word : detail})`;
}
