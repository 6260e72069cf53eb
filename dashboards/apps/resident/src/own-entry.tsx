/** The way from a question that was answered to registering visitors oneself. */
import { ask } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { useState } from "react";
import { table } from "./words";

export function OwnEntry({ token }: { token: string }) {
  const w = useWords(table);
  const [state, setState] = useState<"" | "busy" | "failed">("");
  const go = async () => {
    setState("busy");
    try {
      const own = await ask("POST /visit-links/own", { body: { token } });
      window.location.hash = own.token; // main.tsx opens the page anew
    } catch {
      setState("failed");
    }
  };
  return (
    <section>
      <p>{w.ownMore}</p>
      <button type="button" disabled={state === "busy"} onClick={() => void go()}>
        {w.own}
      </button>
      {state === "failed" && <p role="alert">{w.ownFailed}</p>}
    </section>
  );
}
