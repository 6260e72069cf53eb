"""A camera or a recorder: the other end of a GB/T 28181 registration."""

import re
from xml.sax.saxutils import escape

from contract.clock import Clock
from drivers.digest import digest_fields, response_of
from drivers.transports.dial import Dialler, NotAnswered
from drivers.zones import zone_of

ANSWER_S = 10.0
TRIES = 3


class Gb28181Twin:
    """A device of `number` that dials `line`, over UDP or TCP. It writes in `charset` and declares `declared`."""

    def __init__(
        self,
        line: Dialler,
        clock: Clock,
        *,
        number: str = "34020000001320000001",
        password: str = "",
        charset: str = "gb18030",
        declared: str = "GB2312",
        answer_s: float = ANSWER_S,
    ) -> None:
        self.line = line
        self.number = number
        self.answers: list[bytes] = []
        self._clock = clock
        self._password = password
        self._charset = charset
        self._declared = declared
        self._answer_s = answer_s
        self._zone = zone_of("Asia/Shanghai")
        self._count = 0

    def register(self, expires_s: int = 3600) -> bool:
        """Register, with the password when it is asked for. Returns whether that was taken."""
        answer = self.tell("REGISTER", b"", f"Expires: {expires_s}")
        asked = re.search(rb"WWW-Authenticate: (Digest [^\r\n]+)", answer)
        if b" 401 " in answer[:16] and asked:
            fields = digest_fields(asked[1].decode())
            fields |= {"username": self.number, "uri": "sip:34020000002000000001@3402000000"}
            fields["response"] = response_of(fields, "REGISTER", self._password)
            shown = "Digest " + ", ".join(f'{key}="{value}"' for key, value in fields.items())
            answer = self.tell("REGISTER", b"", f"Expires: {expires_s}", f"Authorization: {shown}")
        return b" 200 " in answer[:16]

    def keepalive(self) -> bool:
        """A sign of life."""
        return b" 200 " in self.tell("MESSAGE", self.xml("Keepalive", Status="OK"))[:16]

    def alarm(self, method: int, kind: int | None = None, *, text: str = "", channel: str = "", at: str = "") -> bool:
        """An alarm now, or `at` a time as it is written."""
        at = at or self._zone.local(self._clock.now_us()).isoformat()
        fields = {"AlarmPriority": "1", "AlarmMethod": str(method), "AlarmTime": at, "AlarmDescription": text}
        body = self.xml("Alarm", channel, **({"AlarmType": str(kind)} if kind is not None else {}), **fields)
        return b" 200 " in self.tell("MESSAGE", body)[:16]

    def xml(self, command: str, channel: str = "", **fields: str) -> bytes:
        """A notification's body."""
        self._count += 1
        all_fields = {"CmdType": command, "SN": str(self._count), "DeviceID": channel or self.number, **fields}
        children = "".join(f"<{name}>{escape(value)}</{name}>\r\n" for name, value in all_fields.items())
        declaration = f'<?xml version="1.0" encoding="{self._declared}"?>\r\n' if self._declared else ""
        return f"{declaration}<Notify>\r\n{children}</Notify>\r\n".encode(self._charset)

    def message(self, method: str, body: bytes, *more: str) -> bytes:
        """A request as it goes over the wire."""
        self._count += 1
        lines = [
            f"{method} sip:34020000002000000001@3402000000 SIP/2.0",
            f"Via: SIP/2.0/UDP 192.0.2.20:5060;rport;branch=z9hG4bK{self._count}",
            f"From: <sip:{self.number}@3402000000>;tag=t{self._count}",
            f"To: <sip:{'34020000002000000001' if method != 'REGISTER' else self.number}@3402000000>",
            f"Call-ID: {self._count}@192.0.2.20",
            f"CSeq: {self._count} {method}",
            f"Contact: <sip:{self.number}@192.0.2.20:5060>",
            "Max-Forwards: 70",
            *more,
            *(["Content-Type: Application/MANSCDP+xml"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def tell(self, method: str, body: bytes, *more: str) -> bytes:
        """Send a request until it is answered, TRIES times in all. Returns the answer, empty where none came."""
        request = self.message(method, body, *more)
        for _ in range(TRIES):
            try:
                self.line.say(request)
                answer = self.line.answer(lambda data: data.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in data else 0, self._answer_s)
            except NotAnswered:
                continue
            self.answers.append(answer)
            return answer
        return b""
