/** Which household: looked up while one types, by whoever may; others type the door as it is written on it. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import { AutoComplete } from "antd";
import { useSession } from "../../session/session";
import { table } from "./words";

const FOUND_MAX = 20;

export function DoorInput({
  id,
  value,
  required,
  autoFocus = false,
  onChange,
}: {
  id: string;
  value: string;
  required: boolean;
  autoFocus?: boolean;
  onChange: (room: string) => void;
}) {
  const w = useWords(table);
  const { may } = useSession();
  const text = value.trim();
  const found = useQuery({
    queryKey: ["visit-doors", text],
    queryFn: async () =>
      (await ask("GET /access/households", { query: { text, limit: FOUND_MAX, reason: w.roomReason } })).households,
    enabled: text !== "" && may("GET /access/households"),
    placeholderData: (before) => before,
  });
  const options = (found.data ?? []).map((one) => ({
    value: one.id,
    label: <span data-user-data>{[one.building, one.unit, one.room].filter((part) => part !== "").join("-") || one.id}</span>,
  }));
  return (
    <AutoComplete
      id={id}
      value={value}
      options={options}
      autoFocus={autoFocus}
      aria-required={required}
      placeholder={w.roomHint}
      defaultActiveFirstOption={false}
      onChange={(room) => onChange(room ?? "")}
    />
  );
}
