/** The emergency plans in force, and those that people may start. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { useLanguage } from "@watchkeeper/ui";

export function usePlans() {
  return useQuery({ queryKey: ["plans"], queryFn: () => ask("GET /plans") });
}

export function usePlanChoices() {
  const language = useLanguage();
  const asked = usePlans();
  return (asked.data?.plans ?? [])
    .filter((one) => one.body.by_hand !== false)
    .map((one) => ({ value: one.body.plan, label: language === "zh" ? one.body.zh : one.body.en }));
}
