/** 门禁: how the gates stand, who went through, who is in, what was opened and why, and what is looked for. Each has an address. */
import type { Route } from "@watchkeeper/api";
import { useWords } from "@watchkeeper/ui";
import type { ComponentType } from "react";
import { Link, useParams } from "react-router";
import { useSession } from "../../session/session";
import { Barriers } from "./barriers";
import { OpeningsView } from "./openings";
import { PassagesView } from "./passages";
import { PresenceView } from "./presence";
import { WatchListView } from "./watch";
import { table } from "./words-pages";
import "../../forms.css";
import "../../parts/parts.css";
import "./gates.css";

interface Page {
  readonly path: string;
  readonly word: "v_gates" | "v_passages" | "v_presence" | "v_openings" | "v_watch";
  readonly needs: Route;
  readonly page: ComponentType;
}

const PAGES: readonly Page[] = [
  { path: "", word: "v_gates", needs: "GET /devices", page: Barriers },
  { path: "passages", word: "v_passages", needs: "GET /passages", page: PassagesView },
  { path: "presence", word: "v_presence", needs: "GET /presence", page: PresenceView },
  { path: "openings", word: "v_openings", needs: "GET /reconciliation", page: OpeningsView },
  { path: "watch", word: "v_watch", needs: "GET /watch-list", page: WatchListView },
];

export default function Gates() {
  const w = useWords(table);
  const { may } = useSession();
  const asked = useParams()["*"] ?? "";
  // a number is a gate of the first page: G leads there
  const path = /^\d*$/.test(asked) ? "" : asked;
  const pages = PAGES.filter((one) => may(one.needs));
  const shown = pages.find((one) => one.path === path);
  return (
    <div className="wk-gates-room">
      <nav className="wk-room-views" aria-label={w.room}>
        {pages.map((one) => (
          <Link
            key={one.path}
            to={one.path === "" ? "/gates" : `/gates/${one.path}`}
            className={one === shown ? "active" : ""}
            aria-current={one === shown ? "page" : undefined}
          >
            {w[one.word]}
          </Link>
        ))}
      </nav>
      {shown === undefined ? <p className="wk-empty">{w.elsewhere}</p> : <Shown of={shown} />}
    </div>
  );
}

function Shown({ of }: { of: Page }) {
  if (of.path === "") return <of.page />;
  return (
    <div className="wk-room wk-gates-page">
      <of.page />
    </div>
  );
}
