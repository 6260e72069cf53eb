"""The register's rows, and the policy's numbers about looking (MON-5). Pure."""

from typing import Literal, NamedTuple

from contract.clock import US_PER_S
from hub.cases.limits import Numbers, number
from hub.detectors.types import Detector

CLAUSE = "MON-5"
ViewKind = Literal["view", "export", "download"]
ExportState = Literal["queued", "making", "done", "failed", "cancelled", "expired"]
CAMERAS_MAX = 4
"""Shown at once by one link, or in one export."""
DAY_US = 86_400 * US_PER_S
VIEW_US_MAX = 6 * 3_600 * US_PER_S
EXPORT_US_MAX = DAY_US


class ViewRow(NamedTuple):
    """Who looked at which cameras' footage of which time, or took it, and why. `account`: the key of who it was; `incident`: the
    case it is about; `receiver`, `ticket`, `export`: of an export."""

    view: str
    kind: ViewKind
    at_us: int
    account: str
    actor: str
    role: str
    reason: str
    devices: tuple[str, ...]
    from_us: int
    to_us: int
    incident: int | None = None
    receiver: str = ""
    ticket: str = ""
    export: str = ""


class ExportRow(NamedTuple):
    """An archive, made or to be made. `view`: the register's row of who asked. `file`: its name in the folder of exports;
    `detail`: of a failed one, why."""

    export: str
    view: str
    stream: str
    state: ExportState
    detail: str
    asked_us: int
    ended_us: int | None
    expires_us: int | None
    size_bytes: int
    sha256: str
    file: str


class Limits(NamedTuple):
    """`link_us`: how long a link lasts unused; `views`, `exports`: how many a person may ask for in 24 h; `export_us`: how long
    an archive is kept."""

    link_us: int
    views: int
    exports: int
    export_us: int


class FootageOver(NamedTuple):
    """Somebody wants to look at, or take, more than the policy lets: an incident says so. Answered None."""

    actor: str
    kind: Literal["view", "export"]
    limit: int


def limits_of(policy: Numbers) -> Limits:
    """The numbers in force."""
    return Limits(
        int(number(policy, CLAUSE, "link_s") * US_PER_S),
        int(number(policy, CLAUSE, "views")),
        int(number(policy, CLAUSE, "exports")),
        int(number(policy, CLAUSE, "export_days") * DAY_US),
    )


def _never(*_: object) -> None:
    """It comes of people's acts: nothing is stepped."""


FOOTAGE_OVER = Detector("footage_views_over", CLAUSE, 2, (), None, _never)
