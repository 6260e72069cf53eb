"""From a push to readings, by a table. Sans-IO; whatever is pushed, it never raises."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, NamedTuple

import msgspec

from contract.clock import US_PER_S
from contract.plates import as_read
from contract.readings import MAX_TEXT, CardRead, CodeRead, PlateRead, Reading
from contract.topics import is_id
from drivers.charsets import text_of
from drivers.http.callers import CALLERS_MAX, Caller, check_callers
from drivers.http.parts import Part, base64_of, form_of, json_of, media_type, parts_of
from drivers.http.requests import Reply, Request
from drivers.http.talk import Taken
from drivers.http_push.mapping import BY_NAME, OTHERWISE, ROWS_MAX, WORDS, Field, Row
from drivers.jpeg import Picture, picture_of
from drivers.talk import Said
from drivers.times import time_us
from drivers.told import PASSAGES_MAX, Told, passage_key
from drivers.xmls import xml_of
from drivers.zones import zone_of

RECORDS_MAX: Final = 200
"""Records of one push. What is more is a finding: such a device tells its whole memory."""
_MISSING: Final = object()
_OPENING: Final = (PlateRead, CardRead, CodeRead)
"""What a gate decides on."""


class HttpPushOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The driver's settings. `mapping`: the table. `callers`: the devices that push here; empty: whoever does is this device.
    `devices`: a pusher's name of a device to the id of ours that its readings are about; a name that is not in it speaks for the
    caller. `hosts`: the IP addresses that they come from; empty: any. `zone`: of times without an offset. `answer` and
    `answer_type`: what the device wants to hear. `late_s`: what was shown or read so long ago, by its `device_at`, opens nothing:
    the device tells what it has kept; 0: that is never asked. `silent_s`: one that says nothing for so long is out of
    reach; 0: never."""

    mapping: Annotated[tuple[Row, ...], msgspec.Meta(min_length=1, max_length=ROWS_MAX)] = (
        Row(
            reading="plate_read",
            fields={
                "plate": Field(path="plate"),
                "confidence": Field(path="confidence", default=None),
                "colour": Field(path="colour", default=""),
                "direction": Field(path="direction", default=""),
                "passage": Field(path="id", default=""),
            },
            device_at="time",
            picture="picture",
        ),
    )
    callers: Annotated[tuple[Caller, ...], msgspec.Meta(max_length=CALLERS_MAX)] = ()
    devices: dict[str, str] = {}
    hosts: Annotated[tuple[str, ...], msgspec.Meta(max_length=CALLERS_MAX)] = ()
    zone: str = "Asia/Shanghai"
    answer: Annotated[str, msgspec.Meta(max_length=2000)] = '{"code":0,"message":"ok"}'
    answer_type: Annotated[str, msgspec.Meta(pattern="^[a-z]+/[a-z0-9.+-]+(; charset=[a-zA-Z0-9-]+)?$")] = "application/json"
    late_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 120.0
    silent_s: Annotated[float, msgspec.Meta(ge=0, le=604_800)] = 0.0

    def __post_init__(self) -> None:
        zone_of(self.zone)
        check_callers(self.callers)
        for name, device in self.devices.items():
            if not is_id(device):
                raise ValueError(f"devices: {name!r}: {device!r} is not a device's id: small letters, digits, _ and -")

    @property
    def brings(self) -> tuple[str, ...]:
        """The other devices whose readings come by this one."""
        return tuple(self.devices.values())


class Unreadable(Exception):
    """A push, or a value in it, that cannot be understood. The message is a finding's reason."""


class Pushed(NamedTuple):
    """What can be looked up: a record, the body's top, and the query."""

    record: Any
    top: Any
    query: Mapping[str, str]


