/** An account is made. Its password is made here and shown once: the hub keeps its hash, and this window nothing. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, Refusal } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input, Select } from "antd";
import { useId, useState } from "react";
import { Secret } from "../../parts/secret";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { newPassword } from "./password";
import { RoleAndPerson } from "./role-and-person";
import type { Role } from "./roles";
import { table } from "./words";

const NAME_MAX = 40;

export function NewAccount() {
  const w = useWords(table);
  const language = useLanguage();
  const queries = useQueryClient();
  const sending = useSending();
  const id = useId();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [person, setPerson] = useState("");
  const [isPersons, setIsPersons] = useState(true);
  const [secret, setSecret] = useState<{ name: string; password: string } | null>(null);
  const create = async () => {
    const password = isPersons ? newPassword() : null;
    const done = await sending.send(async () => {
      const made = await ask("POST /accounts", { body: { name: name.trim(), role, password } });
      // from here on it stands, whatever becomes of the rest
      if (password !== null) setSecret({ name: made.name, password });
      await queries.invalidateQueries({ queryKey: ["accounts"] });
      const refusal = await standFor(made.account, person);
      await queries.invalidateQueries({ queryKey: ["accounts"] });
      return refusal === null ? w.created(made.name) : `${w.personFailed}${refusal[language]}`;
    });
    if (done) setName("");
  };
  return (
    <>
      <form
        className="wk-fields wk-card"
        aria-label={w.newAccount}
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <label htmlFor={`${id}-name`}>
          {w.name}
          <Input id={`${id}-name`} value={name} maxLength={NAME_MAX} onChange={(event) => setName(event.target.value)} />
        </label>
        <RoleAndPerson role={role} person={person} onRole={setRole} onPerson={setPerson} />
        <label htmlFor={`${id}-password`}>
          {w.password}
          <Select
            id={`${id}-password`}
            value={isPersons}
            options={[
              { value: true, label: w.withPassword },
              { value: false, label: w.withoutPassword },
            ]}
            popupMatchSelectWidth={false}
            onChange={setIsPersons}
          />
        </label>
        <Button htmlType="submit" loading={sending.busy} disabled={name.trim() === ""}>
          {w.newAccount}
        </Button>
        <Said sending={sending} />
      </form>
      {secret !== null && <Secret name={w.passwordOf(secret.name)} value={secret.password} onAway={() => setSecret(null)} />}
    </>
  );
}

/** Whom the account stands for; null: it is so, else why it is not. */
async function standFor(account: string, person: string): Promise<Refusal | null> {
  if (person === "") return null;
  try {
    await ask("PATCH /accounts/{account}", { path: { account }, body: { person } });
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
