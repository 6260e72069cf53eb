/** 权限组: rights that many permits share, each a portal while a schedule holds. */
import { ask, type GroupBody, type RightModel, type RulesView } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Select } from "antd";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { ALWAYS, ruleName, usePortalDevices, useRules } from "./data";
import { nameFields, useRuleEditor } from "./rule-list";
import { table } from "./words";

export function GroupsView() {
  const asked = useRules();
  return <Asked of={asked}>{(rules) => <Groups rules={rules} />}</Asked>;
}

/** How a right is said: the portal's name and the schedule's. */
function useNames(rules: RulesView) {
  const w = useWords(table);
  const language = useLanguage();
  const devices = usePortalDevices();
  const portals = rules.portals.map((one) => ({ value: one.id, label: devices.name(one.id) }));
  const schedules = [
    { value: ALWAYS, label: w.always },
    ...rules.schedules.map((one) => ({ value: one.id, label: ruleName(one, language) })),
  ];
  const schedule = (id: string) => schedules.find((one) => one.value === id)?.label ?? id;
  const say = (right: RightModel) => `${devices.name(right.portal)} — ${schedule(right.schedule ?? ALWAYS)}`;
  return { portals, schedules, say };
}

function Groups({ rules }: { rules: RulesView }) {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const { portals, schedules, say } = useNames(rules);
  const rights = {
    name: "rights",
    label: w.rights,
    kind: "own" as const,
    say: (value: unknown) => ((value ?? []) as RightModel[]).map(say).join("; "),
    edit: (value: unknown, onChange: (value: unknown) => void) => (
      <Rights rights={(value ?? []) as RightModel[]} portals={portals} schedules={schedules} onChange={onChange} />
    ),
  };
  const editor = useRuleEditor({
    kind: "group",
    label: w.newGroup,
    fields: [...nameFields(w), rights],
    nothing: { name_zh: "", name_en: "", rights: [] },
    mayEdit: may("PUT /access/groups/{id}"),
    save: (id, values, version, reason) =>
      ask("PUT /access/groups/{id}", { path: { id }, body: { ...(values as unknown as GroupBody), version, reason } }),
  });
  return (
    <section aria-label={w.v_groups}>
      <p className="wk-quiet">{w.groupsAre}</p>
      {editor.add}
      {editor.form}
      {rules.groups.length === 0 && <p className="wk-empty">{w.noGroupsYet}</p>}
      <Rows label={w.v_groups} columns={[w.name, w.rights, ""]}>
        {rules.groups.map((one) => (
          <tr key={one.id} data-rule={one.id}>
            <td data-user-data>{ruleName(one, language)}</td>
            <td>
              <ul className="wk-plain" data-user-data>
                {one.rights.map((right) => (
                  <li key={`${right.portal}-${right.schedule}`}>{say(right)}</li>
                ))}
              </ul>
            </td>
            <td>{editor.buttons(one)}</td>
          </tr>
        ))}
      </Rows>
    </section>
  );
}

function Rights({
  rights,
  portals,
  schedules,
  onChange,
}: {
  rights: readonly RightModel[];
  portals: { value: string; label: string }[];
  schedules: { value: string; label: string }[];
  onChange: (rights: RightModel[]) => void;
}) {
  const w = useWords(table);
  const put = (at: number, right: RightModel) => onChange(rights.map((one, nth) => (nth === at ? right : one)));
  return (
    <>
      {rights.map((right, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a right is known by its place in the list alone
        <div key={at} className="wk-permit-line">
          <Select
            aria-label={w.portal}
            value={right.portal}
            options={portals}
            onChange={(portal) => put(at, { ...right, portal })}
          />
          <Select
            aria-label={w.schedule}
            value={right.schedule ?? ALWAYS}
            options={schedules}
            onChange={(schedule) => put(at, { ...right, schedule })}
          />
          <Button size="small" onClick={() => onChange(rights.filter((_, nth) => nth !== at))}>
            {w.remove}
          </Button>
        </div>
      ))}
      <Button
        size="small"
        disabled={portals.length === 0}
        onClick={() => onChange([...rights, { portal: portals[0]?.value ?? "", schedule: ALWAYS }])}
      >
        {w.addRight}
      </Button>
    </>
  );
}
