/** Drawing the area of a place, corner by corner. */
import { useWords } from "@watchkeeper/ui";
import { Button, Select } from "antd";
import { useChoices } from "../choices";
import { useWork } from "../working";
import type { Outline } from "./index";
import { withArea } from "./placing";
import { table } from "./words";

const CORNERS_MIN = 3;

export function AreaTools({
  floor,
  outline,
  onOutline,
}: {
  floor: string;
  outline: Outline | null;
  onOutline: (outline: Outline | null) => void;
}) {
  const w = useWords(table);
  const { place: places } = useChoices();
  const { edit } = useWork();
  const finish = useFinish(floor, outline, onOutline);
  if (outline === null) {
    return (
      <Select
        showSearch={{ optionFilterProp: "label" }}
        aria-label={w.drawArea}
        placeholder={`${w.drawArea}…`}
        value={null}
        options={[...places]}
        onChange={(place: string | null) => place !== null && onOutline({ place, corners: [] })}
      />
    );
  }
  return (
    <span className="wk-drawing-outline" role="status">
      <b lang="zh">{places.find((one) => one.value === outline.place)?.label}</b>
      {w.drawing(outline.corners.length)}
      <Button onClick={finish} disabled={outline.corners.length < CORNERS_MIN}>
        {w.finish}
      </Button>
      <Button
        onClick={() => onOutline({ ...outline, corners: outline.corners.slice(0, -1) })}
        disabled={outline.corners.length === 0}
      >
        {w.back}
      </Button>
      <Button
        onClick={() => {
          edit((before) => withArea(before, outline.place, floor, []));
          onOutline(null);
        }}
      >
        {w.clearArea}
      </Button>
      <Button onClick={() => onOutline(null)}>{w.cancel}</Button>
    </span>
  );
}

/** What ends the drawing: the corners are the place's area in the draft. */
export function useFinish(floor: string, outline: Outline | null, onOutline: (outline: Outline | null) => void): () => void {
  const { edit } = useWork();
  return () => {
    if (outline === null || outline.corners.length < CORNERS_MIN) return;
    edit((before) => withArea(before, outline.place, floor, outline.corners));
    onOutline(null);
  };
}
