"""The base of all readings."""

from typing import ClassVar, Literal

import msgspec

MAX_TEXT = 200
"""Characters in any free text of a reading. Longer text is cut by whoever makes the reading."""


def kind_name(name: str) -> str:
    """`CardRead` → `card_read`."""
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


Sort = Literal["alarm", "event", "measurement"]


class Reading(msgspec.Struct, frozen=True, tag_field="kind", tag=kind_name, omit_defaults=True, gc=False):
    """The base of all kinds. `SORT` says in which order a full spool drops: measurements, then events, then alarms."""

    SORT: ClassVar[Sort] = "event"
    STORED: ClassVar[bool] = False
    """Readings of this kind may have waited in the device's memory: that one arrives does not prove that the device has nothing
    older to tell, so its `at_us` moves no watermark."""

    @property
    def kind(self) -> str:
        """The name on the wire, such as `card_read`."""
        return str(self.__struct_config__.tag)
