"""Maintenance windows: what is found there meanwhile is held back, and released at the end where it still holds. Pure."""

from collections.abc import Collection

import msgspec

from contract.clock import US_PER_S
from hub.cases.alarms import ALWAYS_HEARD, FIRE, AlarmRule
from hub.cases.limits import Numbers, number
from hub.cases.types import Refusal
from hub.detectors.table import BY_NAME
from hub.refusals import refusal_text

WINDOWS_MAX = 100
AHEAD_DAYS = 30
_DAY_US = 86_400 * US_PER_S
_GAP = "duty_gap"
"""Work on a device keeps nobody from a round: duties are held back only where the window names them."""


class Maintenance(msgspec.Struct, frozen=True):
    """A row of `maintenance`. Where `place`, `device` and `detector` are given, all of them must fit; `place` holds what lies in
    it too. `held` and `released` count cases; `ended_us`: when it was over."""

    window_id: str
    place: str
    device: str
    detector: str
    from_us: int
    until_us: int
    reason: str
    actor: str
    made_us: int
    ended_us: int | None = None
    held: int = 0
    released: int = 0


def holds(window: Maintenance, detector: str, device: str, around: Collection[str], rule: AlarmRule, now_us: int) -> bool:
    """Whether it holds back what a detector found at a device. `around`: the place and those it lies in."""
    if detector in ALWAYS_HEARD or rule.sound == FIRE or (detector == _GAP and window.detector != _GAP):
        return False
    if window.ended_us is not None or not window.from_us <= now_us < window.until_us:
        return False
    of_place = not window.place or window.place in around
    return of_place and window.device in ("", device) and window.detector in ("", detector)


def refusal(window: Maintenance, open_windows: int, policy: Numbers, now_us: int) -> Refusal | None:
    """Why the window may not be made, for what can be said without the estate."""
    longest_s = number(policy, "CMD-2", "maintenance_max_s")
    if not (window.place or window.device or window.detector):
        return _refused("no_scope")
    if window.detector not in ("", _GAP, *BY_NAME):
        return _refused("unknown_scope", what="detector", name=window.detector)
    if window.detector in ALWAYS_HEARD:
        return _refused("always_heard")
    in_order = window.from_us < window.until_us and window.until_us > now_us
    short = window.until_us - window.from_us <= longest_s * US_PER_S
    if not (in_order and short and window.from_us <= now_us + AHEAD_DAYS * _DAY_US):
        return _refused("wrong_maintenance_times", hours=longest_s / 3_600, days=AHEAD_DAYS)
    if open_windows >= WINDOWS_MAX:
        return _refused("too_many_maintenance", limit=WINDOWS_MAX)
    return None


def _refused(reason: str, **words: object) -> Refusal:
    return Refusal(reason, refusal_text(reason, **words))
