"""Records of a Dahua camera become readings. Sans-IO.

The same facts come in three forms: `Code=…;action=…;index=…;data={…}` of the event stream, lines `Events[0].…=…` before the
pictures of the snapshot stream, and the JSON that a camera pushes over ITSAPI, with its pictures in it.

Two fields lie. `Direction` is 0 whichever way a vehicle goes, so the driving direction counts, then the junction's, then which
end of the vehicle was seen. And `UTC` holds the camera's local time in most firmware; `RealUTC`, where there is one, is UTC.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from contract.clock import US_PER_S
from contract.readings import AlarmInput, CameraLink, ObjectSeen, PictureDark, PlateRead, Reading
from drivers.cameras.decoder import CameraDecoder
from drivers.cameras.documents import Refused, Tree, at, from_fields, from_json, listed, number_at, word_at
from drivers.cameras.heard import UNKNOWN, Counts, Heard, Shown, States, refused
from drivers.cameras.units import Unit
from drivers.cameras.words import MOVING, clipped, colour_of, is_doubtful, known, plate_of, score_of, time_us, way_of
from drivers.dahua.settings import DahuaOptions
from drivers.port import Finding
from drivers.talk import Said

LABELS: Final[Mapping[str, str]] = {"human": "person", "vehicle": "vehicle", "nonmotor": "vehicle"}
OBJECT: Final = "object"
OBJECT_FULL: Final = 255
SCORE: Final = 1.0
"""The camera says that its rule was broken, and not how sure it is."""
TIME_S_MAX: Final = 7_258_118_400
PLATES: Final = ("TrafficCar.PlateNumber", "Plate.PlateNumber", "PlateNumber")
COLOURS: Final = ("TrafficCar.PlateColor", "Plate.PlateColor")
DIRECTIONS: Final = (
    "TrafficCar.DrivingDirection", "TrafficCar.DrivingDirection.0", "DrivingDirection", "DrivingDirection.0",
    "TrafficCar.JunctionDirection", "JunctionDirection", "TrafficCar.VehicleDirection", "VehicleDirection", "SnapInfo.Direction",
)  # fmt: skip
"""Where a direction may stand: the first that says one counts."""
VEHICLES: Final = ("Vehicle.Category", "TrafficCar.Category", "Vehicle.VehicleType", "TrafficCar.VehicleType")
BRANDS: Final = ("Vehicle.Text", "TrafficCar.VehicleSign", "Vehicle.VehicleSign")
PICTURES: Final = ("NormalPic", "VehiclePic", "CutoutPic")

_EVENT: Final = re.compile(
    r"Code=([^;\s]+);\s*action=(\w+)(?:;\s*index=(-?\d+))?(?:;\s*data=(\{.*\}))?\s*", re.DOTALL | re.IGNORECASE
)


class Event:
    """One event: its code, what it does (`start`, `stop`, `pulse`), the channel's index, and what is told of it."""

    def __init__(self, code: str, action: str, index: str, data: Tree, *, pictures: int = 0) -> None:
        self.code = code
        self.action = action.lower()
        self.index = index
        self.data = data
        self.pictures = pictures


