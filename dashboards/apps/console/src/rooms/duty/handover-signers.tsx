/** Who hands over and who takes over. Each signs at their own sign-in, or in this window with a name and a password. */
import { ask, type HandoverDetail, type Signer } from "@watchkeeper/api";
import { dateTime, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { type FormEvent, useState } from "react";
import { Said } from "../../sending/said";
import { useSession } from "../../session/session";
import { type Side, sideOf } from "./handing";
import { useHandoverAct } from "./handover";
import { joinedHere } from "./joined-here";
import { table } from "./words";

interface Credentials {
  readonly name: string;
  readonly password: string;
}

export function Signers({ id, detail }: { id: string; detail: HandoverDetail }) {
  const w = useWords(table);
  const { me } = useSession();
  const { sending, act } = useHandoverAct(id);
  const { handover } = detail;
  const mine = sideOf(handover, me.account);
  const path = { handover: id };
  const join = (credentials: Credentials | null) =>
    act(async () => {
      const joined = await ask("POST /handovers/{handover}/join", { path, body: { credentials } });
      if (credentials !== null) joinedHere(id, me.session);
      return joined;
    });
  const sign = (credentials: Credentials | null) =>
    act(() => ask("POST /handovers/{handover}/sign", { path, body: { credentials } }));
  const joined = handover.coming.account !== "";
  return (
    <div className="wk-signers">
      <SideCard side="leaving" signer={handover.leaving}>
        {handover.leaving.signed_at === null && joined && (
          <Acts
            side="leaving"
            own={mine === "leaving" ? w.sign : null}
            here={w.signHere}
            name={mine === "leaving" ? null : handover.leaving.name}
            busy={sending.busy}
            onAct={sign}
          />
        )}
      </SideCard>
      <SideCard side="coming" signer={handover.coming}>
        {joined
          ? handover.coming.signed_at === null && (
              <Acts
                side="coming"
                own={mine === "coming" ? w.sign : null}
                here={w.signHere}
                name={mine === "coming" ? null : handover.coming.name}
                busy={sending.busy}
                onAct={sign}
              />
            )
          : handover.state === "draft" && (
              <Acts
                side="coming"
                own={mine === null ? w.join : null}
                here={w.joinHere}
                name=""
                busy={sending.busy}
                onAct={join}
              />
            )}
      </SideCard>
      <p className="wk-quiet">{w.firstSign}</p>
      <Said sending={sending} />
    </div>
  );
}

export function SideCard({ side, signer, children }: { side: Side; signer: Signer; children?: React.ReactNode }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const person = language === "zh" ? signer.person_zh : signer.person_en;
  return (
    <section className="wk-signer" data-side={side} data-signed={signer.signed_at !== null} aria-label={w[side]}>
      <h3>{w[side]}</h3>
      <p>
        <b>{signer.name === "" ? w.nobodyYet : signer.name}</b>
        {person !== "" && person !== signer.name && ` (${person})`}
      </p>
      <p>
        {signer.signed_at === null ? (
          w.notSigned
        ) : (
          <>
            <b>{w.signed}</b> <time dateTime={signer.signed_at}>{dateTime(signer.signed_at, zone)}</time>
          </>
        )}
      </p>
      {children}
    </section>
  );
}

/** `own`: what the button says for whoever is signed in; null: it is not for them. `name` null: nobody else signs here. */
function Acts({
  side,
  own,
  here,
  name,
  busy,
  onAct,
}: {
  side: Side;
  own: string | null;
  here: string;
  name: string | null;
  busy: boolean;
  onAct: (credentials: Credentials | null) => Promise<boolean>;
}) {
  return (
    <>
      {own !== null && (
        <Button type="primary" data-sign={side} loading={busy} onClick={() => void onAct(null)}>
          {own}
        </Button>
      )}
      {name !== null && <ByPassword side={side} word={here} name={name} busy={busy} onAct={onAct} />}
    </>
  );
}

/** The password is read from its field when it is sent, the field is emptied at once, and nothing else ever holds it. */
function ByPassword({
  side,
  word,
  name,
  busy,
  onAct,
}: {
  side: Side;
  word: string;
  name: string;
  busy: boolean;
  onAct: (credentials: Credentials) => Promise<boolean>;
}) {
  const w = useWords(table);
  const [open, setOpen] = useState(false);
  if (!open)
    return (
      <Button data-here={side} onClick={() => setOpen(true)}>
        {word}
      </Button>
    );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const credentials = { name: String(given.get("name")), password: String(given.get("password")) };
    (form.elements.namedItem("password") as HTMLInputElement).value = "";
    void onAct(credentials).then((isDone) => isDone && setOpen(false));
  };
  return (
    <form className="wk-by-password" autoComplete="off" aria-label={word} onSubmit={submit}>
      <label>
        {w.name}
        {/* biome-ignore lint/a11y/noAutofocus: the button that was pressed opens it to be typed in */}
        <input name="name" required autoFocus={name === ""} defaultValue={name} maxLength={64} autoComplete="off" />
      </label>
      <label>
        {w.password}
        {/* biome-ignore lint/a11y/noAutofocus: likewise */}
        <input name="password" type="password" required autoFocus={name !== ""} maxLength={256} autoComplete="new-password" />
      </label>
      <Button htmlType="submit" loading={busy}>
        {word}
      </Button>
      <Button onClick={() => setOpen(false)}>{w.cancel}</Button>
    </form>
  );
}
