/** Somebody who is sent, or has something: those on duty are offered, and any other name may be written. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { hubClock, told, useLanguage, useWords } from "@watchkeeper/ui";
import { AutoComplete } from "antd";
import { useSession } from "../../session/session";
import { table } from "./words";

const FIELD_MAX = 1_000;

export function PersonField(given: object) {
  const w = useWords(table);
  const names = useOnDuty();
  return (
    <AutoComplete
      {...given}
      maxLength={FIELD_MAX}
      options={names.map((name) => ({ value: name, label: `${name} · ${w.onDuty}` }))}
      showSearch={{ filterOption: (written, option) => String(option?.value ?? "").includes(written) }}
    />
  );
}

/** The names of those who are on duty now, each once. */
function useOnDuty(): readonly string[] {
  const language = useLanguage();
  const { may } = useSession();
  const shifts = useQuery({
    queryKey: ["roster", "now"],
    queryFn: () => {
      const now = new Date(hubClock.nowMs()).toISOString();
      return ask("GET /roster", { query: { from: now, to: now, limit: 200 } });
    },
    enabled: may("GET /roster"),
  });
  return [...new Set((shifts.data?.shifts ?? []).map((shift) => told(shift, "person", language)))];
}
