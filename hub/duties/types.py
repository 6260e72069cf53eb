"""What duties are made of. Times are UTC microseconds unless a name says otherwise."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import msgspec

from hub.duties.schedule import OccasionKind, Schedule

HUB_SOURCE = "hub"
"""The source of what people enter at the hub itself: it has always reported up to now."""

GAP = "duty_gap"
"""The detector of a gap's incident."""

WindowState = Literal["open", "kept", "unproven", "missed", "withdrawn"]
Evidence = Literal["scan", "answer", "report"]
"""scan: somebody was at a place. answer: a post answered. report: a form was filled in."""
Order = Literal["free", "set", "random"]
"""In which order a route's places are visited: any, as listed, or drawn anew for each round."""
Medium = Literal["nfc", "rfid", "ibutton", "qr", "card", "hand"]
"""How a scan was made. `hand`: entered by a person."""

Flag = Literal[
    "unknown_tag", "revoked_tag", "out_of_order", "too_fast", "wrong_person", "two_places", "weak_medium", "clock_off",
    "from_the_future", "too_late", "altered", "unknown_person", "time_unproven",
]  # fmt: skip
"""Why a scan looks odd; see docs/design/duties.md."""


class LaneKey(NamedTuple):
    """One duty on one route at one place."""

    duty: str
    route: str
    place: str


class Window(msgspec.Struct, frozen=True, gc=False):
    """A row of `duty_window`. `evidence`: the key of the scan that filled it, as SOURCE|KEY. `note`: what else is
    known, several with spaces between (`early`, `visited_late`, `detected_late`, `source_silent`, `source_away`,
    `records_lost`); `gap_us`: when
    its gap was raised."""

    window_id: str
    duty: str
    route: str
    place: str
    opens_us: int
    due_us: int
    ends_us: int
    plan_no: int
    state: WindowState = "open"
    settled_us: int | None = None
    gap_us: int | None = None
    evidence: str | None = None
    person: str = ""
    """Who kept it, or who was on duty when it ended, several with spaces between; empty: not known."""
    note: str = ""

    @property
    def lane(self) -> LaneKey:
        """Where it belongs."""
        return LaneKey(self.duty, self.route, self.place)


PERSON_TOLD = "person_told"
"""The field in which a scan has who made it, where the estate's staff does not know them."""


class ScanKey(NamedTuple):
    """A source, and its own name for a scan."""

    source: str
    key: str


class Scan(msgspec.Struct, frozen=True, gc=False):
    """A row of `scan`: a piece of evidence. `place` is empty where the tag is not known. `person`: an id of the estate's staff,
    or empty. `tag`: as read. `at_us`: when it was made, on the hub's time line; `device_at_us`: by the device's own clock.
    `fields`: what a report holds."""

    source: str
    key: str
    place: str
    at_us: int
    received_us: int
    person: str = ""
    medium: Medium = "hand"
    tag: str = ""
    person_tag: str = ""
    """The tag of whoever made it, by its keyed hash."""
    duty: str = ""
    """Only for answers and reports: the duty that it is meant for."""
    device_at_us: int | None = None
    flags: tuple[Flag, ...] = ()
    fields: dict[str, Any] = {}

    @property
    def id(self) -> ScanKey:
        """Its key."""
        return ScanKey(self.source, self.key)

    @property
    def person_told(self) -> str:
        """Who is said to have made it, though the staff has nobody of that id; empty: `person` says all that is known. A report's
        fields are the form's."""
        return "" if self.duty else str(self.fields.get(PERSON_TOLD, ""))


Taken = Literal["new", "duplicate", "altered"]
"""What became of a scan that came in: the same name with another content is `altered`."""


class Seen(NamedTuple):
    """A scan as it came in, before tags are looked up. `clock_off_us`: the device's clock less the true time, as far as is known.
    `place` and `person` are set where the source knows them itself. `time_proven`: `at_us` does not hang on a clock that
    people can set."""

    source: str
    key: str
    at_us: int
    medium: Medium
    tag: str = ""
    person_tag: str = ""
    place: str = ""
    person: str = ""
    duty: str = ""
    device_at_us: int | None = None
    clock_off_us: int = 0
    fields: Mapping[str, Any] = MappingProxyType({})
    time_proven: bool = True


class Duty(msgspec.Struct, frozen=True):
    """A duty as it is planned: what the policy says, under its clause. `schedule`: the schedules of the policy, as
    hub/duties/schedule.py knows them. `by`: the posts whose people may do it; empty: anybody. `void`: flags with which a scan
    does not count. `requires`: fields that a report must have; `equal`: pairs of fields that must be equal."""

    duty: str
    clause: str
    zh: str
    en: str
    evidence: Evidence
    schedule: tuple[Schedule, ...]
    tolerance_s: float = 0.0
    early_s: float = 0.0
    priority: Literal[1, 2, 3, 4] = 3
    by: tuple[str, ...] = ()
    void: tuple[Flag, ...] = ()
    requires: tuple[str, ...] = ()
    equal: tuple[tuple[str, str], ...] = ()


class Route(msgspec.Struct, frozen=True):
    """A row of the estate file's `routes`: where a duty is done and what brings its evidence. `sources`: devices, phones, or
    `hub`."""

    id: str
    duty: str
    places: tuple[str, ...]
    sources: tuple[str, ...]
    order: Order = "free"
    name_zh: str = ""
    name_en: str = ""


class Person(msgspec.Struct, frozen=True):
    """A row of the estate file's `staff`."""

    id: str
    name_zh: str
    name_en: str
    post: str = "guard"


class Tag(msgspec.Struct, frozen=True):
    """A row of `tag`: what was enrolled. Exactly one of `place` and `person` is set. It counts from `from_us` until
    `until_us`."""

    tag: str
    medium: Medium
    place: str
    person: str
    from_us: int
    until_us: int | None = None
    reason: str = ""
    """Why it ended: lost, broken, revoked, replaced."""


class Shift(msgspec.Struct, frozen=True):
    """A row of `roster`: a person is on duty on a route, or everywhere where `route` is empty."""

    person: str
    route: str
    from_us: int
    until_us: int


class Occasion(msgspec.Struct, frozen=True):
    """A row of `occasion`: something that schedules of the type `occasion` go by, such as a warning of bad weather. `until_us`
    None: it goes on, or nobody has said."""

    occasion: str
    kind: OccasionKind
    from_us: int
    until_us: int | None = None
    note: str = ""
