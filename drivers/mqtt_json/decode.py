"""From a topic and a message to readings, by a table. Pure; whatever the message is, it never raises."""

import math
import re
from typing import Annotated, Any, NamedTuple

import msgspec

from contract.clock import US_PER_S
from contract.readings import KINDS, MAX_TEXT, Reading
from contract.topics import is_id
from drivers.mqtt_json.mapping import ROWS_MAX, TABLES, TOPIC_CHARS_MAX, Field, Row, matched
from drivers.port import MAX_EXAMPLE_BYTES, Decoded, Finding

MESSAGE_BYTES_MAX = 64 * 1024
NESTING_MAX = 32
LINE_BYTES_MAX = MESSAGE_BYTES_MAX + TOPIC_CHARS_MAX + 1
UNIX_S_MAX = 253_402_300_799  # the end of the year 9999

_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_MESSAGE = re.compile(rb"[ \t]+(?=[{\[])")  # a topic may have blanks, and no { or [ behind them
_BLANK = re.compile(rb"[ \t]")
_MISSING = object()

Name = Annotated[str, msgspec.Meta(max_length=256)]


class MqttJsonOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The driver's part of a device's settings. `mapping`: `frigate`, `zigbee2mqtt`, or rows of one's own. `devices`: the other
    system's name of a device to the id of ours that its readings are about; a name that is not in it speaks for this device.
    `topic`: that of a line without one in `watchkeeper decode`."""

    mapping: str | Annotated[tuple[Row, ...], msgspec.Meta(min_length=1, max_length=ROWS_MAX)] = "frigate"
    devices: dict[str, str] = {}
    topic: Annotated[str, msgspec.Meta(max_length=TOPIC_CHARS_MAX)] = ""
    user: Name = ""
    password: Name = ""
    keepalive_s: Annotated[int, msgspec.Meta(ge=2, le=600)] = 10

    def __post_init__(self) -> None:
        if isinstance(self.mapping, str) and self.mapping not in TABLES:
            raise ValueError(f"there is no mapping {self.mapping!r}: write {' or '.join(TABLES)}, or a list of rows")
        for name, device in self.devices.items():
            if not is_id(device):
                raise ValueError(f"devices: {name!r}: {device!r} is not a device's id: small letters, digits, _ and -")

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the mapping."""
        return TABLES[self.mapping].rows if isinstance(self.mapping, str) else self.mapping

    @property
    def line_topic(self) -> str:
        """The topic of a line that has none."""
        if self.topic:
            return self.topic
        return TABLES[self.mapping].topic if isinstance(self.mapping, str) else self.mapping[0].topic


class Told(NamedTuple):
    """A reading, the device it is about (None: this one), and the other system's time of it, where it tells."""

    reading: Reading
    device: str | None = None
    device_at_us: int | None = None


class Unreadable(Exception):
    """A message, or a value in it, that cannot be understood. The message is a finding's reason."""


def told(options: MqttJsonOptions, topic: str, message: bytes) -> list[Told | Finding]:
    """What the message says, one reading for each row that is for it. Findings: `too_long`, `too_deep`, `not_json`, `bad_value`,
    `no_rule`. One bad value does not hide the message's other readings."""
    rows = [(row, parts) for row in options.rows if (parts := matched(row.topic, topic)) is not None]
    wanted = [(row, parts) for row, parts in rows if row.reading]
    if rows and not wanted:
        return []
    try:
        if not rows:
            raise Unreadable("no_rule")
        content = parsed(message, text=all(row.text for row, _ in wanted))
    except Unreadable as error:
        return [Finding(str(error), 0, message[:MAX_EXAMPLE_BYTES])]
    items: list[Told | Finding] = []
    for row, parts in wanted:
        try:
            one = _by_row(options, row, parts, content)
        except Unreadable as error:
            items.append(Finding(str(error), 0, message[:MAX_EXAMPLE_BYTES]))
        else:
            items += [one] if one is not None else []
    return items


def parsed(message: bytes, *, text: bool = False) -> Any:
    """The message's JSON, or its text. Raises Unreadable."""
    if len(message) > MESSAGE_BYTES_MAX:
        raise Unreadable("too_long")
    if text:
        try:
            return message.decode()
        except UnicodeDecodeError:
            raise Unreadable("not_json") from None
    if _depth(message) > NESTING_MAX:
        raise Unreadable("too_deep")
    try:
        return msgspec.json.decode(message)
    except msgspec.ValidationError:
        raise Unreadable("bad_value") from None  # a number that no float can hold
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable("not_json") from None


def _depth(message: bytes) -> int:
    depth = deepest = 0
    for mark in _MARKS.finditer(message):
        if mark[0] in (b"{", b"["):
            depth += 1
            deepest = max(deepest, depth)
        elif mark[0] in (b"}", b"]"):
            depth -= 1
    return deepest


