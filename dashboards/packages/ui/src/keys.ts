/** Keys of the keyboard. They are off while somebody types, and while a dialog is open that has its own. */
import { useEffect, useRef } from "react";

export type Keymap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const TYPING = "input, textarea, select, [contenteditable=true], [role=combobox]";

/** The name that a keymap has for a key: `a`, `shift+a`, `arrowleft`, `space`, `/`. */
export function keyName(event: Pick<KeyboardEvent, "key" | "shiftKey">): string {
  if (event.key === " ") return "space";
  const key = event.key.toLowerCase();
  const isLetter = key.length === 1 && key !== key.toUpperCase();
  return event.shiftKey && isLetter ? `shift+${key}` : key;
}

/** Whether keys belong to what is being typed in. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPING) !== null;
}

/** The keys of what is on the screen. Of several maps that know a key, the one mounted last has it. */
export function useKeys(keymap: Keymap): void {
  const latest = useRef(keymap);
  latest.current = keymap;
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector(".ant-modal-wrap:not([style*='display: none'])") !== null) return;
      if (event.target instanceof Element && event.target.closest("button, a") !== null && ["Enter", " "].includes(event.key))
        return;
      const act = latest.current[keyName(event)];
      if (act === undefined) return;
      event.preventDefault();
      act(event);
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, []);
}