class Dahua:
    """See `drivers.cameras.heard.Reader`. Findings: those of a document (`bad_json`, `too_deep`…), `not_an_event`. `unused`
    counts the records that mean nothing here, by their code."""

    def __init__(self, options: DahuaOptions) -> None:
        self._options = options
        self._states = States()
        self.unused = Counts()
        self._by_code: Mapping[str, Callable[[Event], list[Heard]]] = {
            "trafficjunction": self._plate,
            "traffictollgate": self._plate,
            "trafficgate": self._plate,
            "trafficmanualsnap": self._plate,
            "videoloss": self._link,
            "videoblind": self._dark,
            "alarmlocal": self._input,
            "crosslinedetection": self._object,
            "crossregiondetection": self._object,
        }

    def heard(self, unit: Unit) -> list[Heard | Finding]:
        """See `Reader.heard`."""
        if unit.kind == "beat":
            return []
        try:
            events = _events(unit)
        except Refused as error:
            return [refused(error, unit)]
        items: list[Heard | Finding] = []
        for event in events:
            reader = self._by_code.get(event.code.lower())
            if reader is None:
                self.unused.one(clipped(event.code).lower())
                continue
            items += reader(event)
        return items

    # Plates

    def _plate(self, event: Event) -> list[Heard]:
        data = event.data
        plate, worn = plate_of(word_at(data, *PLATES) or _object_plate(data))
        if not plate and (isinstance(data.get("NonMotor"), dict) or word_at(data, "CommInfo.SnapCategory") == "NonMotor"):
            self.unused.one("non_motor")  # there was no plate to read
            return []
        confidence = score_of(_certainty(data), self._options.confidence_max) if plate else None
        reading = PlateRead(
            plate=plate,
            colour=_colour(data) or worn,
            confidence=confidence,
            doubtful=bool(plate) and is_doubtful(confidence, _certainty(data), self._options.doubtful_below),
            direction=way_of(_moving(data), self._options.coming),
            lane=clipped(word_at(data, "TrafficCar.Lane", "Lane", "SnapInfo.LanNo", "SnapInfo.Lane")),
            vehicle=_first_known(data, VEHICLES),
            brand=_first_known(data, BRANDS),
            passage=_passage(data),
        )
        said = self._said(event, reading)._replace(picture=_inner_picture(data))
        return [Heard(said, reading.passage, event.pictures)]

    # The camera itself, and what it watches

    def _link(self, event: Event) -> list[Heard]:
        lost = event.action != "stop"
        if not self._states.changed(("link", event.index), lost, calm=False):
            return []
        return [Heard(self._said(event, CameraLink(connected=not lost, reason="video_loss")))]

    def _dark(self, event: Event) -> list[Heard]:
        dark = event.action != "stop"
        if not self._states.changed(("dark", event.index), dark, calm=False):
            return []
        return [Heard(self._said(event, PictureDark(active=dark)))]

    def _input(self, event: Event) -> list[Heard]:
        active = event.action != "stop"
        if event.action != "pulse" and not self._states.changed(("input", event.index), active, calm=False):
            return []
        name = self._options.inputs.get(event.index, clipped(event.index))
        return [Heard(self._said(event, AlarmInput(active=active, name=name), channel=False))]

    def _object(self, event: Event) -> list[Heard]:
        data, ended = event.data, event.action == "stop"
        rule = f"{event.code}-{event.index}-{word_at(data, 'RuleID', 'RuleId', 'Name')}"
        if event.action != "pulse" and not self._states.changed(("object", rule), not ended, calm=False):
            return []
        score = score_of(number_at(data, "Object.Confidence"), OBJECT_FULL)
        track = word_at(data, "Object.ObjectID") or rule
        label = LABELS.get(word_at(data, "Object.ObjectType").lower(), OBJECT)
        zone = clipped(word_at(data, "Name"))
        seen = ObjectSeen(label=label, score=score or SCORE, zone=zone, track=clipped(track), ended=ended)
        return [Heard(self._said(event, seen))]

    def _said(self, event: Event, reading: Reading, *, channel: bool = True) -> Said:
        device = self._options.channels.get(event.index) if channel else None
        return Said(reading, device, self._time_us(event.data))

    def _time_us(self, data: Tree) -> int | None:
        """When it was, of UTC."""
        part_us = int(number_at(data, "UTCMS") or 0) % 1000 * 1000
        real, utc = _seconds(data, "RealUTC", "TrafficCar.RealUTC"), _seconds(data, "UTC", "TrafficCar.UTC")
        if real is not None:
            return real * US_PER_S + part_us
        if utc is not None:
            ahead_s = self._options.utc_offset_h * 3600 if self._options.utc_is == "local" else 0
            return round((utc - ahead_s) * US_PER_S) + part_us
        return time_us(word_at(data, "SnapInfo.AccurateTime", "SnapInfo.SnapTime", "LocaleTime"), self._options.utc_offset_h)


def decoder_of(options: DahuaOptions) -> CameraDecoder:
    """The decoder of `watchkeeper decode`."""
    return CameraDecoder(Dahua(options))


# Records


