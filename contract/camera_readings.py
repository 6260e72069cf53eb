"""What a camera's stream and its analysis say. `contract.readings` has these kinds too, beside all others."""

from typing import Literal

from contract.reading import Reading


class CameraLink(Reading, frozen=True):
    """The stream was reached or lost. `reason` is a name: `opened`, `refused`, `ended`, `timeout`, `child_died`…"""

    SORT = "alarm"
    connected: bool
    reason: str = ""


class PictureDark(Reading, frozen=True):
    """The picture is (no longer) dark. `mean_luma` is 0-255."""

    SORT = "alarm"
    active: bool
    mean_luma: float = 0.0


class PictureFrozen(Reading, frozen=True):
    """Frames arrive, and they are (no longer) all the same picture."""

    SORT = "alarm"
    active: bool


class PictureBlinded(Reading, frozen=True):
    """A strong light shines into the camera, or no longer does."""

    SORT = "alarm"
    active: bool


class PictureDefocused(Reading, frozen=True):
    """The picture is (no longer) out of focus."""

    SORT = "alarm"
    active: bool


class PictureMoved(Reading, frozen=True):
    """The camera looks somewhere else, or again where it did."""

    SORT = "alarm"
    active: bool


class PictureOccluded(Reading, frozen=True):
    """Something covers a good part of the view, or no longer does."""

    SORT = "alarm"
    active: bool


class MotionSeen(Reading, frozen=True):
    """Something began to move in a zone, or no longer does. `zone` is the installer's name of it, empty for the whole picture.

    `what`: plain `motion`; `after_hours`: motion in the hours in which there should be none; `intrusion`: motion that lasted;
    `loitering`: somebody stayed. `began_us`, `ended_us`: by the agent's wall clock, of the first and the last picture that
    shows it, which come before the record."""

    active: bool
    zone: str = ""
    what: Literal["motion", "after_hours", "intrusion", "loitering"] = "motion"
    began_us: int | None = None
    ended_us: int | None = None


class SnapshotTaken(Reading, frozen=True):
    """A JPEG waits at the agent, or has been sent, under `picture`. `order` is the order that asked for it."""

    picture: str
    sha256: str
    size_bytes: int
    width: int
    height: int
    order: str = ""


class ObjectSeen(Reading, frozen=True):
    """A camera's or an agent's analysis saw a thing: label, score 0-1, the zone's name, and the analysis's id of the track."""

    label: str
    score: float
    zone: str = ""
    track: str = ""
    ended: bool = False
