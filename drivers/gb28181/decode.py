"""Messages of GB/T 28181 devices become readings. Sans-IO."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple

import msgspec

from contract.readings import MAX_TEXT, PanelEvent, Reading
from contract.topics import is_id
from drivers.gb28181.alarms import readings_of
from drivers.gb28181.sip import Bad, Message, Stream
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Finding
from drivers.talk import Said
from drivers.times import time_us
from drivers.xmls import Element, xml_of
from drivers.zones import Zone, zone_of

SENDERS_MAX: Final = 64
CHANNELS_MAX: Final = 256
OF_NO_INTEREST: Final = frozenset(
    (
        "Catalog",
        "DeviceInfo",
        "DeviceStatus",
        "RecordInfo",
        "MobilePosition",
        "MediaStatus",
        "Broadcast",
        "ConfigDownload",
        "PresetQuery",
    )
)
"""What else such devices tell, or answer to questions that somebody else asked."""

_ID: Final = re.compile(r"[0-9]{20}")
_KIND: Final = re.compile(r"[0-9]{1,3}")
_NEXT_XML: Final = re.compile(rb"(?=<\?xml\b)")


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A camera or an alarm input of a sender. `device`: the id of the device that it is; None: the sender's. `name`: of the
    place."""

    device: str | None = None
    name: Annotated[str, msgspec.Meta(max_length=64)] = ""

    def __post_init__(self) -> None:
        if self.device is not None and not is_id(self.device):
            raise ValueError(f"{self.device!r} is not a device's id: small letters, digits, _ and -, 63 at most")


class Sender(Channel, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A device that registers. `password`: what it registers with; empty: none is asked for. `channels`: by their numbers."""

    password: Annotated[str, msgspec.Meta(max_length=128)] = ""
    channels: Annotated[dict[str, Channel], msgspec.Meta(max_length=CHANNELS_MAX)] = msgspec.field(default_factory=dict)


class Gb28181Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The driver's settings. `server`: our number, 20 digits; its first ten are the domain. `senders`: those that register, by
    their numbers; empty: whoever comes is this device, without a password. `hosts`: the IP addresses that they come from; empty:
    any. `zone`: of times without an offset, which is nearly all. `silent_s`: one that says nothing for so long is out of reach;
    0: never."""

    server: str = "34020000002000000001"
    senders: Annotated[dict[str, Sender], msgspec.Meta(max_length=SENDERS_MAX)] = {}
    hosts: Annotated[tuple[str, ...], msgspec.Meta(max_length=SENDERS_MAX)] = ()
    zone: str = "Asia/Shanghai"
    silent_s: Annotated[float, msgspec.Meta(ge=0, le=604_800)] = 180.0

    def __post_init__(self) -> None:
        zone_of(self.zone)
        for number in (self.server, *self.senders, *(one for sender in self.senders.values() for one in sender.channels)):
            if not _ID.fullmatch(number):
                raise ValueError(f"{number[:40]!r} is no number of this standard: it has 20 digits")
        devices = [sender.device for sender in self.senders.values()]
        if len(set(devices)) != len(devices):
            raise ValueError("two senders are one device: name a device of its own for each under device")

    @property
    def domain(self) -> str:
        """The realm of our number."""
        return self.server[:10]

    @property
    def brings(self) -> tuple[str, ...]:
        """The devices that are channels of senders."""
        named = [channel.device for sender in self.senders.values() for channel in sender.channels.values()]
        return tuple(device for device in named if device)

    def sender(self, number: str) -> Sender | None:
        """Who has this number; None: nobody that is known."""
        return self.senders.get(number) if self.senders else ANYBODY


ANYBODY: Final = Sender()


class Told(NamedTuple):
    """What a body says. `heard`: it is a word of the device's."""

    said: tuple[Said, ...] = ()
    reasons: tuple[str, ...] = ()
    heard: bool = True


def told(body: bytes, content_type: str, sender: Sender, zone: Zone) -> Told:
    """What the body of a message says. Reasons: those of `xml_of`, `unknown_message`, `unknown_alarm`, and `bad_time`: an alarm
    counts though its time is none."""
    charset = content_type.lower().partition("charset=")[2].strip('" ')
    try:
        root = xml_of(body, charset)
    except ValueError as error:
        return Told(reasons=(str(error),), heard=False)
    command = root.text_at("CmdType")
    if command == "Keepalive" or command in OF_NO_INTEREST or root.tag in ("Response", "Query", "Control"):
        return Told()
    if root.tag != "Notify" or command != "Alarm":
        return Told(reasons=("unknown_message",), heard=root.tag == "Notify")
    return _alarm(root, sender, zone)


def _alarm(root: Element, sender: Sender, zone: Zone) -> Told:
    method = root.text_at("AlarmMethod")
    kind = root.text_at("Info/AlarmType") or root.text_at("info/AlarmType") or root.text_at("AlarmType")
    if not _KIND.fullmatch(method) or (kind and not _KIND.fullmatch(kind)):
        return Told(reasons=("unknown_alarm",))
    channel = sender.channels.get(root.text_at("DeviceID"), sender)
    where = channel.name or sender.name
    readings = readings_of(method, kind, where)
    if readings is None:
        return Told(reasons=("unknown_alarm",))
    written = root.text_at("AlarmTime")
    at_us = time_us(written, zone) if written else None
    text = _clean(root.text_at("AlarmDescription"))
    more = (PanelEvent(f"A{method}-{kind}" if kind else f"A{method}", where, text=text),) if text else ()
    device = channel.device or sender.device
    said = tuple(Said(reading, device, at_us) for reading in (*more, *readings))
    return Told(said, ("bad_time",) if written and at_us is None else ())


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).strip()[:MAX_TEXT]


