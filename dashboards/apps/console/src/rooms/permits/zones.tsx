/** 区域与通行点: the parts of the estate, and the readers and cameras between them, in words of what each does. */
import { ask, type PortalBody, type PortalView, type RulesView, type ZoneBody } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { useNames } from "../../names";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { ruleName, usePortalDevices, useRules } from "./data";
import type { Field } from "./edit-form";
import { nameFields, useRuleEditor } from "./rule-list";
import { MEDIA, mediumWord, table } from "./words";

export function ZonesView() {
  const asked = useRules();
  return (
    <Asked of={asked}>
      {(rules) => (
        <div>
          <Zones rules={rules} />
          <Portals rules={rules} />
        </div>
      )}
    </Asked>
  );
}

function Zones({ rules }: { rules: RulesView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const { places, placeName } = useNames();
  const editor = useRuleEditor({
    kind: "zone",
    label: w.newZone,
    fields: [
      ...nameFields(w),
      { name: "place", label: w.place, kind: "choice", choices: [{ value: "", label: w.noPlace }, ...places] },
    ],
    nothing: { name_zh: "", name_en: "", place: "" },
    mayEdit: may("PUT /access/zones/{id}"),
    save: (id, values, version, reason) =>
      ask("PUT /access/zones/{id}", { path: { id }, body: { ...(values as unknown as ZoneBody), version, reason } }),
  });
  return (
    <section aria-label={w.zones}>
      <h2>{w.zones}</h2>
      <p className="wk-quiet">{w.zonesAre}</p>
      {editor.add}
      {editor.form}
      <Rows label={w.zones} columns={[w.name, w.place, ""]}>
        {rules.zones.map((one) => (
          <tr key={one.id} data-rule={one.id}>
            <td data-user-data>{ruleName(one, language)}</td>
            <td>{one.place === "" ? "" : placeName(one.place)}</td>
            <td>{editor.buttons(one)}</td>
          </tr>
        ))}
      </Rows>
    </section>
  );
}

function usePortalFields(rules: RulesView): Field[] {
  const w = useWords(table);
  const language = useLanguage();
  const zones = [
    { value: "", label: w.street },
    ...rules.zones.map((one) => ({ value: one.id, label: ruleName(one, language) })),
  ];
  const words = (prefix: "pb" | "lv" | "fa", names: readonly string[]) =>
    names.map((value) => ({ value, label: String((w as Readonly<Record<string, unknown>>)[`${prefix}_${value}`]) }));
  return [
    { name: "from_zone", label: w.fromZone, kind: "choice", choices: zones },
    { name: "to_zone", label: w.toZone, kind: "choice", choices: zones },
    { name: "media", label: w.media, kind: "many", choices: MEDIA.map((value) => ({ value, label: mediumWord(w, value) })) },
    { name: "passback", label: w.passback, kind: "choice", choices: words("pb", ["off", "soft", "hard"]) },
    { name: "passback_s", label: w.passbackS, hint: w.passbackSHint, kind: "number", max: 86_400 },
    { name: "leave", label: w.leave, kind: "choice", choices: words("lv", ["anyone", "known", "permitted"]) },
    { name: "factor", label: w.factor, kind: "choice", choices: words("fa", ["never", "weak", "always"]) },
  ];
}

const NEW_PORTAL = {
  from_zone: "",
  to_zone: "",
  media: MEDIA,
  passback: "off",
  passback_s: null,
  leave: "known",
  factor: "never",
};

function Portals({ rules }: { rules: RulesView }) {
  const w = useWords(table);
  const { may } = useSession();
  const devices = usePortalDevices();
  const fields = usePortalFields(rules);
  const free = devices.choices.filter((one) => rules.portals.every((portal) => portal.id !== one.value));
  const editor = useRuleEditor(
    {
      kind: "portal",
      label: w.newPortal,
      fields,
      nothing: NEW_PORTAL,
      mayEdit: may("PUT /access/portals/{id}"),
      save: (id, values, version, reason) =>
        ask("PUT /access/portals/{id}", { path: { id }, body: { ...(values as unknown as PortalBody), version, reason } }),
    },
    free,
  );
  const say = (portal: PortalView, name: keyof PortalView) => {
    const choices = fields.find((one) => one.name === name)?.choices ?? [];
    const label = (value: unknown) => choices.find((one) => one.value === value)?.label ?? String(value);
    const value = portal[name];
    return Array.isArray(value) ? value.map(label).join(" · ") : label(value);
  };
  return (
    <section aria-label={w.portals}>
      <h2>{w.portals}</h2>
      <p className="wk-quiet">{w.portalsAre}</p>
      {editor.add}
      {editor.form}
      <Rows label={w.portals} columns={[w.reader, w.way, w.media, w.passback, w.leave, w.factor, ""]}>
        {rules.portals.map((one) => (
          <tr key={one.id} data-rule={one.id}>
            <td>{devices.name(one.id)}</td>
            <td data-user-data>
              {say(one, "from_zone")} → {say(one, "to_zone")}
            </td>
            <td>{say(one, "media")}</td>
            <td>
              {say(one, "passback")} {one.passback_s !== null && one.passback_s > 0 && w.forSeconds(one.passback_s)}
            </td>
            <td>{say(one, "leave")}</td>
            <td>{say(one, "factor")}</td>
            <td>{editor.buttons(one)}</td>
          </tr>
        ))}
      </Rows>
    </section>
  );
}
