"""Lines of a panel become readings. Sans-IO.

A line ends with CR, LF or both, as on the wire or in a transcript. NULL, the link test, is a sign of life and no reading.
"""

import re
from typing import Annotated, Literal, NamedTuple

import msgspec

from contract.readings import MAX_TEXT, Reading
from contract.topics import is_id
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Finding
from drivers.sia_dc09.cipher import KEY_HEX, decrypted
from drivers.sia_dc09.codes import Event, contact_id_readings, sia_readings
from drivers.sia_dc09.frames import Body, Head, body_of, opened

LINE_BYTES_MAX = 2048
EVENTS_MAX = 32
ABOUT_USERS = "COJ"
"""The first letters of codes whose number is a user's, as 400 to 499 are of Contact ID."""

ACCOUNTS_MAX = 64

_LINE_END = re.compile(rb"[\r\n]")
_KEY = re.compile(r"[0-9A-Fa-f]*")
_ACCOUNT = re.compile(r"[0-9A-F]{1,16}")
_CONTACT_ID = re.compile(rb"([136ER])([0-9]{3}) ?([0-9A-F]{2}) ?([0-9A-F]{3})")
_SIA = re.compile(
    rb"""/?(?:
        (?P<modifier>[a-z]{2})(?P<value>[0-9:-]*)
        |(?P<code>[A-Z][A-Z_])(?P<zone>[0-9A-F]{0,6})(?=[/^*]|$)
         (?:\^(?P<text>[^^]*)\^|\*'(?P<quoted>[^']*)'(?:N[A-Z])?)?
    )""",
    re.VERBOSE,
)
_QUALIFIERS = {b"E": "1", b"R": "3"}

Hex = Annotated[str, msgspec.Meta(max_length=max(KEY_HEX))]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One panel. `device`: the id of the device it is; None: this one. `key`: the AES key as hex; a panel that has one is not
    believed without. `zones`: what the installer calls a zone, by its number as the panel sends it."""

    device: str | None = None
    key: Hex = ""
    zones: Annotated[dict[str, Text], msgspec.Meta(max_length=1024)] = {}

    def __post_init__(self) -> None:
        if self.device is not None and not is_id(self.device):
            raise ValueError(f"{self.device!r} is not a device's id: small letters, digits, _ and -, 63 at most")
        if not _KEY.fullmatch(self.key) or (self.key and len(self.key) not in KEY_HEX):
            raise ValueError("key is not 32, 48 or 64 hex digits: write the panel's 16, 24 or 32 characters as hex")

    @property
    def key_bytes(self) -> bytes:
        """The key; empty: none."""
        return bytes.fromhex(self.key)

    def __repr__(self) -> str:
        return f"Panel(device={self.device!r}, encrypted={bool(self.key)})"


class SiaDc09Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The driver's settings. `accounts`: the panels by their account; empty: whatever account, it is this device. `hosts`: the IP
    addresses that panels come from; empty: any. `silent_s`: a panel that says nothing for so long is out of reach; 0: never.

    `timestamps`: which messages must have been made within 40 s before and 20 s after now. DC-09 asks for it where a message is
    encrypted: an old one that is sent again by somebody else is then no event."""

    accounts: Annotated[dict[str, Panel], msgspec.Meta(max_length=ACCOUNTS_MAX)] = {}
    hosts: Annotated[tuple[str, ...], msgspec.Meta(max_length=ACCOUNTS_MAX)] = ()
    silent_s: Annotated[float, msgspec.Meta(ge=0, le=604_800)] = 300.0
    timestamps: Literal["encrypted", "all", "none"] = "encrypted"

    def __post_init__(self) -> None:
        for account in self.accounts:
            if not _ACCOUNT.fullmatch(account):
                raise ValueError(f"accounts: {account[:40]!r} is no account: write its hex digits in capitals, 16 at most")
        devices = [panel.device for panel in self.accounts.values()]
        if len(set(devices)) != len(devices):
            raise ValueError("two accounts are one device: name a device of its own for each under device")

    def panel(self, account: str) -> Panel | None:
        """Who the account is; None: nobody that is known."""
        return self.accounts.get(account) if self.accounts else ANYBODY


ANYBODY = Panel()


class Message(NamedTuple):
    """A message that is believed. No readings: a link test. `at_us`: the panel's time of it. `still`: it is no news, but holds
    still (Contact ID's qualifier 6, SIA's old events)."""

    head: Head
    panel: Panel
    readings: tuple[Reading, ...]
    at_us: int | None
    bad_time: bool
    still: bool = False


class Refused(NamedTuple):
    """A line that is no event. `head`: it came whole, so that saying it again would not help; None: it may have been damaged."""

    reason: str
    head: Head | None = None


class Lines:
    """Cuts bytes into lines. `too_long`: the first bytes of a line that goes on and on; all of it counts as one finding."""

    def __init__(self) -> None:
        self._skipping = False

    def cut(self, data: bytes, *, end: bool) -> tuple[int, list[tuple[int, bytes]]]:
        """How many bytes are done with, and the lines in them with where they began. One of more than LINE_BYTES_MAX is too
        long; its rest is skipped."""
        lines: list[tuple[int, bytes]] = []
        at = 0
        while at < len(data):
            found = _LINE_END.search(data, at)
            stop = found.start() if found else len(data)
            if found is None and not self._skipping and stop - at <= LINE_BYTES_MAX and not end:
                break
            if not self._skipping and data[at:stop].strip(b" \t\0"):
                lines.append((at, data[at : min(stop, at + LINE_BYTES_MAX + 1)]))
            self._skipping = found is None and not end
            at = found.end() if found else stop
        return at, lines


