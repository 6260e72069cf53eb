/** 查岗: the one that is open with its countdown, the next, and the last ones with who answered and how fast. */
import { useQuery } from "@tanstack/react-query";
import { ask, type CheckInWindow, type Post } from "@watchkeeper/api";
import {
  clockTime,
  dateTime,
  duration,
  Empty,
  Skeleton,
  Stopped,
  told,
  useKeys,
  useLanguage,
  useNow,
  useWords,
} from "@watchkeeper/ui";
import { Button } from "antd";
import { useAnswering, useCheckIn } from "../../checkin/asking";
import { answeredInS, calling, leftS, stageOf } from "../../checkin/countdown";
import { table as checkInWords } from "../../checkin/words";
import { useNames } from "../../names";
import { Said } from "../../sending/said";
import { useSession } from "../../session/session";
import { table } from "./words";

const LAST_ROWS = 12;

export function CheckIns() {
  const w = useWords(table);
  const { zone } = useSession();
  const state = useCheckIn();
  useKeys({ enter: () => document.querySelector<HTMLElement>(".wk-post [data-answer]")?.focus() });
  return (
    <>
      {state.error !== null && <Stopped sinceMs={state.dataUpdatedAt} onRetry={() => void state.refetch()} />}
      {state.isPending && <Skeleton />}
      {state.data?.posts.length === 0 && (
        <Empty atMs={state.dataUpdatedAt} zone={zone}>
          {w.noPosts}
        </Empty>
      )}
      {state.data?.posts.map((post) => (
        <OnePost key={`${post.duty} ${post.place}`} post={post} person={state.data.person} />
      ))}
    </>
  );
}

function OnePost({ post, person }: { post: Post; person: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const now = useNow();
  const open = calling({ at: "", person, posts: [post] }, now)[0]?.current;
  return (
    <section className="wk-post" aria-label={told(post, "place", language)}>
      <h2>
        {told(post, "place", language)} · {told(post, "duty", language)}
      </h2>
      <h3>{w.now}</h3>
      {open === undefined ? <p className="wk-quiet">{w.noneOpen}</p> : <Open window={open} person={person} nowMs={now} />}
      <h3>{w.nextOne}</h3>
      <p>{post.next === null ? w.unforetold : <time dateTime={post.next.opens_at}>{dateTime(post.next.opens_at, zone)}</time>}</p>
      <LastOnes post={post} />
    </section>
  );
}

function Open({ window, person, nowMs }: { window: CheckInWindow; person: string; nowMs: number }) {
  const w = useWords(table);
  const c = useWords(checkInWords);
  const language = useLanguage();
  const { zone, may } = useSession();
  const { sending, answer } = useAnswering();
  const sounding = stageOf(window, nowMs) === "sounding";
  return (
    <div className="wk-countdown" data-over={sounding}>
      <strong role="timer">{duration(leftS(window, nowMs), language)}</strong>
      <span>
        {w.ends} {clockTime(window.ends_at, zone)} ·{" "}
        {sounding ? w.sounding : `${w.soundsAt} ${clockTime(window.sounds_at, zone)}`}
      </span>
      {may("POST /duty/check-in") &&
        (person === "" ? (
          <span>{c.noPerson}</span>
        ) : (
          <Button type="primary" size="large" data-answer loading={sending.busy} onClick={() => void answer(window)}>
            {w.answer}
          </Button>
        ))}
      <Said sending={sending} />
    </div>
  );
}

function LastOnes({ post }: { post: Post }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { personName } = useNames();
  const query = {
    duty: post.duty,
    place: post.place,
    limit: LAST_ROWS,
    state: ["kept", "missed", "unproven", "withdrawn"] as const,
  };
  const asked = useQuery({
    queryKey: ["windows", "check-ins", post.duty, post.place],
    queryFn: () => ask("GET /duties/windows", { query: { ...query, state: [...query.state] } }),
  });
  if (asked.data === undefined) return null;
  if (asked.data.windows.length === 0)
    return (
      <>
        <h3>{w.lastOnes}</h3>
        <Empty atMs={asked.dataUpdatedAt} zone={zone}>
          {w.noLast}
        </Empty>
      </>
    );
  return (
    <>
      <h3>{w.lastOnes}</h3>
      <table className="wk-table">
        <thead>
          <tr>
            {[w.opens, w.ends, w.state, w.who, w.fast].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {asked.data.windows.map((one) => {
            const fast = answeredInS(one);
            const bad = one.state === "missed" || one.state === "unproven";
            return (
              <tr key={one.id} data-state={one.state}>
                <td>{dateTime(one.opens_at, zone)}</td>
                <td>{clockTime(one.ends_at, zone)}</td>
                <td data-over={bad}>{w[`s_${one.state}` as "s_kept"]}</td>
                <td>{one.state === "kept" ? one.people.map(personName).join(" · ") : ""}</td>
                <td>{fast === null ? "" : duration(fast, language)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
