"""The demo estate's plan: two floors as SVG, drawn from a few tables, and where everything stands on them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

WIDTH, HEIGHT = 1200, 800
GROUND, BASEMENT = "ground", "basement"
FLOORS = ((GROUND, "地面", "Ground", 1), (BASEMENT, "地下车库", "Underground garage", 2))
_LAND, _ROAD, _HOUSE, _GREEN, _LINE, _TEXT = "#D6D9DC", "#F2F3F4", "#AEB4BA", "#C8CCD0", "#7C838A", "#1F2429"


class Box(NamedTuple):
    """Something with walls, in the drawing's units."""

    x: int
    y: int
    width: int
    height: int
    name: str
    fill: str = _HOUSE


class Spot(NamedTuple):
    """Where something stands: its floor, and x and y in the drawing's units."""

    floor: str
    x: int
    y: int

    def row(self) -> dict[str, Any]:
        """As the estate file has it."""
        return {"floor": self.floor, "at": [round(self.x / WIDTH, 4), round(self.y / HEIGHT, 4)]}


_HOUSES = tuple(
    Box(130 + 290 * column, 120 + 400 * line, 200, 110, f"{3 * line + column + 1}号楼") for line in (0, 1) for column in range(3)
)
AREAS: Mapping[str, Box] = {
    "gate": Box(1030, 325, 122, 130, "东门"),
    "substation": Box(1040, 120, 80, 60, "配电房"),
    "bins": Box(1040, 220, 80, 50, "垃圾房"),
    "pumps": Box(50, 672, 260, 70, "水泵房"),
    "playground": Box(500, 300, 130, 70, "儿童乐园", _GREEN),
    "pond": Box(170, 300, 190, 70, "荷花池", _GREEN),
}
"""Places with an outline. Whoever shows the plan names them, in the reader's language."""
_GROUND = (
    *_HOUSES,
    Box(1040, 330, 60, 50, "岗亭"),
    *(AREAS[place] for place in ("substation", "bins", "playground", "pond")),
    *(Box(60 + 90 * at, 690, 60, 40, f"{at + 1}号泵") for at in range(3)),
)
_GATES = (Box(1154, 385, 12, 70, "", _LINE), Box(34, 385, 12, 70, "", _LINE))
_ROADS = (Box(42, 395, 1116, 50, "", _ROAD), Box(370, 70, 40, 680, "", _ROAD), Box(660, 70, 40, 680, "", _ROAD))
_BAYS = tuple(
    Box(110 + 50 * column, top, 44, 100, "", _ROAD)
    for top in (120, 250, 450, 580)
    for column in range(18)
    if column not in (6, 12)
)
_BASEMENT = (*_BAYS, Box(1030, 120, 110, 110, "弱电间"), Box(1030, 570, 110, 110, "消防间"))
_RAMP = Box(1080, 360, 80, 80, "坡道", _ROAD)

