"""What a push of such a camera means. Sans-IO.

A push is a JSON object with `AlarmInfoPlate` (a plate, or a sign of life where it holds `heartbeat`), `AlarmGioIn` (an input),
`PlateResult` beside `"cmd": "ivs_result"` (the same plate as the maker's TCP protocol tells it), `TriggerImage` or `SerialData`;
or a form that the camera sends as a sign of life, with its password in it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from contract.clock import US_PER_S
from contract.envelope import TIME_MAX_US
from contract.plates import as_read
from contract.readings import MAX_TEXT, AlarmInput, PlateRead
from drivers.http.callers import CALLERS_MAX, Caller, check_callers
from drivers.http.parts import base64_of, form_of, json_of, media_type, parts_of
from drivers.http.requests import Reply, Request
from drivers.http.talk import Taken
from drivers.jpeg import Picture, picture_of
from drivers.talk import Said
from drivers.told import PASSAGES_MAX, Told, passage_key
from drivers.zhenshi.codes import COLOURS, FAKE_TYPE, NO_PLATE, NOT_PASSING, UNKNOWN_BRANDS, VEHICLES

PICTURES: Final = ("imageFile", "photoJpg", "imageFragmentFile")
"""Where a picture may be: the whole one first, the plate alone last."""
BEAT_FIELDS: Final = frozenset(("serialno", "device_name", "ipaddr"))
OF_NO_INTEREST: Final = frozenset(("TriggerImage", "SerialData"))

Name = Annotated[str, msgspec.Meta(max_length=64)]


class Camera(Caller, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One camera. `direction` and `lane`: of the vehicles that it sees; the camera knows only how they move in its picture.
    `inputs`: names of its inputs by their number from 0; one that has none is passed over."""

    direction: Literal["", "in", "out"] = ""
    lane: Name = ""
    inputs: dict[str, Name] = msgspec.field(default_factory=dict)


class ZhenshiOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The driver's settings. `cameras`: those that push here; empty: whoever does is this device. `hosts`: the IP addresses
    that they come from; empty: any. `sure_from`: a plate that the camera is less sure of opens nothing. `silent_s`: a camera
    that says nothing for so long is out of reach; it gives a sign of life every 5 or 30 s; 0: never. `output`: the number of
    the camera's own output that opens, for `pulse_ms`, where the agent dials its TCP port; None: it opens nothing."""

    cameras: Annotated[tuple[Camera, ...], msgspec.Meta(max_length=CALLERS_MAX)] = ()
    hosts: Annotated[tuple[str, ...], msgspec.Meta(max_length=CALLERS_MAX)] = ()
    sure_from: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.8
    silent_s: Annotated[float, msgspec.Meta(ge=0, le=604_800)] = 90.0
    output: Annotated[int, msgspec.Meta(ge=0, le=3)] | None = None
    pulse_ms: Annotated[int, msgspec.Meta(ge=100, le=5000)] = 500

    def __post_init__(self) -> None:
        check_callers(self.cameras)


class Pushes:
    """The meaning of requests, for `drivers.http.talk`. Reasons: `not_json`, `unknown_message`, `bad_value` (a field that cannot
    be; without its plate a push is nothing), `bad_picture`, `encrypted_plate`."""

    def __init__(self, options: ZhenshiOptions) -> None:
        self._options = options
        self._passages = Told(PASSAGES_MAX)

    def __call__(self, request: Request, caller: Caller, _now_us: int) -> Taken:
        """See `Meaning`."""
        camera = caller if isinstance(caller, Camera) else Camera()
        content_type = request.header("content-type")
        if _is_beat(request, content_type):
            return Taken()
        try:
            message = json_of(request.body, content_type)
        except ValueError:
            return Taken(reasons=("not_json",), heard=False)
        if not isinstance(message, dict):
            return Taken(reasons=("unknown_message",), heard=False)
        return self.message(camera, message)

    def message(self, camera: Camera, message: Mapping[str, Any]) -> Taken:
        """What a message says, by whatever way it came."""
        if "AlarmInfoPlate" in message:
            alarm = _at(message, "AlarmInfoPlate")
            result = _at(alarm, "result", "PlateResult")
            return self._plate(camera, alarm, result) if result else _no_plate(alarm)
        if "PlateResult" in message:
            return self._plate(camera, message, _at(message, "PlateResult"))
        if "AlarmGioIn" in message:
            return _input(camera, _at(message, "AlarmGioIn", "result", "TriggerResult"))
        known = not OF_NO_INTEREST.isdisjoint(message) or "heartbeat" in message or message.get("cmd") == "heartbeat"
        return Taken(heard=known, reasons=() if known else ("unknown_message",))

    def _plate(self, camera: Camera, alarm: Mapping[str, Any], result: Mapping[str, Any]) -> Taken:
        plate = result.get("license")
        if not isinstance(plate, str) or len(plate) > MAX_TEXT:
            return Taken(reasons=("bad_value",), reply=_answer(result), heard=False)
        if _whole(result.get("triggerType")) in NOT_PASSING:
            return Taken(reply=_answer(result))
        reasons: list[str] = []
        at_us = _time_us(result, reasons)
        passage = _passage(alarm, result, at_us)
        if self._passages.is_again(passage_key(camera.path, passage)):
            return Taken(reply=_answer(result))
        picture = _picture(alarm, result, reasons)
        reading = self._reading(camera, result, passage, plate, reasons)
        return Taken(
            (Said(reading, device_at_us=at_us, picture=picture),),
            tuple(dict.fromkeys(reasons)),
            _answer(result),
            done=lambda: self._passages.taken(passage_key(camera.path, passage)),
        )

    def _reading(self, camera: Camera, result: Mapping[str, Any], passage: str, plate: str, reasons: list[str]) -> PlateRead:
        if result.get("enable_encrypt"):
            reasons.append("encrypted_plate")
            plate = ""
        plate = as_read(plate)
        plate = "" if plate in NO_PLATE else plate
        confidence = _confidence(result, reasons)
        odd = confidence is None and result.get("confidence") is not None
        colour = COLOURS.get(_whole(result.get("colorType")) or 0, "other")
        brand = result.get("car_brand")
        brand = brand if isinstance(brand, dict) else {}
        number = _whole(brand.get("brand")) or 0
        fake = result.get("is_fake_plate") or result.get("fake_plate") or _whole(result.get("type")) == FAKE_TYPE
        late = bool(_whole(result.get("isoffline")))
        return PlateRead(
            plate,
            colour=colour,
            confidence=confidence if plate else None,
            doubtful=bool(fake) or late or odd or not plate or (confidence is not None and confidence < self._options.sure_from),
            direction=camera.direction,
            lane=camera.lane,
            vehicle=VEHICLES.get(_whole(brand.get("type")) or 0, ""),
            brand="" if number in UNKNOWN_BRANDS else str(number),
            passage=passage,
        )