class Pushes:
    """The meaning of requests, for `drivers.http.talk`. Reasons: `not_json`, `not_xml`, `dtd`, `too_deep`, `too_many`,
    `not_text`, those of `parts_of`, `no_rule` (no row is for it), `bad_value` (a record makes no reading), `bad_picture`,
    `too_many_records`, `late` (it was shown or read long ago, or the device's clock is behind: a plate is told as doubtful, a
    card or a code not at all)."""

    def __init__(self, options: HttpPushOptions) -> None:
        self._options = options
        self._zone = zone_of(options.zone)
        self._passages = Told(PASSAGES_MAX)
        self._reply = Reply(body=options.answer.encode(), content_type=options.answer_type)

    def __call__(self, request: Request, caller: Caller, now_us: int) -> Taken:
        """See `Meaning`."""
        rows = [row for row in self._options.mapping if request.path.startswith(row.url)]
        reasons: list[str] = []
        said: list[Said] = []
        query = form_of(request.query) or {}
        try:
            if not rows:
                raise Unreadable("no_rule")
            body = body_of(request, reasons)
        except Unreadable as error:
            return Taken(reasons=(*reasons, str(error)), reply=self._reply, heard=False)
        fitted = False
        for row in rows:
            for record in _records(row, Pushed(body, body, query), reasons):
                if not _fits(row, record):
                    continue
                fitted = True
                said += self._record(row, record, caller, now_us, reasons) if row.reading else ()
        reasons += [] if fitted or reasons else ["no_rule"]
        said = [one for one in said if not self._passages.is_again(passage_key(caller.path, _passage(one.reading)))]
        return Taken(tuple(said), tuple(dict.fromkeys(reasons)), self._reply, fitted, lambda: self._told(caller, said))

    def _told(self, caller: Caller, said: list[Said]) -> None:
        for one in said:
            self._passages.taken(passage_key(caller.path, _passage(one.reading)))

    def _record(self, row: Row, record: Pushed, caller: Caller, now_us: int, reasons: list[str]) -> Iterator[Said]:
        try:
            reading = _reading(row, record)
        except Unreadable as error:
            reasons.append(str(error))
            return
        if reading is None:
            return
        name = _at(row.device_by, record) if row.device_by else None
        device = self._options.devices.get(name) if isinstance(name, str) else None
        at_us = time_us(_at(row.device_at, record), self._zone) if row.device_at else None
        if at_us is not None and 0 < self._options.late_s * US_PER_S < now_us - at_us and isinstance(reading, _OPENING):
            reasons.append("late")
            if not isinstance(reading, PlateRead):
                return
            reading = msgspec.structs.replace(reading, doubtful=True)
        picture = _picture(row, record, reasons) if row.picture else None
        yield Said(reading, device or caller.device, at_us, picture)


def body_of(request: Request, reasons: list[str]) -> Any:
    """A body as JSON would have it, whatever it is: JSON, XML, a form, or parts by their names, each read by its own type. A part
    that cannot be read is missing, and is one of `reasons`. Raises Unreadable."""
    header = request.header("content-type")
    kind, params = media_type(header)
    if kind.startswith("multipart/") or (not kind.startswith("text/") and request.body[:2] == b"--"):
        found = parts_of(request.body, header)
        if not found.parts:
            raise Unreadable(found.reasons[0] if found.reasons else "no_end")
        reasons += found.reasons
        return {part.name or part.filename or str(number): _part(part, reasons) for number, part in enumerate(found.parts)}
    # Many clients say that it is a form, whatever they send.
    if kind == "application/x-www-form-urlencoded" and request.body.lstrip()[:1] not in (b"{", b"[", b"<"):
        fields = form_of(request.body.decode("latin-1"), params.get("charset", "utf-8"))
        if fields is None:
            raise Unreadable("not_text")
        return fields
    return _content(request.body, header) if request.body.strip() else {}


def _content(body: bytes, header: str) -> Any:
    try:
        if body.lstrip()[:1] == b"<" or body.startswith(b"\xef\xbb\xbf<"):
            root = xml_of(body, media_type(header)[1].get("charset", ""))
            return {root.tag: root.plain()}
        return json_of(body, header)
    except ValueError as error:
        raise Unreadable(str(error) if str(error) in ("not_xml", "dtd", "too_deep", "too_many") else "not_json") from None


def _part(part: Part, reasons: list[str]) -> Any:
    if part.type.startswith("image/") or part.body.startswith(b"\xff\xd8"):
        return part.body
    if part.body.lstrip()[:1] in (b"{", b"[", b"<"):
        try:
            return _content(part.body, part.type)
        except Unreadable as error:
            reasons.append(str(error))
            return None
    return text_of(part.body)