def _events(unit: Unit) -> list[Event]:
    """The events in a record. Raises Refused."""
    if unit.kind == "event":
        return [_line_event(unit.data)]
    if unit.kind == "fields":
        tree = from_fields(unit.data)
        code = word_at(tree, "EventBaseInfo.Code", "Code", "TrafficCar.Event")
        action, index = word_at(tree, "EventBaseInfo.Action") or "Pulse", word_at(tree, "EventBaseInfo.Index", "Channel")
        return [Event(code, action, index, tree, pictures=UNKNOWN)] if code else []
    if unit.kind != "json":
        raise Refused("not_an_event")
    return [event for one in listed(from_json(unit.data)) for event in _json_events(one)]


def _line_event(data: bytes) -> Event:
    head, brace, rest = data.partition(b"{")
    found = _EVENT.fullmatch((head + (b"{}" if brace else b"")).decode("latin-1"))
    if found is None:
        raise Refused("not_an_event")
    tree = from_json(brace + rest) if brace else {}
    return Event(found[1], found[2], found[3] or "", tree if isinstance(tree, dict) else {})


def _json_events(one: Any) -> list[Event]:
    """What a JSON record holds: a notice of events, an event, a passage, or a sign of life."""
    if not isinstance(one, dict):
        raise Refused("not_an_event")
    notice = at(one, "params.eventList")
    if notice is not None:
        return [event for row in listed(one["params"]["eventList"])[:64] for event in _json_events(row)]
    if isinstance(one.get("Code"), str) and ("Data" in one or "data" in one):
        data = one.get("Data", one.get("data"))
        index = word_at(one, "Index", "index")
        return [Event(one["Code"], word_at(one, "Action", "action") or "Pulse", index, data if isinstance(data, dict) else {})]
    inner = one.get("Picture")
    if isinstance(inner, dict) and ("Plate" in inner or "Plate" in one):
        return [Event("TrafficJunction", "Pulse", "", one | inner)]
    if isinstance(one.get("TrafficCar"), dict) or isinstance(one.get("Plate"), dict):
        return [Event("TrafficJunction", "Pulse", "", one)]
    name = next((key for key in ("Active", "DeviceID", "DeviceName") if key in one), "")
    if not name:
        raise Refused("not_an_event")
    return [Event("KeepAlive", "Pulse", "", {})]


# Facts


def _object_plate(data: Tree) -> str:
    return word_at(data, "Object.Text") if word_at(data, "Object.ObjectType").lower() in ("", "plate") else ""


def _certainty(data: Tree) -> float | None:
    """How sure the camera is. Firmware that does not tell writes 0."""
    about_plate = word_at(data, "Object.ObjectType").lower() in ("", "plate")
    return number_at(data, "Plate.Confidence", *(("Object.Confidence",) if about_plate else ())) or None


def _colour(data: Tree) -> Any:
    return next((colour for path in COLOURS if (word := word_at(data, path)) and (colour := colour_of(word))), "")


def _moving(data: Tree) -> Any:
    return next((moving for path in DIRECTIONS if (moving := MOVING.get(word_at(data, path).lower(), ""))), "")


def _first_known(data: Tree, paths: tuple[str, ...]) -> str:
    return next((word for path in paths if (word := known(word_at(data, path)))), "")


def _seconds(data: Tree, *paths: str) -> int | None:
    found = number_at(data, *paths)
    return int(found) if found is not None and 0 < found < TIME_S_MAX else None


def _passage(data: Tree) -> str:
    """What is the same whenever the camera tells of the passage."""
    utc = _seconds(data, "RealUTC", "UTC", "TrafficCar.UTC")
    when = str(utc) if utc is not None else word_at(data, "SnapInfo.AccurateTime", "SnapInfo.SnapTime")
    group = word_at(data, "GroupID", "TrafficCar.GroupID", "EventID", "EventSeq")
    which = group if group not in ("", "0") else word_at(data, "TrafficCar.Lane", "Lane", "SnapInfo.LanNo")
    return clipped(f"{when}/{which}") if when else ""


def _inner_picture(data: Tree) -> Any:
    """The largest picture that a pushed record holds."""
    shown = Shown()
    for name in PICTURES:
        content = at(data, f"{name}.Content")
        if isinstance(content, str) and content:
            try:
                shown.add(base64.b64decode(content.partition("base64,")[2] or content))
            except (binascii.Error, ValueError):
                continue
    return shown.best
