"""What a restore of the hub's database has lost of people's evidence. Pure.

Agents send again what a backup lacks. A phone does not: it was told that its scans are kept, and has thrown them away; and what
somebody entered at the hub is nowhere else. So for the time in between it proves nothing that there is no evidence.
"""

from collections.abc import Iterable

import msgspec

from hub.duties.types import HUB_SOURCE, Window

RESTORED = "restored"
"""The owner of the site's row of `detector_state` that holds its restores: a JSON list of Restore."""
RESTORES_MAX = 20
"""So many are remembered, the last ones: a year's window is judged long after, and nobody restores a hub every month."""


class Restore(msgspec.Struct, frozen=True):
    """A restore at `at_us`, from a backup whose newest row is of `last_us`. `told`: up to when each source had told everything,
    as the backup has it."""

    at_us: int
    last_us: int
    told: dict[str, int]

    def since_us(self, source: str) -> int:
        """From when on the source's evidence may be lost; from ever, where it had never said how far it has told."""
        return self.last_us if source == HUB_SOURCE else self.told.get(source, -1)


_decoder = msgspec.json.Decoder(list[Restore])


def restores_text(restores: Iterable[Restore]) -> str:
    """As the row holds them."""
    return msgspec.json.encode(list(restores)[-RESTORES_MAX:]).decode()


def restores_from(text: str) -> list[Restore]:
    """What `restores_text` wrote. Raises msgspec.MsgspecError."""
    return _decoder.decode(text)


def is_lost(window: Window, sources: Iterable[str], restores: Iterable[Restore]) -> bool:
    """Whether evidence that was made in the window may be lost. `sources`: those of its route that people report by."""
    names = list(sources)
    return any(window.opens_us < one.at_us and window.ends_us > one.since_us(name) for one in restores for name in names)
