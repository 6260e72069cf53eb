"""The maker's numbers for colours, kinds of vehicles, and what made the camera look."""

from typing import Final

from contract.readings import PlateColour

COLOURS: Final[dict[int, PlateColour]] = {
    0: "",
    1: "blue",
    2: "yellow",
    3: "white",
    4: "black",
    5: "green",
    6: "yellow_green",
}
VEHICLES: Final = {1: "轿车", 2: "SUV", 3: "MPV", 4: "小型客车", 5: "大型客车", 6: "小型货车", 7: "大型货车"}
NOT_PASSING: Final = frozenset((64, 65, 66))
"""What made it look: a vehicle that stays, that stays no longer, that turned back. It has passed already, or does not."""
FAKE_TYPE: Final = 29
"""The kind of plate that is none: a picture of one."""
NO_PLATE: Final = frozenset(("", "_无_", "无", "无牌车", "_无牌车_", "unknown"))
"""What stands in the place of a plate that was not read."""
UNKNOWN_BRANDS: Final = frozenset((0, 255, 65_535))
