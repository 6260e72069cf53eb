"""Motion in one zone: it begins, lasts and ends, by the zone's kind and hours."""

import cv2
import numpy as np

from drivers.analysis.motion import Mask, Moved
from drivers.analysis.settings import Kind, Zone
from drivers.analysis.small import HEIGHT, WIDTH
from drivers.analysis.told import Told, ZoneKind

_LEAST_PIXELS = 4
"""Of the small picture: so many must move in the zone."""
_LEAVES_S = 3.0
"""Somebody who stays may be lost from sight for so long."""
_FRESH_S = 1.5
"""What was first seen at most so long ago is told from then."""


class ZoneWatch:
    """Watches one zone; None is the whole picture. `quiet_s`: after how long without motion it has ended."""

    def __init__(self, zone: Zone | None, quiet_s: float) -> None:
        self._name = "" if zone is None else zone.name
        self._kind: Kind = "motion" if zone is None else zone.kind
        self._hours = "" if zone is None else zone.hours
        self._lasts_s = 0.0 if zone is None else zone.lasts_s
        self._mask = None if zone is None else mask_of(zone)
        self._quiet_s = max(quiet_s, _LEAVES_S) if self._kind == "loitering" else quiet_s
        self._since_s: float | None = None
        self._last_s = 0.0
        self._told: ZoneKind | None = None

    def see(self, at_s: float, moved: Moved, minute: int | None) -> tuple[Told, ...]:
        """One more picture. `minute`: of the day at the site; None: the hours do not matter."""
        active_hours = minute is None or within(self._hours, minute)
        what = self._what(active_hours)
        if self._told is not None and what != self._told:
            return self._ends(self._last_s)
        if what is not None and self._is_in(moved.present if self._kind == "loitering" else moved.moving):
            if self._since_s is None:
                self._since_s = moved.since_s if 0 <= at_s - moved.since_s < _FRESH_S and moved.moving is not None else at_s
            self._last_s = at_s
            if self._told is None and at_s - self._since_s >= self._lasts_s:
                self._told = what
                return (Told(what, active=True, since_s=self._since_s, zone=self._name),)
            return ()
        return self._ends(self._last_s) if self._since_s is not None and at_s - self._last_s > self._quiet_s else ()

    def ends(self) -> tuple[Told, ...]:
        """The stream has ended, and with it what was seen."""
        return self._ends(self._last_s)

    def _ends(self, at_s: float) -> tuple[Told, ...]:
        told, self._told, self._since_s = self._told, None, None
        return () if told is None else (Told(told, active=False, since_s=at_s, zone=self._name),)

    def _what(self, active_hours: bool) -> ZoneKind | None:
        if self._kind != "motion":
            return self._kind if active_hours else None
        return "after_hours" if self._hours and active_hours else "motion"

    def _is_in(self, mask: Mask | None) -> bool:
        if mask is None:
            return False
        return self._mask is None or cv2.countNonZero(cv2.bitwise_and(mask, self._mask)) >= _LEAST_PIXELS


def mask_of(zone: Zone) -> Mask:
    """The zone's pixels of the small picture."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    corners = np.array([(x * WIDTH - 0.5, y * HEIGHT - 0.5) for x, y in zone.area])
    cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 255)
    return mask


def within(hours: str, minute: int) -> bool:
    """Whether a minute of the day lies in hours such as 22:00-06:00, which go through the night. Empty hours are always."""
    if not hours:
        return True
    begins, ends = (int(time[:2]) * 60 + int(time[3:]) for time in hours.split("-"))
    return begins <= minute < ends if begins < ends else minute >= begins or minute < ends