# fmt: off
SPOTS: Mapping[str, Spot] = {
    "board-doors": Spot(GROUND, 1055, 345), "board-meters": Spot(GROUND, 1085, 345), "frigate": Spot(GROUND, 1055, 367),
    "board-locks": Spot(GROUND, 1042, 356),
    "intruder": Spot(GROUND, 1070, 356), "fire": Spot(GROUND, 1085, 367),
    **{f"door-{at + 1}": Spot(GROUND, box.x + 90, box.y + box.height) for at, box in enumerate(_HOUSES[:4])},
    **{f"exit-{at + 1}": Spot(GROUND, box.x + 112, box.y + box.height - 12) for at, box in enumerate(_HOUSES[:4])},
    "lift-1": Spot(GROUND, 180, 175), "lift-2": Spot(GROUND, 470, 175), "lobby-view": Spot(GROUND, 250, 205),
    "reader-1": Spot(GROUND, 1128, 405), "reader-2": Spot(GROUND, 1128, 437), "reader-3": Spot(GROUND, 1050, 178),
    "reader-4": Spot(GROUND, 250, 225), "lobby-door": Spot(GROUND, 265, 230),
    "reader-5": Spot(GROUND, 1128, 352), "reader-6": Spot(GROUND, 1128, 368), "qr-1": Spot(GROUND, 1128, 384),
    "wicket-1": Spot(GROUND, 1145, 360), "plates-1": Spot(GROUND, 1128, 421),
    "wicket-2": Spot(GROUND, 50, 372), "reader-7": Spot(GROUND, 66, 372), "barrier-3": Spot(GROUND, 50, 420),
    "lift-hall": Spot(BASEMENT, 1060, 330), "reader-8": Spot(BASEMENT, 1040, 330),
    "barrier-1": Spot(GROUND, 1145, 410), "barrier-2": Spot(GROUND, 1145, 432),
    "wand-1": Spot(GROUND, 1030, 338), "wand-2": Spot(GROUND, 1030, 372),
    "camera-1": Spot(GROUND, 1110, 395), "camera-2": Spot(GROUND, 1110, 447), "camera-3": Spot(GROUND, 1020, 395),
    **{f"meter-{n}": Spot(GROUND, 90 * n + 26, 726) for n in range(1, 4)},
    "panel": Spot(BASEMENT, 1060, 150), "cabinet-1": Spot(BASEMENT, 1110, 150), "cabinet-2": Spot(BASEMENT, 1110, 656),
    "zigbee": Spot(BASEMENT, 1060, 200), "climate": Spot(BASEMENT, 600, 400),
}
"""Every device."""
PLACES: Mapping[str, Spot] = {
    "estate": Spot(GROUND, 600, 420), "gate": Spot(GROUND, 1070, 355), "garage": Spot(BASEMENT, 600, 400),
    "west": Spot(GROUND, 80, 400), "entry-lane": Spot(GROUND, 1120, 420),
    "pumps": Spot(GROUND, 180, 680), "lobby": Spot(GROUND, 230, 215), "playground": Spot(GROUND, 565, 335),
    "pond": Spot(GROUND, 265, 335), "roof": Spot(GROUND, 810, 175), "bins": Spot(GROUND, 1080, 245),
    "wall": Spot(GROUND, 600, 62), "monitor-room": Spot(GROUND, 1045, 367), "substation": Spot(GROUND, 1080, 150),
}
"""Every place, its checkpoint with it."""
# fmt: on


def place_row(place: str) -> dict[str, Any]:
    """Where the place is, as the estate file has it."""
    row, box = PLACES[place].row(), AREAS.get(place)
    if box is not None:
        xs, ys = ((start / whole, (start + size) / whole) for start, size, whole in _spans(box))
        row["area"] = [[round(x, 4), round(y, 4)] for x, y in ((xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1]))]
    return row


def _spans(box: Box) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return (box.x, box.width, WIDTH), (box.y, box.height, HEIGHT)


def write_drawings(folder: Path) -> list[dict[str, Any]]:
    """Write the floors' drawings into the folder. Returns the estate file's rows of floors."""
    drawn = {GROUND: _svg("湖畔花园", (*_ROADS, *_GATES), _GROUND), BASEMENT: _svg("地下车库", (_RAMP,), _BASEMENT)}
    rows = []
    for floor, zh, en, order in FLOORS:
        file = f"plan-{floor}.svg"
        (folder / file).write_text(drawn[floor], encoding="utf-8")
        rows.append({"id": floor, "name_zh": zh, "name_en": en, "order": order, "drawing": file})
    return rows


def _svg(title: str, below: Iterable[Box], above: Iterable[Box]) -> str:
    land = f'<rect x="40" y="40" width="1120" height="720" fill="{_LAND}" stroke="{_LINE}" stroke-width="4"/>'
    body = "".join((land, *(_box(box) for box in (*below, *above))))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    return f"{head}<title>{title}</title>{body}</svg>\n"


def _box(box: Box) -> str:
    stroke = "" if not box.name else f' stroke="{_LINE}" stroke-width="2"'
    shape = f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" fill="{box.fill}"{stroke}/>'
    if not box.name or box in AREAS.values():
        return shape
    size = 22 if box.width >= 100 else 15
    x, y = box.x + box.width // 2, box.y + box.height // 2 + size // 3
    return f'{shape}<text x="{x}" y="{y}" font-size="{size}" text-anchor="middle" fill="{_TEXT}">{box.name}</text>'
