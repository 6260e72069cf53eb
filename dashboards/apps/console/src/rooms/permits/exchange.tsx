/** 导入: a list of people, cards and plates comes in; it is tried first, and every row that was not taken is named. */
import { useQueryClient } from "@tanstack/react-query";
import { ask, type ImportView } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Checkbox } from "antd";
import { useId, useRef, useState } from "react";
import { Rows } from "../../parts/rows";
import { Said } from "../../sending/said";
import { useSending } from "../../sending/sending";
import { useSession } from "../../session/session";
import { columnName } from "./add-person";
import { Reason } from "./reason";
import { failedRows, runs } from "./taken";
import { table } from "./words";

const FILE_BYTES_MAX = 4 * 1024 * 1024;

export function Exchange() {
  const w = useWords(table);
  const { may } = useSession();
  return (
    <div>
      {may("POST /access/import") && <Import />}
      {may("GET /access/export") && (
        <section aria-label={w.export}>
          <h2>{w.export}</h2>
          <p className="wk-quiet">{w.exportIs}</p>
          <a href="/access/export" download>
            {w.exportAll}
          </a>
        </section>
      )}
    </div>
  );
}

interface Tried {
  readonly file: File;
  readonly told: ImportView;
}

/** The file that was chosen, what the hub said of it as it stands, and whether it was only tried. */
function useImporting(whole: boolean) {
  const queries = useQueryClient();
  const sending = useSending();
  const [tried, setTried] = useState<Tried | null>(null);
  const run = (file: File, dry: boolean, reason: string) => {
    setTried(null);
    return sending.send(async () => {
      // read now: a file that was saved again meanwhile is another one
      const body = new Blob([await file.arrayBuffer()], { type: file.type || "application/octet-stream" });
      const told = await ask("POST /access/import", { query: { dry_run: dry, all_or_nothing: whole, reason }, body });
      setTried({ file, told });
      if (!dry) await queries.invalidateQueries({ queryKey: ["access"] });
      return "";
    });
  };
  return { sending, tried, run, clear: () => setTried(null) };
}

function Import() {
  const w = useWords(table);
  const id = useId();
  const language = useLanguage();
  const [whole, setWhole] = useState(true);
  const [isTooBig, setIsTooBig] = useState(false);
  const [reason, setReason] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const { sending, tried, run, clear } = useImporting(whole);
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    setIsTooBig(file.size > FILE_BYTES_MAX);
    if (file.size <= FILE_BYTES_MAX) void run(file, true, "");
  };
  const mayImport = tried?.told.dry_run === true && tried.told.done > 0;
  return (
    <section aria-label={w.v_import}>
      <h2>{w.v_import}</h2>
      <ol>
        <li>
          <a href="/access/template" download>
            {w.template}
          </a>{" "}
          <span className="wk-quiet">{w.templateIs}</span>
        </li>
        <li>
          <Checkbox
            checked={whole}
            onChange={(event) => {
              setWhole(event.target.checked);
              clear();
            }}
          >
            {w.allOrNothing}
          </Checkbox>
        </li>
        <li>
          <input
            ref={input}
            type="file"
            hidden
            aria-label={w.chooseFile}
            accept=".csv,.xlsx,.txt,text/csv"
            onChange={(event) => {
              take(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
          <Button loading={sending.busy} onClick={() => input.current?.click()}>
            {w.chooseFile}
          </Button>{" "}
          <span className="wk-quiet">{w.triedFirst}</span>
        </li>
      </ol>
      {isTooBig && <p role="alert" data-abnormal>{`! ${w.tooBig}`}</p>}
      <Said sending={sending} />
      {sending.refusal !== null && (
        <ul className="wk-plain" data-user-data>
          {sending.refusal.details.map((one) => (
            <li key={`${one.at}-${one.what}`}>{halfOf(one.what, language)}</li>
          ))}
        </ul>
      )}
      {tried !== null && <Result tried={tried} />}
      {mayImport && (
        <div className="wk-form">
          <Reason id={`${id}-reason`} value={reason} onChange={setReason} />
          <div>
            <Button
              type="primary"
              loading={sending.busy}
              disabled={reason.trim() === ""}
              onClick={() => void run(tried.file, false, reason.trim())}
            >
              {w.importNow(tried.told.done)}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}

/** What is said in both languages at once, in the one in use. */
function halfOf(text: string, language: "zh" | "en"): string {
  const at = text.indexOf(" / ");
  if (at < 0) return text;
  return language === "zh" ? text.slice(0, at) : text.slice(at + 3);
}

function Result({ tried: { file, told } }: { tried: Tried }) {
  const w = useWords(table);
  const language = useLanguage();
  const failed = failedRows(told.wrong);
  const taken = told.dry_run ? w.wouldTake(told.done, told.rows) : w.taken(told.done, told.rows);
  return (
    <section role="status" aria-label={w.result} data-import={told.dry_run ? "tried" : "done"}>
      <h3>
        <span data-user-data>{file.name}</span> · {told.dry_run ? w.tried : w.result}
      </h3>
      <p>
        <b>{taken}</b> {told.done > 0 && failed.length > 0 && w.allOthers}
        {told.done === 0 && told.all_or_nothing && failed.length > 0 && w.nothingTaken}
      </p>
      {failed.length > 0 && <p data-abnormal>{`! ${w.notTaken(runs(failed))}`}</p>}
      {told.wrong.length > 0 && (
        <Rows label={w.wrongCells} columns={[w.row, w.column, w.whatWrong, w.whatToWrite]}>
          {told.wrong.map((one) => (
            <tr key={`${one.row}-${one.column}-${one.code}`} data-row={one.row}>
              <td>{one.row}</td>
              <td>{one.column === "" ? w.wholeRow : columnName(w, one)}</td>
              <td data-user-data>{language === "zh" ? one.what_zh : one.what_en}</td>
              <td data-user-data>{language === "zh" ? one.write_zh : one.write_en}</td>
            </tr>
          ))}
        </Rows>
      )}
    </section>
  );
}
