/** What a field may be: from the document itself, and from the policy that the hub goes by. */
import { useQuery } from "@tanstack/react-query";
import { ask, type DutyList, type PolicyView, type Refusal } from "@watchkeeper/api";
import { type Language, useLanguage, useWords } from "@watchkeeper/ui";
import { useMemo } from "react";
import { type Kind, type Row, rowsOf } from "./document";
import { type Choice, DEVICE_KINDS, FIELDS, ORDERS } from "./fields";
import { table } from "./words";
import { useWork } from "./working";

const GATES = ["door", "barrier"];

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

function named(rows: readonly Row[], language: Language): Option[] {
  return rows.map((row) => ({ value: row.id, label: nameOf(row, language) }));
}

/** Made anew when rows of that kind change, and not with every step of another kind. */
function useNamed(kind: Kind): readonly Option[] {
  const language = useLanguage();
  const { document } = useWork();
  const rows = rowsOf(document, kind);
  return useMemo(() => named(rows, language), [rows, language]);
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
  const [place, agent, floor, phone, device] = [
    useNamed("places"),
    useNamed("agents"),
    useNamed("floors"),
    useNamed("phones"),
    useNamed("devices"),
  ];
  const devices = rowsOf(document, "devices");
  return useMemo(() => {
    const duty = (duties?.duties ?? []).map((one) => ({
      value: one.duty,
      label: `${{ zh: one.zh, en: one.en }[language]} (${one.duty})`,
    }));
    return {
      ...{ place, agent, floor, duty },
      gate: device.filter((_, at) => GATES.includes(String(devices[at]?.kind))),
      source: [{ value: "hub", label: w.hub }, ...phone, ...device],
      deviceKind: DEVICE_KINDS.map((value) => ({ value, label: w[`kind_${value}`] })),
      placeClass: byName(policy?.place_classes ?? {}, language),
      post: byName(policy?.posts ?? {}, language),
      order: ORDERS.map((value) => ({ value, label: w[`order_${value}`] })),
      numbers: policy?.device_numbers ?? [],
    };
  }, [place, agent, floor, phone, device, devices, policy, duties, language, w]);
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