def _by_row(options: MqttJsonOptions, row: Row, parts: tuple[str, ...], content: Any) -> Told | None:
    for path, value in row.when.items():
        found = _at(path, parts, content)
        if type(found) is not type(value) or found != value:
            return None
    fields: dict[str, Any] = {}
    for name, rule in row.fields.items():
        value = _value(rule, parts, content) if isinstance(rule, Field) else rule
        if value is _MISSING:
            return None
        fields[name] = value[:MAX_TEXT] if isinstance(value, str) else value
    name = _at(row.device, parts, content) if row.device else ""
    device = options.devices.get(name) if isinstance(name, str) else None
    try:
        reading = msgspec.convert(fields, KINDS[row.reading])
    except msgspec.ValidationError:
        raise Unreadable("bad_value") from None
    return Told(reading, device, _time_us(_at(row.device_at_s, parts, content)) if row.device_at_s else None)


def _value(rule: Field, parts: tuple[str, ...], content: Any) -> Any:
    found = _at(rule.path, parts, content)
    if found is _MISSING or found is None:
        return _MISSING if rule.default is msgspec.UNSET else rule.default
    if isinstance(found, float) and not math.isfinite(found):
        raise Unreadable("bad_value")
    if not rule.map:
        return found
    if isinstance(found, dict | list):
        raise Unreadable("bad_value")
    key = found if isinstance(found, str) else msgspec.json.encode(found).decode()
    if key not in rule.map:
        raise Unreadable("bad_value")
    return rule.map[key]


def _at(path: str, parts: tuple[str, ...], content: Any) -> Any:
    """What stands at `path`, or _MISSING."""
    if path == ".":
        return content
    if path.startswith("+"):
        number = path[1:]
        known = number.isascii() and number.isdigit() and 1 <= int(number) <= len(parts)
        return parts[int(number) - 1] if known else _MISSING
    at = content
    for step in path.split("."):
        if isinstance(at, dict) and step in at:
            at = at[step]
        elif isinstance(at, list) and step.isascii() and step.isdigit() and int(step) < len(at):
            at = at[int(step)]
        else:
            return _MISSING
    return at


def _time_us(at_s: Any) -> int | None:
    """Unix seconds as microseconds; None for what is no time."""
    if isinstance(at_s, bool) or not isinstance(at_s, int | float) or not 0 <= at_s <= UNIX_S_MAX:
        return None
    return round(at_s * US_PER_S)


class News:
    """Passes on what is new: brokers repeat a state with each message, and a state that is repeated is no event."""

    STATES = ("door_contact", "tamper_contact", "alarm_input", "device_link", "camera_link")
    TRACKED_MAX = 4096
    """States of more than so many things are not remembered: the oldest is forgotten, and told once more when it comes."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str, str], Reading] = {}
        self.forgotten = 0

    def is_new(self, topic: str, reading: Reading) -> bool:
        """Whether `reading` differs from what the topic said of it before."""
        if reading.kind not in self.STATES:
            return True
        key = (topic, reading.kind, getattr(reading, "name", ""))
        if self._last.get(key) == reading:
            return False
        self._last.pop(key, None)
        self._last[key] = reading
        if len(self._last) > self.TRACKED_MAX:
            del self._last[next(iter(self._last))]
            self.forgotten += 1
        return True


class MqttJsonDecoder:
    """One message a line: `topic message`; or {"topic": …, "payload": …}, as `mosquitto_sub -F %j` prints it, unless the options
    name a topic; or a message alone that begins with { and is on the options' topic. What is true of other devices is printed
    without their names."""

    def __init__(self, options: MqttJsonOptions) -> None:
        self._options = options
        self._skipping = False

    def decode(self, data: bytes, *, end: bool = False) -> Decoded:
        """See `drivers.port.Decoder`. With `end`, a last line without its end counts."""
        items: list[Reading | Finding] = []
        at = 0
        while at < len(data):
            found = data.find(b"\n", at)
            stop = found if found >= 0 else len(data)
            if found < 0 and not end and not self._skipping and stop - at <= LINE_BYTES_MAX:
                break
            if not self._skipping:
                items += self._line(data[at:stop], at)
            self._skipping = found < 0 and not end
            at = stop + 1 if found >= 0 else stop
        return Decoded(at, items)

    def _line(self, line: bytes, at: int) -> list[Reading | Finding]:
        if len(line) > LINE_BYTES_MAX:
            return [Finding("too_long", at, line[:MAX_EXAMPLE_BYTES])]
        text = line.strip()
        if not text:
            return []
        topic, message = self._parts(text)
        items: list[Reading | Finding] = []
        for one in told(self._options, topic[:TOPIC_CHARS_MAX], message.strip()):
            if isinstance(one, Finding):
                items.append(Finding(one.reason, at, one.data or text[:MAX_EXAMPLE_BYTES]))
            else:
                items.append(one.reading)
        return items

    def _parts(self, text: bytes) -> tuple[str, bytes]:
        """A line's topic and message."""
        if text.startswith(b"{"):
            return (None if self._options.topic else _captured(text)) or (self._options.line_topic, text)
        cut = _MESSAGE.search(text) or _BLANK.search(text)
        stop = cut.start() if cut else len(text)
        return text[:stop].decode(errors="replace"), text[stop:]


def _captured(text: bytes) -> tuple[str, bytes] | None:
    """The topic and the message of a line that a client wrote down as JSON; None where it is none."""
    try:
        line = parsed(text)
    except Unreadable:
        return None
    if not isinstance(line, dict) or not isinstance(line.get("topic"), str) or "payload" not in line:
        return None
    payload = line["payload"]
    return line["topic"], payload.encode() if isinstance(payload, str) else msgspec.json.encode(payload)
