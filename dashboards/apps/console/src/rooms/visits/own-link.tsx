/** A resident's own link, by which they register visitors: sent to the phone on record, and withdrawn. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button, Input } from "antd";
import { useId, useState } from "react";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { PersonChoice } from "./call";
import { DoorInput } from "./door";
import { table } from "./words";

export function OwnLink() {
  const w = useWords(table);
  const { zone } = useSession();
  const sending = useSending();
  const id = useId();
  const [room, setRoom] = useState("");
  const [person, setPerson] = useState("");
  const [reason, setReason] = useState("");
  const path = { person };
  const state = useQuery({
    queryKey: ["resident-link", person],
    queryFn: () => ask("GET /residents/{person}/link", { path }),
    enabled: person !== "",
  });
  const send = () =>
    sending.send(async () => {
      await ask("POST /residents/{person}/link", { path });
      await state.refetch();
      return w.ownSent;
    });
  const revoke = () =>
    sending.send(async () => {
      await ask("POST /residents/{person}/link/revoke", { path, body: { reason: reason.trim() } });
      setReason("");
      await state.refetch();
      return w.ownRevoked;
    });
  const link = person === "" ? undefined : state.data;
  return (
    <form
      className="wk-fields wk-card"
      aria-label={w.ownTitle}
      onSubmit={(event) => {
        event.preventDefault();
        if (person !== "") void send();
      }}
    >
      <h2>{w.ownTitle}</h2>
      <p className="wk-quiet">{w.ownNote}</p>
      <label htmlFor={`${id}-room`}>
        {w.room}
        <DoorInput
          id={`${id}-room`}
          value={room}
          required
          onChange={(next) => {
            setRoom(next);
            setPerson("");
          }}
        />
      </label>
      <PersonChoice room={room.trim()} value={person} onChange={setPerson} />
      {link !== undefined && (
        <p role="status" data-own-link={link.live}>
          {link.live && link.expires_at !== null ? w.ownLive(dateTime(link.expires_at, zone), link.today) : w.ownNone}
        </p>
      )}
      <Button type="primary" htmlType="submit" disabled={person === ""} loading={sending.busy}>
        {w.ownSend}
      </Button>
      {link?.live && (
        <>
          <label htmlFor={`${id}-reason`}>
            {w.ownReason}
            <Input id={`${id}-reason`} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          </label>
          <Button disabled={reason.trim() === "" || sending.busy} onClick={() => void revoke()}>
            {w.ownRevoke}
          </Button>
        </>
      )}
      <Said sending={sending} />
    </form>
  );
}
