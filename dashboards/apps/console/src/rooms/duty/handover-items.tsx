/** The list that the hub made. Each item is accepted or not, one by one: there is no act on all. */
import { ask, type HandoverItemView } from "@watchkeeper/api";
import { clockTime, useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useState } from "react";
import { Said } from "../../sending/said";
import { useSession } from "../../session/session";
import { byKind, isOpen, nextItem, stepItem } from "./handing";
import { useHandoverAct } from "./handover";
import { table } from "./words";

export function HandoverItems({ id, items, decides }: { id: string; items: readonly HandoverItemView[]; decides: boolean }) {
  const w = useWords(table);
  const { sending, act } = useHandoverAct(id);
  const [chosen, setChosen] = useState<string | null>(null);
  const [rejecting, setRejecting] = useState<string | null>(null);
  const groups = byKind(items);
  const shown = groups.flatMap(([, found]) => found);
  const current = chosen ?? nextItem(shown, null);
  // the item has the focus, so that Space is not pressed on a button elsewhere
  const choose = (item: string | null) => {
    setChosen(item);
    if (item !== null) document.getElementById(`item-${item}`)?.focus();
  };
  const path = (item: string) => ({ handover: id, item });
  const decide = async (run: () => Promise<HandoverItemView>, item: string) => {
    const isDone = await act(async () => {
      await run();
      return undefined;
    });
    if (!isDone) return;
    setRejecting(null);
    const undecided = shown.filter((one) => one.item === item || one.decision === "");
    choose(nextItem(undecided, item) ?? item);
  };
  const accept = (item: string) =>
    decide(() => ask("POST /handovers/{handover}/items/{item}/accept", { path: path(item), body: {} }), item);
  const reject = (item: string, reason: string) =>
    decide(() => ask("POST /handovers/{handover}/items/{item}/reject", { path: path(item), body: { reason } }), item);
  const go = (step: 1 | -1) => choose(stepItem(shown, current, step));
  const open = shown.find((one) => one.item === current && isOpen(one));
  useKeys({
    j: () => go(1),
    arrowdown: () => go(1),
    k: () => go(-1),
    arrowup: () => go(-1),
    space: () => decides && open !== undefined && void accept(open.item),
    enter: () => decides && open !== undefined && setRejecting(open.item),
    escape: () => setRejecting(null),
  });
  return (
    <section aria-label={w.items}>
      <h3>{w.items}</h3>
      {decides && shown.length > 0 && <p className="wk-quiet">{w.itemKeys}</p>}
      {shown.length === 0 && <p className="wk-quiet">{w.noItems}</p>}
      <Said sending={sending} />
      {groups.map(([kind, found]) => (
        <div key={kind}>
          <h4>{w[`i_${kind}`]}</h4>
          <ul className="wk-items">
            {found.map((one) => (
              <Item
                key={one.item}
                item={one}
                chosen={one.item === current}
                decides={decides}
                busy={sending.busy}
                rejecting={rejecting === one.item}
                onChoose={() => setChosen(one.item)}
                onAccept={() => void accept(one.item)}
                onBeginReject={() => setRejecting(one.item)}
                onReject={(reason) => void reject(one.item, reason)}
                onCancel={() => setRejecting(null)}
              />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

interface ItemProps {
  readonly item: HandoverItemView;
  readonly chosen: boolean;
  readonly decides: boolean;
  readonly busy: boolean;
  readonly rejecting: boolean;
  onChoose(): void;
  onAccept(): void;
  onBeginReject(): void;
  onReject(reason: string): void;
  onCancel(): void;
}

function Item({ item, chosen, decides, busy, rejecting, ...on }: ItemProps) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const words = language === "zh" ? item.zh : item.en;
  return (
    <li
      id={`item-${item.item}`}
      tabIndex={-1}
      data-item={item.item}
      data-decision={item.decision}
      aria-current={chosen ? "true" : undefined}
      onFocus={on.onChoose}
    >
      <span className="wk-item-words">{words}</span>
      <span>
        <b>{w[`d_${item.decision}`]}</b>
        {item.decided_at !== null && (
          <>
            {" "}
            {item.decided_by === "hub" ? "" : item.decided_by} <time>{clockTime(item.decided_at, zone)}</time>
          </>
        )}
        {item.reason !== "" && <q data-user-data>{item.reason}</q>}
      </span>
      {decides && isOpen(item) && !rejecting && (
        <span className="wk-step-acts">
          <Button size="small" disabled={busy} aria-label={`${w.accept} ${words}`} data-accept onClick={on.onAccept}>
            {w.accept}
          </Button>
          <Button size="small" disabled={busy} aria-label={`${w.reject} ${words}`} onClick={on.onBeginReject}>
            {w.reject}
          </Button>
        </span>
      )}
      {decides && rejecting && <Reject busy={busy} onReject={on.onReject} onCancel={on.onCancel} />}
    </li>
  );
}

function Reject({ busy, onReject, onCancel }: { busy: boolean; onReject: (reason: string) => void; onCancel: () => void }) {
  const w = useWords(table);
  const [reason, setReason] = useState("");
  return (
    <form
      className="wk-step-skip"
      onSubmit={(event) => {
        event.preventDefault();
        onReject(reason);
      }}
    >
      <Input
        autoFocus
        required
        maxLength={1_000}
        value={reason}
        aria-label={w.rejectWhy}
        placeholder={w.rejectWhy}
        onChange={(event) => setReason(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onCancel()}
      />
      <Button size="small" htmlType="submit" loading={busy}>
        {w.reject}
      </Button>
      <Button size="small" onClick={onCancel}>
        {w.cancel}
      </Button>
    </form>
  );
}
