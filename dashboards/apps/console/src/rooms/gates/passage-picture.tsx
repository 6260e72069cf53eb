/** A passage's picture, fetched when somebody asks for it: that he looked stands on the audit log. */
import { useQuery } from "@tanstack/react-query";
import { askFile, type PassageView } from "@watchkeeper/api";
import { dateTime, useWords } from "@watchkeeper/ui";
import { Button, Modal } from "antd";
import { useEffect, useState } from "react";
import { Asked } from "../../parts/asked";
import { useSession } from "../../session/session";
import { table } from "./words-pages";

export function PassagePicture({ of, gate }: { of: PassageView; gate: string }) {
  const w = useWords(table);
  const { zone, may } = useSession();
  const [open, setOpen] = useState(false);
  if (of.picture === "" || !may("GET /pictures/{picture}")) return <span className="wk-quiet">{w.noPicture}</span>;
  const what = `${gate} ${dateTime(of.at, zone)}`;
  return (
    <>
      <Button size="small" title={w.logged} aria-label={w.lookOf(what)} data-picture={of.picture} onClick={() => setOpen(true)}>
        {w.look}
      </Button>
      <Modal open={open} title={what} footer={null} width={720} destroyOnHidden onCancel={() => setOpen(false)}>
        <Shown picture={of.picture} name={what} />
      </Modal>
    </>
  );
}

function Shown({ picture, name }: { picture: string; name: string }) {
  const asked = useQuery({
    queryKey: ["passage-picture", picture],
    queryFn: () => askFile("GET /pictures/{picture}", { path: { picture } }),
    retry: false,
    gcTime: 0,
  });
  return <Asked of={asked}>{(jpeg) => <Look jpeg={jpeg} name={name} />}</Asked>;
}

function Look({ jpeg, name }: { jpeg: Blob; name: string }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(jpeg);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [jpeg]);
  return url === "" ? null : <img className="wk-passage-picture" src={url} alt={name} />;
}
