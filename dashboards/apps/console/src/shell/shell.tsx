/** What every room stands in: the head, the banners, the most urgent slot. The rooms' order is the table's. */
import { dateTime, told, useKeys, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { lazy, useState } from "react";
import { Navigate, NavLink, Route, Routes } from "react-router";
import { useSetLanguage } from "../language";
import { ReportButton } from "../report/report";
import { ROOMS, type Room, roomWords } from "../rooms";
import { useSession } from "../session/session";
import { Banners } from "./banners";
import { useFetchAhead } from "./fetch-ahead";
import { GateJump } from "./gate-jump";
import { Help } from "./help";
import { SoundControl } from "./sound-control";
import { Urgent } from "./urgent";
import { Walled } from "./walled";
import { table } from "./words";

const Me = lazy(() => import("../rooms/people/me"));

export function Shell() {
  const w = useWords(table);
  const { may } = useSession();
  const rooms = ROOMS.filter((room) => may(room.needs));
  useFetchAhead(rooms);
  const [help, setHelp] = useState(false);
  useKeys({ "?": () => setHelp(true) });
  const first = rooms[0];
  return (
    <div className="wk-shell">
      <a className="wk-skip" href="#content">
        {w.skip}
      </a>
      <Head rooms={rooms} onHelp={() => setHelp(true)} />
      <Urgent />
      <main id="content" tabIndex={-1}>
        <Routes>
          {rooms.map((room) => (
            <Route
              key={room.path}
              path={`/${room.path}/*`}
              element={
                <Walled key={room.path}>
                  <room.page />
                </Walled>
              }
            />
          ))}
          <Route
            path="/me/*"
            element={
              <Walled key="me">
                <Me />
              </Walled>
            }
          />
          <Route
            path="*"
            element={first === undefined ? <p className="wk-quiet">{w.denied}</p> : <Navigate to={`/${first.path}`} replace />}
          />
        </Routes>
      </main>
      {may("GET /devices") && <GateJump />}
      {/* below: a line that comes up here moves nothing that somebody points at */}
      <Banners />
      <Help open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

function Head({ rooms, onHelp }: { rooms: readonly Room[]; onHelp: () => void }) {
  const w = useWords(table);
  const names = useWords(roomWords);
  const language = useLanguage();
  const setLanguage = useSetLanguage();
  const { me, signOut } = useSession();
  return (
    <header className="wk-head">
      <strong>{told(me, "estate", language)}</strong>
      <nav aria-label={w.rooms}>
        {rooms.map((room) => (
          <NavLink key={room.path} to={`/${room.path}`}>
            {names[room.word]}
          </NavLink>
        ))}
      </nav>
      <ReportButton />
      <SoundControl />
      <WallClock />
      <NavLink to="/me" className="wk-me" title={w.ownAccount}>
        <span data-user-data>{me.name}</span> · {told(me, "role", language)}
      </NavLink>
      <Button size="small" onClick={onHelp} aria-label={w.help}>
        ?
      </Button>
      <Button size="small" lang={language === "zh" ? "en" : "zh-CN"} onClick={() => setLanguage(language === "zh" ? "en" : "zh")}>
        {w.language}
      </Button>
      <Button size="small" onClick={() => void signOut()}>
        {w.signOut}
      </Button>
    </header>
  );
}

function WallClock() {
  const { zone } = useSession();
  const now = useNow();
  const iso = new Date(Math.max(now, 0)).toISOString();
  return (
    <time className="wk-clock" dateTime={iso}>
      {dateTime(iso, zone)}
    </time>
  );
}
