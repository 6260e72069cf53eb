/** What is changed and not yet in force, and what can be done with it. */
import { useWords } from "@watchkeeper/ui";
import { Button, Modal } from "antd";
import { useEffect, useState } from "react";
import { countsOf } from "./diff";
import { SendDialog } from "./send-dialog";
import { table } from "./words";
import { useWork } from "./working";

const TYPING = "input, textarea, select, [contenteditable=true], [role=dialog]";

export function Bar() {
  const w = useWords(table);
  const { state, changes, mayWrite, step, check, busy } = useWork();
  const [sending, setSending] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const [sentVersion, setSentVersion] = useState<number | null>(null);
  useUndoKeys();
  const any = changes.length > 0;
  if (!mayWrite) {
    return (
      <div className="wk-estate-bar">
        <span>{w.version(state.base.version)}</span>
        <span className="wk-quiet">{w.readOnly}</span>
      </div>
    );
  }
  return (
    <div className="wk-estate-bar">
      <span>{w.version(state.base.version)}</span>
      <Counts />
      <span className="wk-estate-acts">
        <Button onClick={() => step({ is: "undo" })} disabled={state.history.past.length === 0} title="Ctrl+Z">
          {w.undo}
        </Button>
        <Button onClick={() => step({ is: "redo" })} disabled={state.history.future.length === 0} title="Ctrl+Y">
          {w.redo}
        </Button>
        <Button onClick={() => setDiscarding(true)} disabled={!any}>
          {w.discard}
        </Button>
        <Button onClick={() => void check()} loading={busy && !sending}>
          {w.check}
        </Button>
        <Button type="primary" onClick={() => setSending(true)} disabled={!any || state.theirs !== null}>
          {w.send}
        </Button>
      </span>
      {sentVersion !== null && !any && (
        <span role="status" className="wk-estate-sent">
          {w.sent(sentVersion)}
        </span>
      )}
      {sending && <SendDialog onClose={() => setSending(false)} onSent={setSentVersion} />}
      <Modal
        open={discarding}
        title={w.discardAsk}
        okText={w.discard}
        cancelText={w.cancel}
        onCancel={() => setDiscarding(false)}
        onOk={() => {
          step({ is: "discard" });
          setDiscarding(false);
        }}
      />
    </div>
  );
}

function Counts() {
  const w = useWords(table);
  const { changes, kept } = useWork();
  const counts = countsOf(changes);
  if (changes.length === 0) return <span className="wk-quiet">{w.noChanges}</span>;
  const told = (["added", "changed", "removed"] as const).filter((what) => counts[what] > 0);
  return (
    <span className="wk-estate-counts" role="status">
      {told.map((what) => (
        <b key={what}>{w[what](counts[what])}</b>
      ))}
      <span className="wk-quiet">{w.notInForce}</span>
      <span className="wk-quiet" data-kept={kept}>
        {w[`draft_${kept}`]}
      </span>
    </span>
  );
}

/** Ctrl+Z and Ctrl+Y, but not while typing, where they are the browser's. */
function useUndoKeys() {
  const { step } = useWork();
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || (event.target instanceof Element && event.target.closest(TYPING) !== null)) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      step({ is: key === "y" || event.shiftKey ? "redo" : "undo" });
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, [step]);
}
