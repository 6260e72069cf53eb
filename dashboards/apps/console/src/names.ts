/** What places and people are called, and lists to choose them from. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { useLanguage } from "@watchkeeper/ui";

export interface Choice {
  readonly value: string;
  readonly label: string;
}
interface Named {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
}

export function useNames() {
  const language = useLanguage();
  const asked = useQuery({ queryKey: ["estate", "names"], queryFn: () => ask("GET /names") });
  const label = (one: Named) => (language === "zh" ? one.name_zh : one.name_en);
  const choices = (all: readonly Named[] = []): readonly Choice[] => all.map((one) => ({ value: one.id, label: label(one) }));
  const find = (all: readonly Named[] | undefined, id: string) => {
    const found = all?.find((one) => one.id === id);
    return found === undefined ? id : label(found);
  };
  return {
    places: choices(asked.data?.places),
    people: choices(asked.data?.staff),
    placeName: (id: string) => find(asked.data?.places, id),
    personName: (id: string) => find(asked.data?.staff, id),
  };
}
