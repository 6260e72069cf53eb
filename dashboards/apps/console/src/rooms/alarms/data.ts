/** What the room asks of the hub. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { useLanguage } from "@watchkeeper/ui";
import { type Choice, useNames } from "../../names";
import type { Span } from "./spans";

const KPI_EVERY_MS = 60_000;
const FLOODS_MAX = 100;
const WINDOWS_MAX = 200;
const HELD_EVERY_MS = 10_000;

/** The figures of a span; they count on while one looks. */
export function useKpi(span: Span) {
  return useQuery({
    queryKey: ["alarms", "kpi", span],
    queryFn: () => ask("GET /alarms/kpi", { query: { from: span.from, to: span.to } }),
    refetchInterval: KPI_EVERY_MS,
    placeholderData: (before) => before,
  });
}

export function useFloods() {
  return useQuery({ queryKey: ["alarms", "floods"], queryFn: () => ask("GET /alarms/floods", { query: { limit: FLOODS_MAX } }) });
}

export function useWindows() {
  return useQuery({
    queryKey: ["maintenance"],
    queryFn: async () => (await ask("GET /alarms/maintenance", { query: { limit: WINDOWS_MAX } })).windows,
    // what a window holds back grows without a change that is told
    refetchInterval: HELD_EVERY_MS,
  });
}

/** The same question, under the same key, as the banners': one answer serves both. */
export function useAlarmState() {
  return useQuery({ queryKey: ["alarms"], queryFn: () => ask("GET /alarms") });
}

export type Named = Readonly<Record<"place" | "device" | "detector", readonly Choice[]>>;

/** What a window can name, in the language in use; a name that nothing is called by stands for itself. */
export function useNamed() {
  const language = useLanguage();
  const { places } = useNames();
  const devices = useQuery({ queryKey: ["devices"], queryFn: () => ask("GET /devices") });
  const detectors = useQuery({ queryKey: ["detectors"], queryFn: () => ask("GET /alarms/detectors") });
  const label = (one: { name_zh: string; name_en: string }) => (language === "zh" ? one.name_zh : one.name_en);
  const named: Named = {
    place: places,
    device: (devices.data?.devices ?? []).map((one) => ({ value: one.id, label: label(one) })),
    detector: (detectors.data?.detectors ?? []).map((one) => ({ value: one.detector, label: label(one) })),
  };
  const wordOf = (kind: keyof Named, id: string) => named[kind].find((one) => one.value === id)?.label ?? id;
  return { named, wordOf };
}
