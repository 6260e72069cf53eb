/** The pages of one room: a row of links, and what they lead to. The first stands at the room's own address. */
import "./parts.css";
import type { ComponentType } from "react";
import { NavLink, Route, Routes } from "react-router";

export interface View {
  readonly path: string;
  readonly name: string;
  readonly page: ComponentType;
}

export function Views({ room, label, views }: { room: string; label: string; views: readonly View[] }) {
  return (
    <div className="wk-room">
      <nav className="wk-room-views" aria-label={label}>
        {views.map((view) => (
          <NavLink key={view.path} to={view.path === "" ? `/${room}` : `/${room}/${view.path}`} end>
            {view.name}
          </NavLink>
        ))}
      </nav>
      <Routes>
        {views.map((view) => (
          <Route key={view.path} path={view.path} element={<view.page />} />
        ))}
      </Routes>
    </div>
  );
}