def _no_plate(alarm: Mapping[str, Any]) -> Taken:
    """An alarm without a result: a sign of life, or nothing that is known."""
    return Taken() if "heartbeat" in alarm else Taken(reasons=("bad_value",), reply=_answer({}), heard=False)


def _input(camera: Camera, trigger: Mapping[str, Any]) -> Taken:
    source, value = _whole(trigger.get("source")), _whole(trigger.get("value"))
    if source is None or value not in (0, 1):
        return Taken(reasons=("bad_value",), heard=False)
    name = camera.inputs.get(str(source))
    return Taken((Said(AlarmInput(bool(value), name)),) if name else ())


def _is_beat(request: Request, content_type: str) -> bool:
    """Whether it is the form that is a sign of life. Its fields are not looked at: among them is the camera's password."""
    kind, params = media_type(content_type)
    if kind == "application/x-www-form-urlencoded" or (request.method == "GET" and request.query):
        text = request.query if request.method == "GET" else request.body.decode("latin-1")
        return not BEAT_FIELDS.isdisjoint(form_of(text, params.get("charset", "utf-8")) or ())
    if kind.startswith("multipart/") or request.body.lstrip()[:2] == b"--":
        return not BEAT_FIELDS.isdisjoint(part.name for part in parts_of(request.body, content_type).parts)
    return False


def _at(tree: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    at: Any = tree
    for step in path:
        at = at.get(step) if isinstance(at, dict) else None
    return at if isinstance(at, dict) else {}


def _whole(value: object) -> int | None:
    """A whole number, which some firmware writes as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _confidence(result: Mapping[str, Any], reasons: list[str]) -> float | None:
    value = result.get("confidence")
    if value is None:
        return None
    number = _whole(value)
    if number is None or not 0 <= number <= 100:
        reasons.append("bad_value")
        return None
    return number / 100


def _time_us(result: Mapping[str, Any], reasons: list[str]) -> int | None:
    """The camera's own time: seconds and microseconds UTC."""
    when = _at(result, "timeStamp", "Timeval")
    second, rest = _whole(when.get("sec")), _whole(when.get("usec")) or 0
    if second is None:
        return None
    at_us = second * US_PER_S + (rest if 0 <= rest < US_PER_S else 0)
    if not 0 < at_us <= TIME_MAX_US:
        reasons.append("bad_value")
        return None
    return at_us


def _passage(alarm: Mapping[str, Any], result: Mapping[str, Any], at_us: int | None) -> str:
    """The camera's own name of the passage: its serial number, the number of the plate, and when. Without a time it has none, as
    the number begins anew."""
    if at_us is None:
        return ""
    serial = alarm.get("serialno")
    number = _whole(result.get("plateid"))
    number = _whole(alarm.get("id")) if number is None else number
    parts = (serial[:64] if isinstance(serial, str) else "", "" if number is None else str(number), str(at_us))
    return "-".join(part for part in parts if part)


def _picture(alarm: Mapping[str, Any], result: Mapping[str, Any], reasons: list[str]) -> Picture | None:
    shown = [tree[name] for name in PICTURES for tree in (result, alarm) if tree.get(name)]
    for one in shown:
        try:
            picture = picture_of(base64_of(one))
        except ValueError:
            picture = None
        if picture is not None:
            return picture
    reasons += ["bad_picture"] if shown else []
    return None


def _answer(result: Mapping[str, Any]) -> Reply:
    """What a push of a plate is answered: it is taken, and the camera opens nothing by itself. A camera that catches up is asked
    for the next record."""
    answer: dict[str, Any] = {"info": "no", "content": "retransfer_stop", "is_pay": "false"}
    number = _whole(result.get("plateid"))
    if number is not None:
        answer["plateid"] = number
        if _whole(result.get("isoffline")):
            answer["ContinuePushOffline"] = {"plateid": number, "continue": 1}
    return Reply(body=msgspec.json.encode({"Response_AlarmInfoPlate": answer}))
