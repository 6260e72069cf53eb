/** 影像: what cameras recorded, looked at with a reason; what is there of each day; what is held; what went out; and who looked. */
import { useWords } from "@watchkeeper/ui";
import { Views } from "../../parts/views";
import { useSession } from "../../session/session";
import { Calendar } from "./calendar";
import { Exports } from "./exports";
import { Holds } from "./holds";
import { Register } from "./register";
import { Replay } from "./replay";
import { table } from "./words";
import "../../forms.css";
import "../../parts/print.css";
import "./footage.css";

export default function Footage() {
  const w = useWords(table);
  const { may } = useSession();
  const views = [
    ...(may("POST /footage/views") ? [{ path: "", name: w.v_replay, page: Replay }] : []),
    ...(may("GET /footage/proof") ? [{ path: "calendar", name: w.v_calendar, page: Calendar }] : []),
    ...(may("GET /footage/holds") ? [{ path: "holds", name: w.v_holds, page: Holds }] : []),
    ...(may("GET /footage/exports") ? [{ path: "exports", name: w.v_exports, page: Exports }] : []),
    ...(may("GET /footage/register") ? [{ path: "register", name: w.v_register, page: Register }] : []),
  ];
  const [first, ...others] = views;
  // the first stands at the room's own address, whichever it is
  return <Views room="footage" label={w.room} views={first === undefined ? [] : [{ ...first, path: "" }, ...others]} />;
}
