/** Who is sent to an incident: the nearest first, by the app where they carry a bound phone. */
import { useQuery } from "@tanstack/react-query";
import { ask, type GuardView } from "@watchkeeper/api";
import { told, useLanguage, useWords } from "@watchkeeper/ui";
import { AutoComplete, type FormInstance } from "antd";
import { useEffect } from "react";
import { useSession } from "../../session/session";
import { table } from "./words";

export const APP = "app";
const NAME_MAX = 1_000;

/** The guards that the hub proposes; none where nobody is to be sent. */
export function useGuards(no: number, wanted: boolean): readonly GuardView[] {
  const { may } = useSession();
  const guards = useQuery({
    queryKey: ["guards", no],
    queryFn: () => ask("GET /incidents/{no}/guards", { path: { no } }),
    enabled: wanted && may("GET /incidents/{no}/guards"),
  });
  return guards.data?.guards ?? [];
}

/** The one of that name who can be sent by the app. */
export function carrier(guards: readonly GuardView[], name: unknown): GuardView | undefined {
  return guards.find((one) => one.phone && (one.name_zh === name || one.name_en === name));
}

/** The first who can be sent by the app is proposed, as long as nobody was named. */
export function useProposed(form: FormInstance, guards: readonly GuardView[]): void {
  const language = useLanguage();
  useEffect(() => {
    const first = guards.find((one) => one.phone && one.busy.length === 0);
    if (first === undefined || form.getFieldValue("guard")) return;
    form.setFieldsValue({ guard: told(first, "name", language), by: APP });
  }, [form, guards, language]);
}

export function GuardField({ guards, ...given }: { guards: readonly GuardView[] }) {
  const w = useWords(table);
  const language = useLanguage();
  const label = (one: GuardView) =>
    [
      told(one, "name", language),
      one.place === "" ? "" : told(one, "place", language),
      one.phone ? w.byApp : "",
      one.busy.length > 0 ? w.busy(one.busy[0] as number) : "",
    ]
      .filter((part) => part !== "")
      .join(" · ");
  return (
    <AutoComplete
      {...given}
      maxLength={NAME_MAX}
      options={guards.map((one) => ({ value: told(one, "name", language), label: label(one) }))}
      showSearch={{ filterOption: (written, option) => String(option?.value ?? "").includes(written) }}
    />
  );
}
