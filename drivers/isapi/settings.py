"""What an installer may set for a device that speaks ISAPI."""

from typing import Literal

import msgspec

from drivers.cameras.settings import HttpOptions, Names, check_devices

CardForm = Literal["csn32", "csn34", "wiegand34", "wiegand26"]


class IsapiOptions(HttpOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`doors`: the devices that a terminal's doors are, by the door's number; its own device without. `decides`: who opens the
    door. `terminal`: it opens by its own list, and its word is told as the decision; `agent`: it only says who is there.
    `card`: as which card a terminal's number is known at the other readers: all 32 bits of it, as by a reader with 32 or 34 bits
    without a facility code; or what a 34 bit (H10306) or 26 bit (H10301) reader sends of it."""

    doubtful_below: float = 0.5
    doors: Names = msgspec.field(default_factory=dict)
    decides: Literal["terminal", "agent"] = "terminal"
    card: CardForm = "csn32"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_devices("doors", self.doors)

    @property
    def brings(self) -> tuple[str, ...]:
        """Other devices whose readings come by this one."""
        return (*super().brings, *self.doors.values())
