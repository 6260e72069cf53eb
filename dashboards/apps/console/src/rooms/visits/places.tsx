/** 车位与路线: where visitors' vehicles stand, and which ways visitors take. Leads set them up, others look. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type SpaceView, type VisitRouteView } from "@watchkeeper/api";
import { told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Popconfirm, Select } from "antd";
import { useId, useState } from "react";
import { useNames } from "../../names";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { Said } from "../../sending/said";
import { type Sending, useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { useRoutes, useSpaces } from "./data";
import { RulesEdit } from "./rules";
import { table } from "./words";

export function Places() {
  const { may } = useSession();
  return (
    <>
      <Spaces />
      <Ways />
      {may("PUT /visit-rules") && <RulesEdit />}
    </>
  );
}

function useSetting() {
  const sending = useSending();
  const queries = useQueryClient();
  const set = (run: () => Promise<unknown>, said: string) =>
    sending.send(async () => {
      await run();
      await queries.invalidateQueries({ queryKey: ["visit-places"] });
      return said;
    });
  return { sending, set };
}

function Spaces() {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const { placeName } = useNames();
  const { sending, set } = useSetting();
  const [edited, setEdited] = useState<SpaceView | null>(null);
  const mayEdit = may("PUT /visit-spaces/{space}");
  const columns = [w.id, w.title, w.where, w.use, w.holds, ...(mayEdit ? [w.acts] : [])];
  return (
    <section aria-label={w.spaces} data-setting="spaces">
      <h2>{w.spaces}</h2>
      <Asked of={useSpaces()}>
        {(all) => (
          <Rows label={w.spaces} columns={columns}>
            {all.map((one) => (
              <tr key={one.id} data-space={one.id}>
                <td data-user-data>{one.id}</td>
                <td data-user-data>{told({ name_zh: one.name_zh, name_en: one.name_en ?? "" }, "name", language)}</td>
                <td>{placeName(one.place)}</td>
                <td>{one.temporary ? w.forTemporary : w.forVisitors}</td>
                <td className="wk-number">{w.takenOf(one.taken, one.holds ?? 1)}</td>
                {mayEdit && (
                  <RowActs
                    sending={sending}
                    onEdit={() => setEdited(one)}
                    onRemove={() => void set(() => ask("DELETE /visit-spaces/{space}", { path: { space: one.id } }), w.removed)}
                  />
                )}
              </tr>
            ))}
          </Rows>
        )}
      </Asked>
      {mayEdit && (
        <SpaceForm
          key={edited?.id ?? ""}
          edited={edited}
          onSave={(id, body) =>
            void set(() => ask("PUT /visit-spaces/{space}", { path: { space: id }, body }), w.saved).then(
              (isDone) => isDone && setEdited(null),
            )
          }
        />
      )}
      <Said sending={sending} />
    </section>
  );
}

function RowActs({ sending, onEdit, onRemove }: { sending: Sending; onEdit: () => void; onRemove: () => void }) {
  const w = useWords(table);
  return (
    <td>
      <Button size="small" onClick={onEdit}>
        {w.edit}
      </Button>{" "}
      <Popconfirm title={w.removeAsk} okText={w.remove} onConfirm={onRemove}>
        <Button size="small" disabled={sending.busy}>
          {w.remove}
        </Button>
      </Popconfirm>
    </td>
  );
}

interface SpaceBody {
  readonly name_zh: string;
  readonly name_en: string;
  readonly place: string;
  readonly holds: number;
  readonly temporary: boolean;
}
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

function TextField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <label htmlFor={id}>
      {label}
      <Input id={id} maxLength={200} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

function SpaceForm({ edited, onSave }: { edited: SpaceView | null; onSave: (id: string, body: SpaceBody) => void }) {
  const w = useWords(table);
  const { places } = useNames();
  const id = useId();
  const [name, setName] = useState(edited?.id ?? "");
  const [zh, setZh] = useState(edited?.name_zh ?? "");
  const [en, setEn] = useState(edited?.name_en ?? "");
  const [place, setPlace] = useState<string | null>(edited?.place ?? null);
  const [holds, setHolds] = useState(String(edited?.holds ?? 1));
  const [temporary, setTemporary] = useState(edited?.temporary ?? false);
  const count = Number(holds);
  const ready = ID.test(name) && zh.trim() !== "" && place !== null && Number.isInteger(count) && count >= 1;
  return (
    <form
      className="wk-fields wk-card"
      aria-label={w.spaces}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && place !== null) onSave(name, { name_zh: zh, name_en: en, place, holds: count, temporary });
      }}
    >
      {edited === null ? <TextField label={w.id} value={name} onChange={setName} /> : <b data-user-data>{edited.id}</b>}
      <TextField label={w.nameZh} value={zh} onChange={setZh} />
      <TextField label={w.nameEn} value={en} onChange={setEn} />
      <label htmlFor={`${id}-place`} data-place>
        {w.where}
        <Select
          id={`${id}-place`}
          value={place}
          showSearch={{ optionFilterProp: "label" }}
          options={[...places]}
          onChange={setPlace}
        />
      </label>
      <TextField label={w.holds} value={holds} onChange={setHolds} />
      <label>
        <span>
          <input type="checkbox" checked={temporary} onChange={(event) => setTemporary(event.target.checked)} /> {w.forTemporary}
        </span>
      </label>
      <Button htmlType="submit" disabled={!ready}>
        {edited === null ? w.add : w.save}
      </Button>
    </form>
  );
}

function Ways() {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const { sending, set } = useSetting();
  const [edited, setEdited] = useState<VisitRouteView | null>(null);
  const mayEdit = may("PUT /visit-routes/{route}");
  const columns = [w.id, w.title, w.directions, w.groupsShort, ...(mayEdit ? [w.acts] : [])];
  return (
    <section aria-label={w.routes} data-setting="routes">
      <h2>{w.routes}</h2>
      <Asked of={useRoutes()}>
        {(all) => (
          <Rows label={w.routes} columns={columns}>
            {all.map((one) => (
              <tr key={one.id} data-route={one.id}>
                <td data-user-data>{one.id}</td>
                <td data-user-data>{told({ name_zh: one.name_zh, name_en: one.name_en ?? "" }, "name", language)}</td>
                <td data-user-data>{one.words}</td>
                <td data-user-data>{(one.groups ?? []).join(", ")}</td>
                {mayEdit && (
                  <RowActs
                    sending={sending}
                    onEdit={() => setEdited(one)}
                    onRemove={() => void set(() => ask("DELETE /visit-routes/{route}", { path: { route: one.id } }), w.removed)}
                  />
                )}
              </tr>
            ))}
          </Rows>
        )}
      </Asked>
      {mayEdit && (
        <WayForm
          key={edited?.id ?? ""}
          edited={edited}
          onSave={(id, body) =>
            void set(() => ask("PUT /visit-routes/{route}", { path: { route: id }, body }), w.saved).then(
              (isDone) => isDone && setEdited(null),
            )
          }
        />
      )}
      <Said sending={sending} />
    </section>
  );
}

interface WayBody {
  readonly name_zh: string;
  readonly name_en: string;
  readonly words: string;
  readonly groups: string[];
}

function WayForm({ edited, onSave }: { edited: VisitRouteView | null; onSave: (id: string, body: WayBody) => void }) {
  const w = useWords(table);
  const [name, setName] = useState(edited?.id ?? "");
  const [zh, setZh] = useState(edited?.name_zh ?? "");
  const [en, setEn] = useState(edited?.name_en ?? "");
  const [way, setWay] = useState(edited?.words ?? "");
  const [groups, setGroups] = useState((edited?.groups ?? []).join(", "));
  const ready = ID.test(name) && zh.trim() !== "";
  const listed = groups
    .split(/[,，]/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
  return (
    <form
      className="wk-fields wk-card"
      aria-label={w.routes}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSave(name, { name_zh: zh, name_en: en || zh, words: way, groups: listed });
      }}
    >
      {edited === null ? <TextField label={w.id} value={name} onChange={setName} /> : <b data-user-data>{edited.id}</b>}
      <TextField label={w.nameZh} value={zh} onChange={setZh} />
      <TextField label={w.nameEn} value={en} onChange={setEn} />
      <TextField label={w.directions} value={way} onChange={setWay} />
      <TextField label={w.groups} value={groups} onChange={setGroups} />
      <Button htmlType="submit" disabled={!ready}>
        {edited === null ? w.add : w.save}
      </Button>
    </form>
  );
}