class Gb28181Decoder:
    """Messages with their SIP heads, or bodies alone. What was captured is taken for the first sender's, where nobody is named.
    Findings: those of `sip.Stream`, of `told`, and `unknown_source`."""

    def __init__(self, options: Gb28181Options) -> None:
        self._options = options
        self._zone = zone_of(options.zone)
        self._stream: Stream | None = None
        self._kept = bytearray()
        self._at = 0

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `drivers.port.Decoder`. All of `data` is taken at once; an item's place may lie before it."""
        begin = self._at
        self._at += len(data)
        items: list[Reading | Finding] = []
        if self._stream is None:
            self._kept += data
            bare = self._kept.lstrip(b"\r\n\t \xef\xbb\xbf")
            if bare and not bare.startswith(b"<"):
                self._stream, data = Stream(), bytes(self._kept)
                self._kept.clear()
            elif len(self._kept) > 1024 * 1024:
                items.append(Finding("too_long", self._at - len(self._kept), bytes(self._kept[:MAX_EXAMPLE_BYTES])))
                self._kept.clear()
        if self._stream is not None:
            items += self._messages(self._stream, data, end)
        elif end:
            items += self._bodies(bytes(self._kept))
        placed = [one._replace(offset=one.offset - begin) if isinstance(one, Finding) else one for one in items]
        return Decoded(self._at - begin, placed)

    def _bodies(self, data: bytes) -> Iterator[Reading | Finding]:
        at = self._at - len(data)
        sender = next(iter(self._options.senders.values()), ANYBODY)
        for body in _NEXT_XML.split(data):
            if body.strip():
                yield from _items(told(body, "", sender, self._zone), at, body[:MAX_EXAMPLE_BYTES])
            at += len(body)

    def _messages(self, stream: Stream, data: bytes, end: bool) -> Iterator[Reading | Finding]:
        for one in stream.hear(data, end=end):
            if isinstance(one, Bad):
                yield Finding(one.reason, one.offset, one.start)
            elif one.method in ("MESSAGE", "NOTIFY"):
                yield from self._message(one)

    def _message(self, message: Message) -> Iterator[Reading | Finding]:
        sender = self._options.sender(message.user)
        if sender is None:
            yield Finding("unknown_source", message.offset, message.start)
            return
        found = told(message.body, message.header("content-type"), sender, self._zone)
        yield from _items(found, message.offset, message.start)


def _items(found: Told, offset: int, start: bytes) -> Iterator[Reading | Finding]:
    yield from (said.reading for said in found.said)
    for reason in found.reasons:
        yield Finding(reason, offset, start)
