"""Everything that is told from a camera's pictures, one after the other."""

from drivers.analysis import looks
from drivers.analysis.motion import Motion, Moved
from drivers.analysis.settings import Analysis
from drivers.analysis.small import Picture
from drivers.analysis.tamper import Tamper
from drivers.analysis.told import Told
from drivers.analysis.zones import ZoneWatch

PICTURE_S = 0.19
"""Pictures nearer to each other than this tell nothing more."""
_SUSPECT_S = 0.45
"""How often the view is looked at while it is not as it was."""
_STAYS_S = 60.0
_NOTHING = Moved()


class Analyser:
    """Takes one picture after the other; times rise. `tamper_s`: how often the view is compared while nothing is wrong with it.
    `quiet_s`: after how long without motion it has ended."""

    def __init__(self, options: Analysis, *, tamper_s: float = 7.0, quiet_s: float = 2.5) -> None:
        self._options = options
        self._looks = looks.State()
        longest_s = max((zone.lasts_s for zone in options.zones if zone.kind == "loitering"), default=0.0)
        self._motion = Motion(options.sensitivity, max(_STAYS_S, 2 * longest_s))
        self._zones = [ZoneWatch(zone, quiet_s) for zone in options.zones or (None,)] if options.motion else []
        self._tamper = Tamper(options.tamper_after_s)
        self._tamper_s = tamper_s
        self._looked_s: float | None = None
        self._anew = False
        self.moved = _NOTHING
        """What moves in the newest picture."""

    @property
    def calibrated(self) -> bool:
        """Whether motion and tampering can be told."""
        return self._motion.calibrated and self._tamper.calibrated

    @property
    def still(self) -> bool:
        """Whether nothing is seen to move, not even in one picture."""
        return not self._motion.stirs and self.moved.moving is None

    @property
    def doubtful(self) -> bool:
        """Whether one picture shows a mover, and one more would tell."""
        return self._motion.stirs and self.moved.moving is None

    def differs(self, picture: Picture) -> bool:
        """Whether a picture may show something that moves; it is not taken into account."""
        return bool(self._zones) and self._motion.differs(picture.luma)

    def anew(self) -> None:
        """The stream was lost and is back: tell each state anew. How the view was is still known."""
        self._looks = looks.State()
        self._tamper.anew()
        self._anew = True

    def see(self, picture: Picture, minute: int | None = None) -> list[Told]:
        """One more picture. `minute`: of the day at the site, for the zones' hours; None: they do not matter."""
        self._looks, changes = looks.judge(self._looks, picture, self._options, self._tamper.view)
        told = list(changes)
        if self._anew:
            self._anew = False
            told += [one for zone in self._zones for one in zone.anew(picture.at_s)]
        dark = bool(self._looks.looked_dark)
        if self._zones:
            self.moved = self._motion.see(picture.at_s, picture.luma)
            if dark or self._tamper.state is not None:
                self.moved = _NOTHING  # what covers the lens and its light are no motion
        for zone in self._zones:
            told += zone.see(picture.at_s, self.moved, minute)
        if picture.fine is not None and self._is_due(picture.at_s):
            self._looked_s = picture.at_s
            changed = self._tamper.see(picture.at_s, picture.fine, self.moved.moving, blind=dark)
            told += [Told(one.kind, one.active, one.since_s) for one in changed]
        return told

    def ends(self) -> list[Told]:
        """The stream has ended: what moved no longer does."""
        return [one for zone in self._zones for one in zone.ends()]

    def _is_due(self, at_s: float) -> bool:
        every_s = _SUSPECT_S if self._tamper.suspects or not self._tamper.calibrated else self._tamper_s
        return self._looked_s is None or self.moved.other_view or not 0 <= at_s - self._looked_s < every_s
