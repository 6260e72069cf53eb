/** 导入/导出: tables come in as files, previewed before anything changes, and go out as files. */
import { useWords } from "@watchkeeper/ui";
import { Button, Checkbox, Segmented } from "antd";
import { useRef, useState } from "react";
import { Preview, type Shown, useImporting } from "./import-preview";
import { IMPORTED, type Imported, templateOf } from "./tables";
import { table } from "./words-files";
import { useWork } from "./working";

export type What = Imported | "estate";
const FILE_BYTES_MAX = 4 * 1024 * 1024;

export function Exchange() {
  const { mayWrite } = useWork();
  return (
    <div className="wk-estate-exchange">
      {mayWrite && <Import />}
      <Export />
    </div>
  );
}

function Import() {
  const w = useWords(table);
  const [kind, setKind] = useState<What>("devices");
  const [replace, setReplace] = useState(false);
  const [tooBig, setTooBig] = useState(false);
  const importing = useImporting();
  const input = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    setTooBig(file.size > FILE_BYTES_MAX);
    if (file.size <= FILE_BYTES_MAX) void importing.preview(file, kind, replace);
  };
  const other = (change: () => void) => {
    change();
    importing.clear();
  };
  return (
    <section aria-label={w.import}>
      <h2>{w.import}</h2>
      <div className="wk-estate-tools">
        <Segmented<What>
          aria-label={w.kind}
          value={kind}
          onChange={(value) => other(() => setKind(value))}
          options={[...IMPORTED.map((value) => ({ value, label: w[value] })), { value: "estate" as const, label: w.whole }]}
        />
        {kind !== "estate" && (
          <Checkbox checked={replace} onChange={(event) => other(() => setReplace(event.target.checked))}>
            {w.replace}
          </Checkbox>
        )}
      </div>
      <div className="wk-estate-tools">
        <input
          ref={input}
          type="file"
          hidden
          aria-label={w.file}
          accept=".csv,.yaml,.yml,.txt,text/csv,application/yaml"
          onChange={(event) => {
            take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <Button type="primary" loading={importing.busy} onClick={() => input.current?.click()}>
          {w.file}
        </Button>
        {kind !== "estate" && <Template kind={kind} />}
        <span className="wk-quiet">{w.fileHelp}</span>
      </div>
      {tooBig && <p role="alert" data-abnormal>{`! ${w.fileTooBig}`}</p>}
      <Preview key={importing.shown?.at ?? 0} shown={importing.shown as Shown | null} importing={importing} />
    </section>
  );
}

/** The heading, and the estate's first row as an example. */
function Template({ kind }: { kind: Imported }) {
  const w = useWords(table);
  const [failed, setFailed] = useState(false);
  const download = async (chinese: boolean) => {
    try {
      const answer = await fetch(`/estate/export?kind=${kind}&format=csv`);
      if (!answer.ok) throw new Error(answer.statusText);
      save(templateOf(await answer.text(), chinese), `${kind}-template.csv`);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <>
      <Button onClick={() => void download(w === table.zh)}>{w.template}</Button>
      {failed && <span role="alert" data-abnormal>{`! ${w.downloadFailed}`}</span>}
    </>
  );
}

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function Export() {
  const w = useWords(table);
  return (
    <section aria-label={w.export}>
      <h2>{w.export}</h2>
      <p className="wk-quiet">{w.exportHelp}</p>
      <ul className="wk-estate-exports">
        <li>
          <a href="/estate/export" download>
            {w.exportWhole}
          </a>
        </li>
        {IMPORTED.map((kind) => (
          <li key={kind}>
            <b>{w[kind]}</b>
            {(["csv", "yaml"] as const).map((format) => (
              <a
                key={format}
                href={`/estate/export?kind=${kind}&format=${format}`}
                download
                aria-label={`${w[kind]} ${format.toUpperCase()}`}
              >
                {format.toUpperCase()}
              </a>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
