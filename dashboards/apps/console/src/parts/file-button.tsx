/** Files to keep. They are fetched first, so that a refusal is told in words and no broken file is saved. */
import { type Asked, askFile, Refusal, type Route } from "@watchkeeper/api";
import { useLanguage } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { useSession } from "../session/session";

export interface Wanted<R extends Route> {
  readonly route: R;
  readonly asked: Asked<R>;
  readonly name: string;
  readonly word: string;
}

export function FileButton<R extends Route>({ route, asked, name, word }: Wanted<R>) {
  const language = useLanguage();
  const { may } = useSession();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  if (!may(route)) return null;
  const fetchIt = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      keep(await askFile(route, asked), name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button loading={busy} onClick={() => void fetchIt()}>
        {word}
      </Button>
      {refusal !== null && <span role="alert">{refusal[language]}</span>}
    </>
  );
}

function keep(body: Blob, name: string): void {
  const address = URL.createObjectURL(body);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
