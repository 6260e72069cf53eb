"""A panel: the other end of a DC-09 connection."""

from threading import Lock

from contract.clock import Clock
from drivers.sia_dc09.frames import framed, sealed, time_text
from drivers.transports.dial import Dialler, NotAnswered

ANSWER_S = 10.0
PAD = b"ABCDEFGHIJKLMNOP"
TRIES = 3


class SiaDc09Twin:
    """A panel of `account` that dials `line`. With `key` it encrypts. `off_s`: how far its clock is ahead. A message that is not
    acknowledged is said again, TRIES times in all, as a panel does; one that is answered NAK too, with the receiver's time. May
    be used by several threads."""

    def __init__(self, line: Dialler, clock: Clock, *, account: str = "1234", key: bytes = b"", off_s: float = 0.0) -> None:
        self.line = line
        self.account = account
        self.key = key
        self.off_s = off_s
        self.receiver = "R0"
        self.answers: list[bytes] = []
        self._clock = clock
        self._seq = 0
        self._lock = Lock()

    def alarm(self, zone: str, kind: str = "B") -> bool:
        """A zone trips: burglary, or another letter of SIA's. Returns whether it was acknowledged."""
        return self.report(f"{kind}A{zone}")

    def restore(self, zone: str, kind: str = "B") -> bool:
        """The zone is calm again."""
        return self.report(f"{kind}R{zone}")

    def report(self, event: str, *, area: str = "1", timed: bool = False) -> bool:
        """Any SIA event, such as `CL5`. `timed`: with the time, though it is not encrypted."""
        return self._tell("SIA-DCS", f"|#{self.account}|Nri{area}/{event}", timed=timed)

    def contact_id(self, event: str, zone: str, *, area: str = "01") -> bool:
        """A Contact ID event with its qualifier, such as `1130`."""
        return self._tell("ADM-CID", f"|#{self.account}|{event} {area} {zone}", timed=False)

    def test_link(self) -> bool:
        """NULL: nothing to say, and still there."""
        return self._tell("NULL", "", timed=False)

    def message(self, token: str, data: str, *, timed: bool = False) -> bytes:
        """The next message as it goes over the wire."""
        self._seq = self._seq % 9999 + 1
        star = "*" if self.key else ""
        number = "0000" if not data else f"{self._seq:04}"
        start = f'"{star}{token}"{number}{self.receiver}L0#{self.account}['.encode()
        at = time_text(self._clock.now_us() + round(self.off_s * 1_000_000)).encode()
        if self.key:
            return framed(start + sealed(data.encode() + b"]" + at, self.key, PAD))
        return framed(start + data.removeprefix("|").encode() + b"]" + (at if timed else b""))

    def damage(self, zone: str) -> None:
        """An alarm of the zone, with a character changed on the way. It is not said again."""
        with self._lock:
            message = self.message("SIA-DCS", f"|#{self.account}|NBA{zone}")
            changed = b"0" if message[-2:-1] != b"0" else b"1"
            self.line.say(message[:-2] + changed + message[-1:])

    def cut(self, zone: str) -> None:
        """An alarm of the zone, of which half comes."""
        message = self.message("SIA-DCS", f"|#{self.account}|NBA{zone}")
        self.line.say(message[: len(message) // 2])

    def ask(self, message: bytes) -> bytes:
        """Any bytes, and what comes back; empty where nothing does."""
        try:
            self.line.say(message)
            answer = self.line.answer(lambda data: data.find(b"\r") + 1, ANSWER_S)
        except NotAnswered:
            return b""
        self.answers.append(answer)
        return answer

    def _tell(self, token: str, data: str, *, timed: bool) -> bool:
        with self._lock:
            return self._insist(token, data, timed)

    def _insist(self, token: str, data: str, timed: bool) -> bool:
        message = self.message(token, data, timed=timed)
        for _ in range(TRIES):
            answer = self.ask(message)
            if b'ACK"' in answer:
                return True
            if b'"DUH"' in answer:
                return False
            if b'"NAK"' in answer:
                self.off_s = 0.0
                message = self.message(token, data, timed=timed)
        return False
