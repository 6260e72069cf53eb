"""What the analysis tells: a state that begins or ends."""

from typing import Literal, NamedTuple

ZoneKind = Literal["motion", "after_hours", "intrusion", "loitering"]
TamperKind = Literal["dark", "blinded", "frozen", "defocused", "moved", "occluded"]
ZONE_KINDS: tuple[ZoneKind, ...] = ("motion", "after_hours", "intrusion", "loitering")
TAMPER_KINDS: tuple[TamperKind, ...] = ("dark", "blinded", "frozen", "defocused", "moved", "occluded")


class Told(NamedTuple):
    """`since_s`: when it began, or when it ended, which is some pictures before it was told. `zone`: of a zone's kinds, its name,
    empty for the whole picture. `mean_luma`: of `dark`."""

    kind: ZoneKind | TamperKind
    active: bool
    since_s: float
    zone: str = ""
    mean_luma: float = 0.0
