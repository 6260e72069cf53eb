/** 查岗 over every room: the countdown with its button, and what became of one that nobody answered. */
import type { CheckInWindow, Post } from "@watchkeeper/api";
import { clockTime, duration, told, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useEffect } from "react";
import { useNavigate } from "react-router";
import { useIncident, useLive } from "../live/provider";
import { Said } from "../sending/said";
import { useSession } from "../session/session";
import { useSound } from "../sound/provider";
import { useAnswering, useCheckIn, useGap } from "./asking";
import { calling, leftS, missed, sounds, stageOf } from "./countdown";
import { table } from "./words";
import "./checkin.css";

export function CheckInBanner() {
  const now = useNow();
  const { setCheckIn } = useSound();
  const state = useCheckIn().data;
  const isHeard = sounds(state, now);
  useEffect(() => setCheckIn(isHeard), [setCheckIn, isHeard]);
  return (
    <>
      {missed(state, now).map((post) => (
        <Missed key={post.last.window} post={post} />
      ))}
      {calling(state, now).map((post) => (
        <Calling key={post.current.window} post={post} person={state?.person ?? ""} nowMs={now} />
      ))}
    </>
  );
}

function Calling({ post, person, nowMs }: { post: Post & { current: CheckInWindow }; person: string; nowMs: number }) {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const { sending, answer } = useAnswering();
  const stage = stageOf(post.current, nowMs);
  return (
    <div className="wk-banner wk-banner-check-in" data-banner={stage === "sounding" ? "check-in-sounding" : "check-in"}>
      <b>
        {w.checkIn} · {told(post, "place", language)}
      </b>{" "}
      <span role="timer" data-abnormal={stage === "sounding"}>
        {w.left} {duration(leftS(post.current, nowMs), language)}
      </span>
      {may("POST /duty/check-in") &&
        (person === "" ? (
          <span>{w.noPerson}</span>
        ) : (
          <Button type="primary" data-check-in loading={sending.busy} onClick={() => void answer(post.current)}>
            {w.answer}
          </Button>
        ))}
      <Said sending={sending} />
    </div>
  );
}

/** The gap is an incident, which escalates like any other: its level is shown as it stands. */
function Missed({ post }: { post: Post & { last: CheckInWindow } }) {
  const w = useWords(table);
  const language = useLanguage();
  const { zone } = useSession();
  const { selection } = useLive();
  const navigate = useNavigate();
  const no = useGap(post.last.window).data?.incident ?? null;
  const incident = useIncident(no ?? 0);
  return (
    <div className="wk-banner wk-banner-missed" role="status" data-banner="check-in-missed">
      <span>{w.missed(told(post, "place", language), clockTime(post.last.ends_at, zone))}</span>
      {incident !== undefined && <span> · {incident.escalation > 0 ? w.escalated(incident.escalation) : w.notEscalated}</span>}{" "}
      {no !== null && (
        <Button
          size="small"
          onClick={() => {
            selection.select(no);
            navigate("/queue");
          }}
        >
          {w.incident(no)}
        </Button>
      )}
    </div>
  );
}