class SiaDc09Decoder:
    """Findings: `crc`; `old_format` (a format before DC-09); `malformed` (no DC-09 line, or data that is none); `too_long`;
    `unknown_account`; `unknown_token` (neither SIA-DCS nor ADM-CID nor NULL); `no_key` (encrypted, and no key is known);
    `not_encrypted` (a key is known); `wrong_key`; `no_time` (encrypted without a time); `bad_time` (what stands there is none; a
    plain message's event counts all the same). A finding's data is the line, its first 64 bytes."""

    def __init__(self, options: SiaDc09Options) -> None:
        self._options = options
        self._lines = Lines()

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `drivers.port.Decoder`. With `end`, a last line without its end counts."""
        used, lines = self._lines.cut(data, end=end)
        items: list[Reading | Finding] = []
        for at, line in lines:
            judged = judge(line, self._options)
            if isinstance(judged, Refused):
                items.append(Finding(judged.reason, at, line[:MAX_EXAMPLE_BYTES]))
                continue
            items += judged.readings
            if judged.bad_time:
                items.append(Finding("bad_time", at, line[:MAX_EXAMPLE_BYTES]))
        return Decoded(used, items)


def judge(line: bytes, options: SiaDc09Options) -> Message | Refused:
    """What a line says, or why it is not believed. Whether its time is right is not asked here: there is no clock."""
    if len(line) > LINE_BYTES_MAX:
        return Refused("too_long")
    read = opened(line.strip(b" \t\0"))
    if isinstance(read, str):
        return Refused(read)
    head, rest = read
    panel = options.panel(head.account)
    if head.token not in READ or panel is None:
        return Refused("unknown_token" if head.token not in READ else "unknown_account", head)
    body = _body(head, panel, rest)
    if isinstance(body, str):
        return Refused(body, head)
    readings = READ[head.token](body.data, panel)
    if readings is None:
        return Refused("wrong_key" if head.encrypted else "malformed", head)
    still = _events(body.data)[:1] in (b"O", b"6")
    return Message(head, panel, readings, body.at_us, body.bad_time, still)


def _body(head: Head, panel: Panel, rest: bytes) -> Body | str:
    """The body in clear, or the name of what is wrong."""
    if not head.encrypted:
        return "not_encrypted" if panel.key else body_of(rest) or "malformed"
    if not panel.key:
        return "no_key"
    clear = decrypted(rest, panel.key_bytes)
    if clear is None:
        return "malformed"
    body = body_of(clear)
    if body is None or body.bad_time:
        return "wrong_key"
    return body if body.at_us is not None else "no_time"


# What stands between the brackets: padding or nothing, the account once more or not, and the events, a bar in front of each.


def _null(_data: bytes, _panel: Panel) -> tuple[Reading, ...]:
    return ()


def _contact_id(data: bytes, panel: Panel) -> tuple[Reading, ...] | None:
    found = _CONTACT_ID.fullmatch(_events(data).strip())
    if found is None:
        return None
    number, zone = int(found[2]), found[4].decode()
    event = Event("", zone if 400 <= number < 500 else panel.zones.get(zone, zone), found[3].decode())
    return tuple(contact_id_readings(_QUALIFIERS.get(found[1]) or found[1].decode(), number, event))


def _sia(data: bytes, panel: Panel) -> tuple[Reading, ...] | None:
    events = _events(data)
    if events[:1] in (b"N", b"O"):  # a new event, or an old one that was kept
        said = _sia_events(events[1:], panel)
        if said is not None:
            return said
    return _sia_events(events, panel)


def _sia_events(data: bytes, panel: Panel) -> tuple[Reading, ...] | None:
    """All or nothing: of a list that breaks off nobody knows what else there was."""
    readings: list[Reading] = []
    area, count, at = "", 0, 0
    while at < len(data):
        found = _SIA.match(data, at)
        if found is None or found.end() == at or count > EVENTS_MAX:
            return None
        at, count = found.end(), count + 1
        if found["modifier"] is not None:
            area = found["value"].decode() if found["modifier"] == b"ri" else area
            continue
        code, zone = found["code"].decode(), found["zone"].decode()
        text = _text(found["text"] or found["quoted"] or b"")
        name = zone if code[0] in ABOUT_USERS else panel.zones.get(zone, zone)
        readings += sia_readings(Event(code, name, area, text))
    return tuple(readings) or None


def _events(data: bytes) -> bytes:
    """What stands behind the last bar."""
    return data.rpartition(b"|")[2] if b"|" in data else b""


def _text(raw: bytes) -> str:
    """A panel's own words: UTF-8, or what Chinese panels use."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()[:MAX_TEXT]


READ = {"NULL": _null, "SIA-DCS": _sia, "ADM-CID": _contact_id}
"""What is read of the body, by the token; None: it is no such thing."""
