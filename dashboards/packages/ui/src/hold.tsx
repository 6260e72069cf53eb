/** A button that acts when it was held for a second: nothing opens by a slip of the hand. By keyboard, Enter or Space is held. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";

export function HoldButton({
  holdMs = 1_000,
  disabled = false,
  onHeld,
  children,
}: {
  holdMs?: number;
  disabled?: boolean;
  onHeld: () => void;
  children: ReactNode;
}) {
  const [held, setHeld] = useState(false);
  const timer = useRef<number | undefined>(undefined);
  const end = () => {
    window.clearTimeout(timer.current);
    timer.current = undefined;
    setHeld(false);
  };
  const begin = () => {
    if (disabled || timer.current !== undefined) return;
    setHeld(true);
    timer.current = window.setTimeout(() => {
      end();
      onHeld();
    }, holdMs);
  };
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const isPress = (event: KeyboardEvent) => event.key === "Enter" || event.key === " ";
  return (
    <button
      type="button"
      className="wk-hold"
      disabled={disabled}
      data-held={held}
      style={{ transitionDuration: held ? `${holdMs}ms` : "0s" }}
      onPointerDown={begin}
      onPointerUp={end}
      onPointerLeave={end}
      onPointerCancel={end}
      onBlur={end}
      onKeyDown={(event) => {
        if (!isPress(event)) return;
        event.preventDefault();
        if (!event.repeat) begin();
      }}
      onKeyUp={(event) => {
        if (isPress(event)) end();
      }}
    >
      {children}
    </button>
  );
}
