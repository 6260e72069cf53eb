/** Before a row is removed: which others name it. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Modal } from "antd";
import { nameOf } from "./choices";
import { type Kind, type Row, usersOf, withoutRow } from "./document";
import { table } from "./words";
import { useWork } from "./working";

const SHOWN_MAX = 12;

export function RemoveDialog({ kind, row, onClose }: { kind: Kind; row: Row; onClose: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { document, edit } = useWork();
  const users = usersOf(document, kind, row.id);
  const field = (one: string) => String((w as Readonly<Record<string, unknown>>)[`f_${one}`] ?? one);
  return (
    <Modal
      open
      title={w.removeTitle(`${w[`one_${kind}`]} ${nameOf(row, language)}`)}
      okText={w.remove}
      cancelText={w.cancel}
      onCancel={onClose}
      onOk={() => {
        edit((before) => withoutRow(before, kind, row.id));
        onClose();
      }}
    >
      <p>{users.length === 0 ? w.usedByNobody : w.usedBy(users.length)}</p>
      <ul className="wk-estate-list">
        {users.slice(0, SHOWN_MAX).map((one) => (
          <li key={`${one.kind}/${one.id}/${one.field}`}>
            {w[`one_${one.kind}`]} {one.id} · {field(one.field)}
          </li>
        ))}
        {users.length > SHOWN_MAX && <li>{w.more(users.length - SHOWN_MAX)}</li>}
      </ul>
      <p className="wk-quiet">{w.removedKeeps}</p>
    </Modal>
  );
}
