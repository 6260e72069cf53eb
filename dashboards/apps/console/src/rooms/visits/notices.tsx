/** 通知: residents who could not be told, each with what to do about it. */
import type { ResidentNotice } from "@watchkeeper/api";
import { dateTime, Empty, useWords } from "@watchkeeper/ui";
import { Link } from "react-router";
import { Asked } from "../../parts/asked";
import { Rows } from "../../parts/rows";
import { useSession } from "../../session/session";
import { useNotices } from "./data";
import { OwnLink } from "./own-link";
import { usePersonOf } from "./visit";
import { table, wordFor } from "./words";

export function Notices() {
  const w = useWords(table);
  const { zone, may } = useSession();
  const failed = useNotices("failed");
  const waiting = useNotices("waiting");
  return (
    <>
      {may("POST /residents/{person}/link") && <OwnLink />}
      <h2>{w.failedTitle}</h2>
      <p className="wk-quiet">{w.failedNote}</p>
      <Asked of={failed}>
        {(all) =>
          all.length === 0 ? (
            <Empty atMs={failed.dataUpdatedAt} zone={zone}>
              {w.noFailed}
            </Empty>
          ) : (
            <Table label={w.failedTitle} notices={all} />
          )
        }
      </Asked>
      <Asked of={waiting}>
        {(all) =>
          all.length > 0 && (
            <>
              <h2>{w.waitingNotices}</h2>
              <Table label={w.waitingNotices} notices={all} />
            </>
          )
        }
      </Asked>
    </>
  );
}

function Table({ label, notices }: { label: string; notices: readonly ResidentNotice[] }) {
  const w = useWords(table);
  return (
    <Rows label={label} columns={[w.at, w.what, w.room, w.who, w.error, w.toDo]}>
      {notices.map((one) => (
        <Row key={`${one.about}-${one.person}-${one.what}-${one.at}`} notice={one} />
      ))}
    </Rows>
  );
}

function Row({ notice }: { notice: ResidentNotice }) {
  const w = useWords(table);
  const { zone } = useSession();
  const person = usePersonOf(notice.room);
  const ofVisit = notice.what === "confirm";
  return (
    <tr data-notice={notice.about}>
      <td>
        <time dateTime={notice.at}>{dateTime(notice.at, zone)}</time>
      </td>
      <td>{wordFor(w, "w", notice.what)}</td>
      <td data-user-data>{notice.room}</td>
      <td data-user-data>{person(notice.person)}</td>
      <td>{notice.error === "" ? "" : wordFor(w, "e", notice.error)}</td>
      <td>
        {notice.what !== "register" && (
          <Link to={ofVisit ? `/visits/today/${notice.about}` : "/visits/deliveries"}>
            {ofVisit ? w.callVisit : w.callDelivery}
          </Link>
        )}
      </td>
    </tr>
  );
}