def _records(row: Row, pushed: Pushed, reasons: list[str]) -> Iterator[Pushed]:
    if not row.records:
        yield pushed
        return
    found = _at(row.records, pushed)
    several = found if isinstance(found, list) else [] if found is _MISSING or found is None else [found]
    if len(several) > RECORDS_MAX:
        reasons.append("too_many_records")
    for one in several[:RECORDS_MAX]:
        yield pushed._replace(record=one)


def _fits(row: Row, record: Pushed) -> bool:
    for path, value in row.when.items():
        found = _at(path, record)
        same = type(found) is type(value) and found == value
        if not same and not (isinstance(found, str) and not isinstance(value, str) and found == _text(value)):
            return False
    return True


def _reading(row: Row, record: Pushed) -> Reading | None:
    fields: dict[str, Any] = {}
    for name, rule in row.fields.items():
        value = _value(row, name, rule, record) if isinstance(rule, Field) else rule
        if value is _MISSING:
            return None
        if isinstance(value, str):
            value = as_read(value) if name == "plate" else "".join(c for c in value if c.isprintable()).strip()
            value = value[:MAX_TEXT]
        fields[name] = value
    try:
        reading = msgspec.convert(fields, BY_NAME[row.reading], strict=False)
    except (msgspec.ValidationError, ValueError, OverflowError):
        raise Unreadable("bad_value") from None
    if isinstance(reading, PlateRead):
        sure = reading.confidence
        if sure is not None and not 0 <= sure <= 1:
            raise Unreadable("bad_value")
        doubtful = reading.doubtful or not reading.plate or (sure is not None and sure < row.sure_from)
        return msgspec.structs.replace(reading, doubtful=doubtful)
    return reading


def _value(row: Row, name: str, rule: Field, record: Pushed) -> Any:
    found = _at(rule.path, record)
    if found is _MISSING or found is None:
        return _MISSING if rule.default is msgspec.UNSET else rule.default
    if isinstance(found, dict | list | bytes) or (isinstance(found, float) and not math.isfinite(found)):
        raise Unreadable("bad_value")
    if rule.map:
        if _text(found) not in rule.map:
            raise Unreadable("bad_value")
        return rule.map[_text(found)]
    if rule.scale is not None or rule.base is not None:
        return _number(rule, found)
    words = WORDS.get((row.reading, name))
    return words.get(_text(found).strip().lower(), OTHERWISE[row.reading, name]) if words is not None else found


def _number(rule: Field, found: str | int | float | bool) -> int | float:
    try:
        if rule.base is not None:
            return int(_text(found)[:64], rule.base)
        return round(float(found) * (rule.scale or 0), 9)
    except (ValueError, OverflowError):
        raise Unreadable("bad_value") from None


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _at(path: str, pushed: Pushed) -> Any:
    """What stands at `path`, or _MISSING."""
    if path.startswith("?"):
        return pushed.query.get(path[1:], _MISSING)
    at, steps = (pushed.top, path[1:]) if path.startswith("/") else (pushed.record, path)
    if steps in ("", "."):
        return at
    for step in steps.split("."):
        if isinstance(at, dict) and step in at:
            at = at[step]
        elif isinstance(at, list) and step.isascii() and step.isdigit() and len(step) < 6 and int(step) < len(at):
            at = at[int(step)]
        else:
            return _MISSING
    return at


def _passage(reading: Reading) -> str:
    return reading.passage if isinstance(reading, PlateRead) else ""


def _picture(row: Row, record: Pushed, reasons: list[str]) -> Picture | None:
    found = _at(row.picture, record)
    if found is _MISSING and isinstance(record.top, dict):
        found = record.top.get(row.picture, _MISSING)  # a part's name may have a dot
    if found is _MISSING or not found:
        return None
    try:
        picture = picture_of(found if isinstance(found, bytes) else base64_of(found))
    except ValueError:
        picture = None
    reasons += [] if picture else ["bad_picture"]
    return picture
