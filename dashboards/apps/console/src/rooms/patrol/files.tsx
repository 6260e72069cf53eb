/** The day's record of rounds, as files. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { FileButton } from "../../parts/file-button";
import { table } from "./words";

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
