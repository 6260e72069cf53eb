/** The keys, in one table. */
import { useWords } from "@watchkeeper/ui";
import { Modal } from "antd";
import { table } from "./words";

const KEYS = [
  ["J K", "k_move"],
  ["A", "k_ack"],
  ["X", "k_choose"],
  ["Shift+A", "k_bulk"],
  ["Enter", "k_detail"],
  ["Esc", "k_escape"],
  ["M", "k_silence"],
  ["H", "k_shelve"],
  ["D", "k_dispatch"],
  ["V", "k_video"],
  ["P", "k_map"],
  ["G", "k_gate"],
  ["N", "k_report"],
  ["S T", "k_plan"],
  ["/", "k_search"],
  ["1 2 3 4", "k_filter"],
  ["?", "k_help"],
] as const;

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const w = useWords(table);
  return (
    <Modal open={open} title={w.help} footer={null} onCancel={onClose} closable={{ "aria-label": w.close }}>
      <table className="wk-keys">
        <tbody>
          {KEYS.map(([key, word]) => (
            <tr key={key}>
              <th scope="row">
                <kbd>{key}</kbd>
              </th>
              <td>{w[word]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>{w.k_typing}</p>
    </Modal>
  );
}
