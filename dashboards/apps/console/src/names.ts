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
  const places = useQuery({ queryKey: ["estate", "places"], queryFn: () => ask("GET /places") }).data?.places;
  const staff = useQuery({ queryKey: ["estate", "staff"], queryFn: () => ask("GET /roster/staff") }).data?.staff;
  const label = (one: Named) => (language === "zh" ? one.name_zh : one.name_en);
  const choices = (all: readonly Named[] = []): readonly Choice[] => all.map((one) => ({ value: one.id, label: label(one) }));
  const find = (all: readonly Named[] | undefined, id: string) => {
    const found = all?.find((one) => one.id === id);
    return found === undefined ? id : label(found);
  };
  return {
    places: choices(places),
    people: choices(staff),
    placeName: (id: string) => find(places, id),
    personName: (id: string) => find(staff, id),
  };
}
