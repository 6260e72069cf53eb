/** Files to keep. They are fetched first, so that a refusal is told in words and no broken file is saved. */
import { type Asked, askFile, Refusal, type Route } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useState } from "react";
import { useSession } from "../../session/session";
import { table } from "./words";

export interface Wanted<R extends Route> {
  readonly route: R;
  readonly asked: Asked<R>;
  readonly name: string;
  readonly word: string;
}

export function FileButton<R extends Route>({ route, asked, name, word }: Wanted<R>) {
  const w = useWords(table);
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
      {refusal !== null && (
        <span role="alert">
          {w.refused}
          {w.colon}
          {refusal[language]}
        </span>
      )}
    </>
  );
}

/** 巡逻日志: the day's record to sign, and for a spreadsheet; of one route, where one is chosen. */
export function DailyRecord({ day, route }: { day: string; route: string }) {
  const w = useWords(table);
  const lang = useLanguage();
  const path = { day };
  const query = { lang, route: route === "" ? [] : [route] };
  const name = route === "" ? `patrol-${day}` : `patrol-${day}-${route}`;
  return (
    <p className="wk-files">
      <b>
        {w.dailyRecord} {day}
      </b>
      <FileButton route="GET /reports/patrol/{day}.pdf" asked={{ path, query }} name={`${name}.pdf`} word={w.pdf} />
      <FileButton route="GET /reports/patrol/{day}.csv" asked={{ path, query }} name={`${name}.csv`} word={w.csv} />
    </p>
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
