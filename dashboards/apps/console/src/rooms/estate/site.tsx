/** 小区: what the estate is called and where its clock is; and its floors. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Input, Select } from "antd";
import { text } from "./document";
import { Section } from "./section";
import { table } from "./words";
import { useWork } from "./working";

const TEXTS = ["name_zh", "name_en"] as const;

export function Site() {
  const w = useWords(table);
  const language = useLanguage();
  const { document, edit, mayWrite, marks, mistakes } = useWork();
  const edited = marks.get(`estate/${text(document, "site")}`)?.fields ?? [];
  const put = (field: string, value: string) => edit((before) => ({ ...before, [field]: value }));
  return (
    <div className="wk-estate-site">
      <section aria-label={w.site}>
        <h2>{w.site}</h2>
        {(mistakes.get("estate/") ?? []).map((one) => (
          <p key={one.at + one.en} data-abnormal>{`! ${one.at} ${one[language]}`}</p>
        ))}
        <div className="wk-estate-form">
          <label htmlFor="estate-site">
            {w.f_site}
            <Input id="estate-site" value={text(document, "site")} disabled />
            <span className="wk-quiet">{w.siteFixed}</span>
          </label>
          {TEXTS.map((field) => (
            <label key={field} htmlFor={`estate-${field}`} data-edited={edited.includes(field) || undefined}>
              {w[`f_${field}`]}
              <Input
                id={`estate-${field}`}
                key={text(document, field)}
                defaultValue={text(document, field)}
                disabled={!mayWrite}
                maxLength={100}
                onBlur={(event) => event.target.value !== text(document, field) && put(field, event.target.value)}
              />
            </label>
          ))}
          <label data-edited={edited.includes("timezone") || undefined} htmlFor="estate-timezone">
            {w.f_timezone}
            <Select
              id="estate-timezone"
              aria-label={w.f_timezone}
              showSearch
              value={text(document, "timezone")}
              disabled={!mayWrite}
              options={ZONES.map((value) => ({ value, label: value }))}
              onChange={(value) => put("timezone", value)}
            />
          </label>
        </div>
      </section>
      <Section kind="floors" />
    </div>
  );
}

/** What this browser knows; the hub says whether it knows it too. */
const ZONES: readonly string[] = Intl.supportedValuesOf("timeZone");
