/** Passages as rows: when, where, who by what, and how it was decided in words. A refusal has a shape; only what is abnormal has a colour. */
import type { PassageView } from "@watchkeeper/api";
import { clockTime, dateTime, useWords } from "@watchkeeper/ui";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { useGateNames } from "./passage-data";
import { PassagePicture } from "./passage-picture";
import { explanations, explanationWord, reasons, reasonWord } from "./terms";
import { table } from "./words-pages";

export function PassageRows({ label, passages }: { label: string; passages: readonly PassageView[] }) {
  const w = useWords(table);
  const { zone } = useSession();
  const { gateName } = useGateNames();
  return (
    <Rows label={label} columns={[w.time, w.gate, w.who, w.by, w.decision, w.picture]}>
      {passages.map((one) => (
        <tr key={one.id} data-passage={one.id} data-granted={one.granted}>
          <td>
            <time dateTime={one.at}>{dateTime(one.at, zone)}</time>
            {one.late && <small className="wk-late">{w.late}</small>}
          </td>
          <td>
            {gateName(one.gate)} <Direction of={one} />
          </td>
          <td data-user-data>
            <Who of={one} />
          </td>
          <td>
            <Medium of={one} />
          </td>
          <td>
            <Decision of={one} />
          </td>
          <td>
            <PassagePicture of={one} gate={gateName(one.gate)} />
          </td>
        </tr>
      ))}
    </Rows>
  );
}

function Direction({ of }: { of: PassageView }) {
  const w = useWords(table);
  if (of.direction !== "in" && of.direction !== "out") return null;
  return <span className="wk-direction">{of.direction === "in" ? `→ ${w.in}` : `← ${w.out}`}</span>;
}

function Who({ of }: { of: PassageView }) {
  const w = useWords(table);
  const told = [of.plate, of.holder_name || of.holder, of.permit === "" || of.permit === of.holder ? "" : w.permitNo(of.permit)];
  const words = told.filter((one) => one !== "");
  return words.length === 0 ? <span className="wk-quiet">{w.nobody}</span> : words.join(" · ");
}

function Medium({ of }: { of: PassageView }) {
  return explanationWord(useWords(explanations), of.medium);
}

export function Decision({ of }: { of: PassageView }) {
  const w = useWords(table);
  const why = reasonWord(useWords(reasons), of.reason, of.granted);
  return (
    <span className="wk-decision" data-reason={of.reason}>
      <span aria-hidden="true">{of.granted ? "✓" : "✕"}</span> <b>{of.granted ? w.granted : w.refused}</b> · {why}
    </span>
  );
}

/** A passage in a line or two, for where its gate is told already. */
export function Short({ of, gate }: { of: PassageView; gate: string }) {
  const { zone } = useSession();
  return (
    <span className="wk-short" data-passage={of.id}>
      <span>
        <time dateTime={of.at}>{clockTime(of.at, zone)}</time> <Direction of={of} /> <Decision of={of} />
      </span>
      <span>
        <Medium of={of} />{" "}
        <span data-user-data>
          <Who of={of} />
        </span>{" "}
        {of.picture !== "" && <PassagePicture of={of} gate={gate} />}
      </span>
    </span>
  );
}
