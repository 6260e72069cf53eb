"""What a camera's file says, for `watchkeeper decode`: the same judging as live, on the file's own times."""

from contract.readings import Reading
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Finding
from drivers.rtsp_camera.messages import MAX_FILE_BYTES, Done, JudgeFile, Passage, Received, Trouble
from drivers.rtsp_camera.process import Child, ChildDied
from drivers.rtsp_camera.settings import Options

_TURN_S = 0.5
_QUIET_TURNS = 120
"""A child that says nothing for this many turns (a minute) is stopped."""
_MAX_ITEMS = 10_000


class FileDecoder:
    """One video file. Nothing is understood before its end, since a file's index may stand there.

    Findings: not_a_video, no_video, too_large (picture), too_long (file), bad_picture, child_died, child_stuck.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._too_long = False

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `drivers.port.Decoder`. A file over the limit is one finding, and the rest of it is let go."""
        if self._too_long:
            return Decoded(len(data), [])
        if len(data) > MAX_FILE_BYTES:
            self._too_long = True
            return Decoded(len(data), [Finding("too_long", 0, data[:MAX_EXAMPLE_BYTES])])
        if not end:
            return Decoded(0, [])
        return Decoded(len(data), self._judged(data) if data else [])

    def _judged(self, data: bytes) -> list[Reading | Finding]:
        items: list[Reading | Finding] = []
        try:
            child = Child(JudgeFile(self._options), data)
        except (OSError, ChildDied):
            return [Finding("child_died", 0, data[:MAX_EXAMPLE_BYTES])]
        try:
            self._collect(child, items)
        except ChildDied as error:
            items.append(Finding(str(error), 0, data[:MAX_EXAMPLE_BYTES]))
        finally:
            child.stop()
        return items

    def _collect(self, child: Child, items: list[Reading | Finding]) -> None:
        quiet = 0
        while quiet < _QUIET_TURNS and len(items) < _MAX_ITEMS:
            received = child.receive(_TURN_S)
            quiet = 0 if received else quiet + 1
            for one in received:
                if isinstance(one.report, Done):
                    return
                items.extend(_item(one))
        raise ChildDied("child_stuck")


def _item(one: Received) -> list[Reading | Finding]:
    if isinstance(one.report, Passage):
        return [one.report.reading]
    if isinstance(one.report, Reading):
        return [one.report]
    if isinstance(one.report, Trouble):
        return [Finding(one.report.reason, one.report.offset, one.body)]
    return []
