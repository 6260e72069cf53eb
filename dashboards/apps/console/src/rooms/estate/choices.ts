/** What a field may be: from the document itself, and from the policy that the hub goes by. */
import { useQuery } from "@tanstack/react-query";
import { ask, type DutyList, type PolicyView, type Refusal } from "@watchkeeper/api";
import { type Language, useLanguage, useWords } from "@watchkeeper/ui";
import { useMemo } from "react";
import { type Estate, type Kind, type Row, rowsOf } from "./document";
import { type Choice, DEVICE_KINDS, FIELDS, ORDERS } from "./fields";
import { table } from "./words";
import { useWork } from "./working";

export interface Option {
  readonly value: string;
  readonly label: string;
}
export type Choices = Readonly<Record<Choice, readonly Option[]>> & {
  /** Names of numbers that a device can have otherwise than the policy. */
  readonly numbers: readonly string[];
};

/** A row's name in the language, and its id. */
export function nameOf(row: Row, language: Language): string {
  const name = row[`name_${language}`] ?? row.name_zh;
  return typeof name === "string" && name !== "" ? `${name} (${row.id})` : row.id;
}

function named(estate: Estate, kind: Kind, language: Language, keep: (row: Row) => boolean = () => true): Option[] {
  return rowsOf(estate, kind)
    .filter(keep)
    .map((row) => ({ value: row.id, label: nameOf(row, language) }));
}

function byName(names: Readonly<Record<string, Readonly<Record<string, string>>>>, language: Language): Option[] {
  return Object.entries(names).map(([value, name]) => ({ value, label: name[language] ?? value }));
}

export function useChoices(): Choices {
  const w = useWords(table);
  const language = useLanguage();
  const { document } = useWork();
  const policy = useQuery<PolicyView, Refusal>({ queryKey: ["policy"], queryFn: () => ask("GET /policy") }).data;
  const duties = useQuery<DutyList, Refusal>({ queryKey: ["duties"], queryFn: () => ask("GET /duties") }).data;
  return useMemo(() => {
    const duty = (duties?.duties ?? []).map((one) => ({
      value: one.duty,
      label: `${{ zh: one.zh, en: one.en }[language]} (${one.duty})`,
    }));
    return {
      place: named(document, "places", language),
      agent: named(document, "agents", language),
      floor: named(document, "floors", language),
      gate: named(document, "devices", language, (row) => row.kind === "door" || row.kind === "barrier"),
      source: [{ value: "hub", label: w.hub }, ...named(document, "phones", language), ...named(document, "devices", language)],
      deviceKind: DEVICE_KINDS.map((value) => ({ value, label: w[`kind_${value}`] })),
      placeClass: byName(policy?.place_classes ?? {}, language),
      post: byName(policy?.posts ?? {}, language),
      duty,
      order: ORDERS.map((value) => ({ value, label: w[`order_${value}`] })),
      numbers: policy?.device_numbers ?? [],
    };
  }, [document, policy, duties, language, w]);
}

/** What of a row is shown: the words of its choices, not their ids. */
export function useShown(kind: Kind): (row: Row, field: string) => string {
  const w = useWords(table);
  const choices = useChoices();
  return useMemo(() => {
    const words = new Map<string, ReadonlyMap<string, string>>();
    for (const { name, how } of FIELDS[kind]) {
      if (how.as === "one" || how.as === "many") words.set(name, new Map(choices[how.of].map((one) => [one.value, one.label])));
    }
    const standard: Readonly<Record<string, string>> =
      kind === "staff" ? { post: "guard" } : kind === "routes" ? { order: "free" } : kind === "floors" ? { order: "0" } : {};
    return (row, field) => {
      const value = row[field] ?? standard[field];
      const word = (one: unknown) => words.get(field)?.get(String(one)) ?? String(one);
      if (value === undefined || value === null) return "";
      if (Array.isArray(value)) return value.map(word).join(w.comma);
      if (typeof value === "object")
        return Object.entries(value)
          .map(([name, one]) => `${name}=${one}`)
          .join(w.comma);
      return word(value);
    };
  }, [kind, choices, w]);
}
