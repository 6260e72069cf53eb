"""What a camera's stream says, to the sink: each record once, and a plate with its picture, if that comes soon."""

import msgspec

from drivers.cameras.heard import UNKNOWN, Heard, Reader, Shown
from drivers.cameras.units import Unit
from drivers.jpeg import Picture
from drivers.port import DeviceLost, Finding, Sink
from drivers.talk import Said
from drivers.told import Told


class Telling:
    """One run of a stream. A record that waits for its pictures is told when they are there, when another record comes, or after
    `wait_us`; a gate must not wait for a picture any longer. Belongs to one thread."""

    def __init__(self, sink: Sink, reader: Reader, told: Told, wait_us: int) -> None:
        self._sink = sink
        self._reader = reader
        self._told = told
        self._wait_us = wait_us
        self._waiting: Heard | None = None
        self._until_us = 0
        self._shown = Shown()

    def take(self, item: Unit | Finding, mono_us: int) -> None:
        """One unit of the stream, or damage in it."""
        if isinstance(item, Finding):
            self._sink.finding(item)
        elif item.kind == "picture":
            self._picture(item, mono_us)
        else:
            self.flush(mono_us)
            for one in self._reader.heard(item):
                self._one(one, mono_us)

    def idle(self, mono_us: int) -> None:
        """Time has passed."""
        if self._waiting is not None and mono_us >= self._until_us:
            self.flush(mono_us)

    def flush(self, mono_us: int) -> None:
        """Tell what waits, with the picture that there is."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        for _ in range(self._shown.bad):
            self._sink.finding(Finding("bad_picture", 0, b""))
        self._tell(waiting._replace(said=waiting.said._replace(picture=self._shown.best)), mono_us)

    def _picture(self, unit: Unit, mono_us: int) -> None:
        if self._waiting is None:
            return  # too late, or of a record that means nothing here
        self._shown.add(unit.data)
        if self._waiting.pictures != UNKNOWN and self._shown.count >= self._waiting.pictures:
            self.flush(mono_us)

    def _one(self, one: Heard | Finding, mono_us: int) -> None:
        self.flush(mono_us)
        if isinstance(one, Finding):
            self._sink.finding(one)
        elif self._told.is_again(one.key, mono_us):
            return
        elif one.pictures and self._wait_us:
            self._waiting, self._shown, self._until_us = one, Shown(), mono_us + self._wait_us
        else:
            self._tell(one, mono_us)

    def _tell(self, one: Heard, mono_us: int) -> None:
        said = one.said
        if said.picture is not None:
            said = self._with_picture(said, said.picture)
        self._sink.reading(said.reading, said.device_at_us, said.device)
        self._told.taken(one.key, mono_us)

    def _with_picture(self, said: Said, picture: Picture) -> Said:
        try:
            name = self._sink.picture(picture.jpeg, picture.width, picture.height, "")
        except DeviceLost:
            raise
        except Exception:  # whatever it is, the reading counts for more
            name = ""
        if not name:
            self._sink.finding(Finding("picture_not_kept", 0, b""))
            return said
        return said._replace(reading=msgspec.structs.replace(said.reading, picture=name))
