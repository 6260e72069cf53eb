/** 我的账号: one's own password, and where one is signed in. For everybody. */
import { useQueryClient } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { dateTime, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { Sessions } from "./sessions";
import { table } from "./words";

export function OwnView() {
  const w = useWords(table);
  const language = useLanguage();
  const { me, zone } = useSession();
  return (
    <div>
      <h2>{w.iAm(me.name, told(me, "role", language))}</h2>
      <p className="wk-quiet">
        {w.expires} {dateTime(me.expires_at, zone)}
      </p>
      <PasswordForm />
      <Sessions account={null} mayEnd />
    </div>
  );
}

const FIELDS = ["oldPassword", "nextPassword", "again"] as const;
const NOTHING = { oldPassword: "", nextPassword: "", again: "" };

function PasswordForm() {
  const w = useWords(table);
  const queries = useQueryClient();
  const sending = useSending();
  const id = useId();
  const [given, setGiven] = useState(NOTHING);
  const differs = given.again !== "" && given.again !== given.nextPassword;
  const ready = given.oldPassword !== "" && given.nextPassword !== "" && given.again === given.nextPassword;
  const change = async () => {
    const done = await sending.send(async () => {
      const { ended } = await ask("POST /me/password", { body: { old: given.oldPassword, new: given.nextPassword } });
      await queries.invalidateQueries({ queryKey: ["accounts"] });
      return w.passwordChanged(ended);
    });
    if (done) setGiven(NOTHING);
  };
  return (
    <form
      className="wk-fields wk-card"
      aria-label={w.ownPassword}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void change();
      }}
    >
      {FIELDS.map((name) => (
        <label key={name} htmlFor={`${id}-${name}`}>
          {w[name]}
          <Input.Password
            id={`${id}-${name}`}
            value={given[name]}
            autoComplete={name === "oldPassword" ? "current-password" : "new-password"}
            onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
          />
        </label>
      ))}
      <Button htmlType="submit" loading={sending.busy} disabled={!ready}>
        {w.ownPassword}
      </Button>
      {differs && <p role="status">{w.notSame}</p>}
      <Said sending={sending} />
    </form>
  );
}
