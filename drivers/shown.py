"""What was said with a picture, for every driver whose device shows one."""

import msgspec

from contract.readings import Reading
from drivers.port import DeviceLost, Finding, Sink
from drivers.talk import Said


def named(said: Said, sink: Sink) -> Reading:
    """Keep the picture, if there is one; the reading with its name. See `Said`. Raises DeviceLost."""
    if said.picture is None:
        return said.reading
    try:
        name = sink.picture(said.picture.jpeg, said.picture.width, said.picture.height, "")
    except DeviceLost:
        raise
    except Exception:  # whatever it is, the reading counts for more
        name = ""
    if not name:
        sink.finding(Finding("picture_not_kept", 0, b""))
        return said.reading
    return msgspec.structs.replace(said.reading, picture=name)
