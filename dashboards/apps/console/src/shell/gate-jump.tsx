/** G, then a gate's number, then Enter: to that gate from any room. */
import { useKeys, useWords } from "@watchkeeper/ui";
import { useState } from "react";
import { useNavigate } from "react-router";
import { table } from "./words";

const DIGITS_MAX = 5;

export function GateJump() {
  const w = useWords(table);
  const navigate = useNavigate();
  const [typed, setTyped] = useState<string | null>(null);
  useKeys({ g: () => setTyped("") });
  if (typed === null) return null;
  const go = () => {
    setTyped(null);
    navigate(typed === "" ? "/gates" : `/gates/${Number(typed)}`);
  };
  return (
    <div className="wk-jump">
      <label htmlFor="wk-jump">{w.k_gate}</label>
      <input
        id="wk-jump"
        // biome-ignore lint/a11y/noAutofocus: the key that opens it is there to type the number
        autoFocus
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value.replace(/\D/g, "").slice(0, DIGITS_MAX))}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => {
          if (event.key === "Enter") go();
          else if (event.key === "Escape") setTyped(null);
        }}
      />
      <kbd>Enter</kbd>
    </div>
  );
}
