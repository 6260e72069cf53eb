/** A secret that the hub tells once. It lives in the state of who shows it: no cache, no storage, and gone when it is put away. */
import { useWords, words } from "@watchkeeper/ui";
import { Button } from "antd";
import { type ReactNode, useRef, useState } from "react";

const table = words(
  {
    once: "只显示这一次：离开或关闭后无法再看",
    copy: "复制",
    copied: "已复制",
    byHand: "请手动选中后复制",
    away: "已记下，关闭",
  },
  {
    once: "Shown this once: it cannot be seen again after you close it or leave",
    copy: "Copy",
    copied: "Copied",
    byHand: "Select it and copy it by hand",
    away: "I have it: close",
  },
);

export function Secret({
  name,
  value,
  onAway,
  children,
}: {
  name: string;
  value: string;
  onAway: () => void;
  children?: ReactNode;
}) {
  const w = useWords(table);
  const shown = useRef<HTMLElement>(null);
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      // only where the page came over TLS, or from this machine
      await navigator.clipboard.writeText(value);
      setSaid(w.copied);
    } catch {
      if (shown.current !== null) getSelection()?.selectAllChildren(shown.current);
      setSaid(w.byHand);
    }
  };
  return (
    <section className="wk-card" aria-label={name} data-secret>
      <p>
        <b>{name}</b> · {w.once}
      </p>
      <code className="wk-command" ref={shown}>
        {value}
      </code>
      {children}
      <Button autoFocus onClick={() => void copy()}>
        {w.copy}
      </Button>{" "}
      <Button onClick={onAway}>{w.away}</Button> <span role="status">{said}</span>
    </section>
  );
}
