/** What an account may do, and for whom of the estate's staff it stands: the fields that making and changing one share. */
import { useWords } from "@watchkeeper/ui";
import { Select } from "antd";
import { useId } from "react";
import { useNames } from "../../names";
import { type Role, useRoles } from "./roles";
import { table } from "./words";

interface Given {
  readonly role: Role;
  readonly person: string;
  readonly onRole: (role: Role) => void;
  readonly onPerson: (person: string) => void;
}

export function RoleAndPerson({ role, person, onRole, onPerson }: Given) {
  const w = useWords(table);
  const roles = useRoles();
  const { people } = useNames();
  const id = useId();
  return (
    <>
      <label htmlFor={`${id}-role`}>
        {w.role}
        <Select id={`${id}-role`} value={role} options={roles} onChange={onRole} />
      </label>
      <label htmlFor={`${id}-person`}>
        {w.person}
        <Select
          id={`${id}-person`}
          value={person}
          options={[{ value: "", label: w.nobody }, ...people]}
          showSearch={{ optionFilterProp: "label" }}
          onChange={onPerson}
        />
      </label>
    </>
  );
}
