/** 平面图: a floor's drawing, and what stands where on it. */
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Select } from "antd";
import { useMemo, useRef, useState } from "react";
import { nameOf } from "../choices";
import { rowOf, rowsOf } from "../document";
import { useWork } from "../working";
import { AreaTools } from "./area-tools";
import { Canvas, type CanvasHandle } from "./canvas";
import { type PlacedKind, placedAt, spotsOn, takenOff } from "./placing";
import { type Share, shareText } from "./position";
import { Tray } from "./tray";
import { Upload } from "./upload";
import { table } from "./words";

export interface Chosen {
  readonly kind: PlacedKind;
  readonly id: string;
}
/** An area that is being drawn. */
export interface Outline {
  readonly place: string;
  readonly corners: readonly Share[];
}

export function Plan() {
  const w = useWords(table);
  const { document } = useWork();
  const floors = [...rowsOf(document, "floors")].sort((one, other) => Number(one.order ?? 0) - Number(other.order ?? 0));
  const [wish, setWish] = useState<string | null>(null);
  const floor = floors.find((one) => one.id === wish)?.id ?? floors[0]?.id;
  if (floor === undefined) return <p className="wk-empty">{w.noFloors}</p>;
  return <Floor key={floor} floor={floor} onFloor={setWish} floors={floors.map((one) => one.id)} />;
}

function Floor({ floor, floors, onFloor }: { floor: string; floors: readonly string[]; onFloor: (floor: string) => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const { document, edit, view, mayWrite } = useWork();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [outline, setOutline] = useState<Outline | null>(null);
  const canvas = useRef<CanvasHandle>(null);
  const spots = useMemo(() => spotsOn(document, floor), [document, floor]);
  const drawing = view.drawings.find((one) => one.floor === floor);
  const place = ({ kind, id }: Chosen, at: Share, tag?: string) => edit((before) => placedAt(before, kind, id, floor, at), tag);
  const choose = (one: Chosen, centre: boolean) => {
    setChosen(one);
    canvas.current?.focus();
    const spot = spots.find((other) => other.kind === one.kind && other.id === one.id);
    if (centre && spot !== undefined) canvas.current?.show(spot.at);
  };
  const takeOff = ({ kind, id }: Chosen) => edit((before) => takenOff(before, kind, id));
  const row = chosen === null ? undefined : rowOf(document, chosen.kind, chosen.id);
  return (
    <section className="wk-drawing" aria-label={w.floor}>
      <div className="wk-estate-tools">
        <Select
          aria-label={w.floor}
          value={floor}
          onChange={onFloor}
          options={floors.map((id) => {
            const known = rowOf(document, "floors", id);
            return { value: id, label: known === undefined ? id : nameOf(known, language) };
          })}
        />
        {mayWrite && <Upload floor={floor} drawing={drawing} />}
        {mayWrite && <AreaTools floor={floor} outline={outline} onOutline={setOutline} />}
        <output className="wk-drawing-chosen" data-chosen={chosen?.id}>
          {row !== undefined && (
            <>
              {w.selected}: <b lang="zh">{nameOf(row, language)}</b> {shareText(row.at)}
            </>
          )}
        </output>
      </div>
      <div className="wk-drawing-body">
        <Tray
          floor={floor}
          chosen={chosen}
          spots={spots}
          onChoose={(one) => choose(one, true)}
          onPut={(one) => {
            place(one, canvas.current?.centre() ?? [0.5, 0.5]);
            choose(one, false);
          }}
          onDrop={(one, x, y) => {
            const at = canvas.current?.shareAt(x, y);
            if (at === null || at === undefined) return;
            place(one, at);
            choose(one, false);
          }}
        />
        <Canvas
          ref={canvas}
          {...{ floor, drawing, spots, chosen, outline }}
          onChoose={setChosen}
          onPlace={place}
          onTakeOff={takeOff}
          onOutline={setOutline}
        />
      </div>
      {mayWrite && <p className="wk-quiet">{w.help}</p>}
    </section>
  );
}
