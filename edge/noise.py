"""Bytes that were not understood, counted, so that a noisy line cannot fill the spool."""

from contract.clock import US_PER_S
from contract.readings import BadBytes

PERIOD_US = 60 * US_PER_S
REASONS_MAX = 16
MAX_REASON = 40
OTHER = "other"
_EXAMPLE_BYTES = 64


class Noise:
    """The findings of one device. The first of a reason is told at once, then each reason at most once a period.

    More than REASONS_MAX reasons are told as `other`. Not thread-safe: the device's source guards it.
    """

    def __init__(self) -> None:
        self._told_us: dict[str, int] = {}
        self._waiting: dict[str, tuple[int, str]] = {}
        self.total = 0

    def take(self, reason: str, data: bytes, mono_us: int) -> BadBytes | None:
        """Count one finding. The reading to append now, or None when it waits for its period's end."""
        self.total += 1
        name = reason[:MAX_REASON]
        if name not in self._told_us and len(self._told_us) >= REASONS_MAX:
            name = OTHER
        count, example = self._waiting.pop(name, (0, data[:_EXAMPLE_BYTES].hex()))
        told_us = self._told_us.get(name)
        if told_us is not None and mono_us - told_us < PERIOD_US:
            self._waiting[name] = (count + 1, example)
            return None
        self._told_us[name] = mono_us
        return BadBytes(reason=name, count=count + 1, bytes_hex=example)

    def due(self, mono_us: int, *, all_of_them: bool = False) -> list[BadBytes]:
        """What has waited for a period, or everything at an agent's end."""
        names = [name for name in self._waiting if all_of_them or mono_us - self._told_us[name] >= PERIOD_US]
        readings = []
        for name in names:
            count, example = self._waiting.pop(name)
            self._told_us[name] = mono_us
            readings.append(BadBytes(reason=name, count=count, bytes_hex=example))
        return readings
