"""The near end of a cradle's wire: one question at a time, to one wand."""

from collections.abc import Callable
from threading import Event

from drivers.patrol_wand.frames import ANY_WAND, REFUSED, Frame, cut, frame_bytes
from drivers.port import Finding
from drivers.transports import Transport

TRIES = 3
READ_BYTES = 512
HEARD_BYTES_MAX = 4096
"""After so many bytes that hold no answer, a question counts as not answered."""


class NoAnswer(Exception):
    """The wand did not answer, or not with what was asked. The message is a name: `timeout`, `refused`, `babble`…"""


class Cradle:
    """`report` gets the names of what was heard and not understood. No bytes: they may be a guard's. Once `stop` is set nothing
    is asked twice."""

    def __init__(self, transport: Transport, timeout_s: float, report: Callable[[str], None], stop: Event) -> None:
        self._transport = transport
        self._timeout_s = timeout_s
        self._report = report
        self._stop = stop

    def ask(self, wand: int, command: int, payload: bytes = b"", *, tries: int = TRIES) -> Frame:
        """The wand's answer. Raises NoAnswer, DeviceLost."""
        for left in reversed(range(tries)):
            try:
                return self._ask(wand, command, payload)
            except NoAnswer as error:
                if str(error) == "refused" or not left or self._stop.is_set():
                    raise
        raise AssertionError("a question is tried once at least")

    def _ask(self, wand: int, command: int, payload: bytes) -> Frame:
        for _ in range(HEARD_BYTES_MAX // READ_BYTES):  # a late answer to an earlier question must not pass for this one's
            if not self._transport.read(READ_BYTES, 0):
                break
        self._transport.write(frame_bytes(wand, command, payload))
        heard, total = b"", 0
        while total < HEARD_BYTES_MAX:
            data = self._transport.read(READ_BYTES, self._timeout_s)
            heard, total = heard + data, total + len(data)
            frame, used, findings = _answer(heard, wand, command, end=not data)
            for finding in findings:
                self._report(finding.reason)
            if frame is not None and frame.command == REFUSED:
                raise NoAnswer("refused")
            if frame is not None:
                return frame
            if not data:
                raise NoAnswer("timeout")
            heard = heard[used:]
        raise NoAnswer("babble")


def _answer(heard: bytes, wand: int, command: int, *, end: bool) -> tuple[Frame | None, int, list[Finding]]:
    """The answer in what was heard, how many bytes are done with, and what was wrong among them. The question itself may be heard
    too, on a line that echoes."""
    findings: list[Finding] = []
    at = 0
    while at < len(heard):
        used, frame, finding = cut(heard, at, end=end)
        if not used:
            break
        if finding is not None:
            findings.append(finding)
        elif frame is not None and frame.answer:
            said_no = frame.command == REFUSED and frame.payload[:1] == bytes((command,))
            if wand in (frame.wand, ANY_WAND) and (said_no or frame.command == command):
                return frame, at + used, findings
            findings.append(Finding("mismatch", at, b""))
        at += used
    return None, at, findings
