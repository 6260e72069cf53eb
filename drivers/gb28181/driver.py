"""The driver for GB/T 28181 devices: a port where they register and report."""

import secrets
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from contract.clock import US_PER_S, Clock
from contract.readings import AlarmInput, ObjectSeen, PanelEvent, PanelFault, TamperContact
from drivers.dialled import DialledDriver
from drivers.digest import Asked, Nonces, digest_fields, digest_ok
from drivers.gb28181.decode import ANYBODY, Gb28181Decoder, Gb28181Options, Sender, told
from drivers.gb28181.sip import Bad, Message, Stream, answer_to
from drivers.port import DriverKind, Finding
from drivers.talk import Step
from drivers.transports import parse_address
from drivers.transports.hall import check_hosts
from drivers.zones import zone_of

SCHEMES = ("listen", "listen-udp")
AGAIN_US: Final = 32 * US_PER_S
"""How long a request may come again because its answer was lost (RFC 3261, timer J)."""
ANSWERS_MAX: Final = 256
EXPIRES_MAX_S: Final = 86_400
TAG: Final = "watchkeeper"


class Registrar:
    """What one driver remembers: who has registered and until when, and its last answers, so that a request that comes again is
    answered again and told once."""

    def __init__(self) -> None:
        self._until_us: dict[str, int] = {}
        self._answers: OrderedDict[tuple[str, str, str], tuple[bytes, int]] = OrderedDict()

    def register(self, number: str, seconds: int, now_us: int) -> None:
        """It has registered for so long; 0: no longer. The numbers are those of the settings, so that there are never many."""
        self._until_us[number] = now_us + seconds * US_PER_S

    def is_registered(self, number: str, now_us: int) -> bool:
        """Whether it has, and still is."""
        return now_us < self._until_us.get(number, 0)

    def answer(self, message: Message, now_us: int) -> bytes:
        """What the request was answered, if it has come before."""
        answer, at_us = self._answers.get(message.transaction, (b"", 0))
        return answer if abs(now_us - at_us) < AGAIN_US else b""

    def answered(self, message: Message, answer: bytes, now_us: int) -> None:
        """The request is done with. Of too many the oldest is forgotten."""
        self._answers[message.transaction] = (answer, now_us)
        if len(self._answers) > ANSWERS_MAX:
            self._answers.popitem(last=False)


class Gb28181Talk:
    """One connection, or one datagram. See `drivers.talk.Talk`. Findings besides the decoder's: `wrong_password`, `bad_method`.

    A sender with a password that has not registered with us, as we have been started anew, is refused its sign of life, so that
    it registers again; its alarms count all the same, as they are told once, and the standard signs no message anyway."""

    def __init__(self, options: Gb28181Options, registrar: Registrar, nonces: Nonces, *, datagram: bool) -> None:
        self._options = options
        self._registrar = registrar
        self._nonces = nonces
        self._zone = zone_of(options.zone)
        self._stream = Stream(datagram=datagram)

    def hear(self, data: bytes, now_us: int, *, end: bool = False) -> Iterator[Step]:
        """See `Talk.hear`."""
        for one in self._stream.hear(data, end=end):
            if isinstance(one, Bad):
                yield Step(findings=(Finding(one.reason, one.offset, one.start),))
            elif one.method and one.method != "ACK":
                yield from self._request(one, now_us)

    def _request(self, message: Message, now_us: int) -> Iterator[Step]:
        if not all(message.transaction):
            yield self._refused(message, 400, "bad_sip")
            return
        again = self._registrar.answer(message, now_us)
        if again:
            yield Step(answer=again)
            return
        sender = self._options.sender(message.user)
        if sender is None:
            yield self._refused(message, 403, "unknown_source")
            return
        if message.method == "REGISTER":
            step = self._register(message, sender, now_us)
        elif message.method in ("MESSAGE", "NOTIFY"):
            step = self._told(message, sender, now_us)
        elif message.method == "OPTIONS":
            step = Step(answer=answer_to(message, 200, tag=TAG), heard=True, device=sender.device)
        else:
            step = self._refused(message, 405, "bad_method")
        yield step
        self._registrar.answered(message, step.answer, now_us)  # it is in the log now

    def _register(self, message: Message, sender: Sender, now_us: int) -> Step:
        if sender.password:
            shown = message.header("authorization")
            asked = Asked("REGISTER", digest_fields(shown).get("uri", message.uri))  # devices write it in ways of their own
            realm = self._options.domain
            found = digest_ok(shown, asked, message.user, sender.password, realm, self._nonces, now_us)
            if found != "ok":
                stale = ", stale=true" if found == "stale" else ""
                asks = f'Digest realm="{realm}", nonce="{self._nonces.fresh(now_us)}", algorithm=MD5{stale}'
                findings = (self._found(message, "wrong_password"),) if found == "wrong" else ()
                return Step(findings=findings, answer=answer_to(message, 401, ("WWW-Authenticate", asks), tag=TAG))
        expires = message.header("expires").strip()
        seconds = min(int(expires), EXPIRES_MAX_S) if expires.isascii() and expires.isdigit() and len(expires) < 10 else 3600
        if sender is not ANYBODY:
            self._registrar.register(message.user, seconds, now_us)
        local = self._zone.local(now_us).isoformat(timespec="milliseconds")
        more = [("Contact", contact)] if (contact := message.header("contact")) else []
        answer = answer_to(message, 200, *more, ("Expires", str(seconds)), ("Date", local), tag=TAG)
        return Step(answer=answer, heard=seconds > 0, device=sender.device)

    def _told(self, message: Message, sender: Sender, now_us: int) -> Step:
        found = told(message.body, message.header("content-type"), sender, self._zone)
        findings = tuple(self._found(message, reason) for reason in found.reasons)
        away = sender.password and not found.said and not self._registrar.is_registered(message.user, now_us)
        status = 403 if away else 200 if found.heard else 400
        return Step(found.said, findings, answer_to(message, status, tag=TAG), found.heard and not away, sender.device)

    def _refused(self, message: Message, status: int, reason: str) -> Step:
        return Step(findings=(self._found(message, reason),), answer=answer_to(message, status, tag=TAG))

    def _found(self, message: Message, reason: str) -> Finding:
        return Finding(reason, message.offset, message.start)


def make(address: str, options: Gb28181Options, clock: Clock | None = None) -> DialledDriver:
    """See `DriverKind.make`."""
    where = parse_address(address, schemes=SCHEMES)
    check_hosts(options.hosts)
    registrar, nonces = Registrar(), Nonces(secrets.token_bytes(32))
    datagram = where.scheme == "listen-udp"
    return DialledDriver(
        where,
        lambda: Gb28181Talk(options, registrar, nonces, datagram=datagram),
        devices=[sender.device for sender in options.senders.values()] or [None],
        hosts=options.hosts,
        silent_s=options.silent_s,
        clock=clock,
    )


KIND = DriverKind(
    name="gb28181",
    unit="a SIP message of GB/T 28181 with its head, or the XML body of one alone",
    readings=(AlarmInput, TamperContact, PanelFault, PanelEvent, ObjectSeen),
    options=Gb28181Options,
    schemes=SCHEMES,
    make=make,
    decoder=Gb28181Decoder,
    remembers=lambda options: frozenset(sender.device for sender in options.senders.values() if sender.device),
)
