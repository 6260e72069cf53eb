"""Records of a device that speaks ISAPI become readings. Sans-IO.

`EventNotificationAlert` is XML, in whichever namespace and with whichever prefix, or JSON; the same words stand in both. It is
told by its `eventType`, whatever the case.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from contract.readings import AlarmInput, CameraLink, DoorContact, ObjectSeen, PictureDark, PlateRead, Reading
from drivers.cameras.decoder import CameraDecoder
from drivers.cameras.documents import Refused, Tree, at, from_json, from_xml, is_true, listed, number_at, word_at
from drivers.cameras.heard import UNKNOWN, Counts, Heard, States, refused
from drivers.cameras.units import Unit
from drivers.cameras.words import MOVING, clipped, colour_of, is_doubtful, known, plate_of, score_of, time_us, way_of
from drivers.isapi.access import meaning_of, readings_of
from drivers.isapi.settings import IsapiOptions
from drivers.port import Finding
from drivers.talk import Said

ROOT: Final = "EventNotificationAlert"
UNPLATED: Final = frozenset(("pedestrian", "nonmotorvehicle", "twowheelvehicle", "threewheelvehicle"))
"""Where no plate was read of one of these, there was none to read."""
ENTRANCE: Final[Mapping[str, Any]] = {"enter": "in", "leave": "out"}
LABELS: Final[Mapping[str, str]] = {"human": "person", "people": "person", "vehicle": "vehicle", "motorvehicle": "vehicle"}
OBJECT: Final = "object"
SCORE: Final = 1.0
"""The camera says that its rule was broken, and not how sure it is."""


class Isapi:
    """See `drivers.cameras.heard.Reader`. Findings: those of a document (`bad_xml`, `dtd`, `bad_json`…), `not_an_event`, and
    `no_plate` (a plate's record without one). `unused` counts the records that mean nothing here, by their type. What was stored
    while nobody listened is counted as `resent`: no gate may open for it now, so a plate is told as doubtful, and a terminal's
    event is not told."""

    def __init__(self, options: IsapiOptions) -> None:
        self._options = options
        self._states = States()
        self.unused = Counts()
        self._by_type: Mapping[str, Callable[[Tree, str], list[Heard]]] = {
            "anpr": self._plate,
            "accesscontrollerevent": self._access,
            "videoloss": self._link,
            "shelteralarm": self._dark,
            "tamperdetection": self._dark,
            "io": self._input,
            "linedetection": self._object,
            "fielddetection": self._object,
            "regionentrance": self._object,
            "regionexiting": self._object,
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
            try:
                items += self._event(event)
            except Refused as error:
                items.append(refused(error, unit))
        return items

    def _event(self, event: Tree) -> list[Heard]:
        kind = word_at(event, "eventType")
        if not kind:
            raise Refused("not_an_event")
        reader = self._by_type.get(kind.lower())
        if reader is None:
            self.unused.one(clipped(kind).lower())
            return []
        return reader(event, kind.lower())

    # Plates

    def _plate(self, event: Tree, _kind: str) -> list[Heard]:
        inner = event.get("ANPR")
        anpr: Tree = inner if isinstance(inner, dict) else event
        if inner is None and "licensePlate" not in anpr:
            raise Refused("no_plate")
        reading = self._plate_read(event, anpr)
        if is_true(number_at(anpr, "alarmDataType")) or is_true(event.get("isDataRetransmission")):
            self.unused.one("resent")
            reading = msgspec.structs.replace(reading, doubtful=True)
        if not reading.plate and reading.vehicle.lower() in UNPLATED:
            return self._count(reading.vehicle.lower())
        pictures = 0 if is_true(anpr.get("hasMoreData")) else _pictures(anpr)
        return [Heard(self._said(event, reading), reading.passage, pictures)]

    def _plate_read(self, event: Tree, anpr: Tree) -> PlateRead:
        options = self._options
        plate, worn = plate_of(word_at(anpr, "licensePlate"))
        level = number_at(anpr, "confidenceLevel")
        confidence = score_of(level, 1 if level is not None and 0 < level < 1 else 100)
        moving = MOVING.get(word_at(anpr, "direction").lower(), "")
        vehicle = known(word_at(anpr, "vehicleType", "vehicleInfo.vehicleType"))
        return PlateRead(
            plate=plate,
            colour=colour_of(word_at(anpr, "plateColor")) or worn,
            confidence=confidence,
            doubtful=bool(plate) and is_doubtful(confidence, at(anpr, "confidenceLevel"), options.doubtful_below),
            direction=ENTRANCE.get(word_at(anpr, "EntranceInfo.direction").lower(), "") or way_of(moving, options.coming),
            lane=clipped(word_at(anpr, "line", "laneNo")),
            vehicle="" if vehicle.isdigit() else vehicle,
            brand=known(word_at(anpr, "vehicleInfo.vehicleLogo", "vehicleInfo.vehicleLogoRecog")),
            passage=_passage(event, anpr),
        )

    # Terminals

    def _access(self, event: Tree, kind: str) -> list[Heard]:
        inner = event.get("AccessControllerEvent")
        access: Tree = inner if isinstance(inner, dict) else event
        if str(access.get("currentEvent", "true")).lower() == "false":
            return self._count("resent")
        meaning = meaning_of(access)
        if meaning is None:
            types = (word_at(access, "majorEventType", "major"), word_at(access, "subEventType", "minor"))
            return self._count("/".join((kind, *types)))
        door = word_at(access, "doorNo")
        serial, at = word_at(access, "serialNo"), word_at(event, "dateTime")
        key = f"access/{serial}/{at}" if serial else ""
        heard: list[Heard] = []
        for number, reading in enumerate(readings_of(access, meaning, self._options)):
            if isinstance(reading, DoorContact) and not self._states.changed(("door", door), reading.open):
                continue
            said = self._said(event, reading)._replace(device=self._options.doors.get(door))
            pictures = int(number_at(access, "picturesNumber") or 0)
            heard.append(Heard(said, f"{key}/{number}" if key else "", pictures if hasattr(reading, "picture") else 0))
        return heard

    # The camera itself, and what it watches

    def _link(self, event: Tree, kind: str) -> list[Heard]:
        lost = _is_active(event)
        if not self._states.changed((kind, _channel(event)), lost, calm=False):
            return []  # said again, or a sign of life
        return [Heard(self._said(event, CameraLink(connected=not lost, reason="video_loss")))]

    def _dark(self, event: Tree, _kind: str) -> list[Heard]:
        dark = _is_active(event)
        if not self._states.changed(("dark", _channel(event)), dark, calm=False):
            return []
        return [Heard(self._said(event, PictureDark(active=dark)))]

    def _input(self, event: Tree, kind: str) -> list[Heard]:
        number, active = word_at(event, "inputIOPortID", "dynInputIOPortID", "IO.inputIOPortID"), _is_active(event)
        if not self._states.changed((kind, _channel(event), number), active, calm=False):
            return []
        return [Heard(self._said(event, AlarmInput(active=active, name=self._options.inputs.get(number, clipped(number)))))]

    def _object(self, event: Tree, kind: str) -> list[Heard]:
        found = event.get("DetectionRegionList")
        regions: list[Any] = [{}]
        if found is not None:
            regions = listed(found.get("DetectionRegionEntry")) if isinstance(found, dict) else listed(found)
        heard: list[Heard] = []
        for region in regions[:8] or [{}]:
            zone = word_at(region, "regionName", "regionID")
            track = f"{kind}-{_channel(event)}-{zone}"
            again = (number_at(event, "activePostCount") or 1) > 1
            active = _is_active(event)
            if not self._states.changed((kind, track), active, calm=False) and (again or not active):
                continue
            target = word_at(region, "detectionTarget", "targetType") or word_at(event, "detectionTarget", "targetType")
            label = LABELS.get(target.lower(), OBJECT)
            seen = ObjectSeen(label=label, score=SCORE, zone=clipped(zone), track=clipped(track), ended=not active)
            heard.append(Heard(self._said(event, seen)))
        return heard

    def _said(self, event: Tree, reading: Reading) -> Said:
        at_us = time_us(word_at(event, "dateTime"), self._options.utc_offset_h)
        return Said(reading, self._options.channels.get(_channel(event)), at_us)

    def _count(self, name: str) -> list[Heard]:
        self.unused.one(name)
        return []


def decoder_of(options: IsapiOptions) -> CameraDecoder:
    """The decoder of `watchkeeper decode`."""
    return CameraDecoder(Isapi(options))


def _events(unit: Unit) -> list[Tree]:
    """The events in a record. Raises Refused."""
    if unit.kind == "xml":
        name, tree = from_xml(unit.data)
        if name != ROOT:
            raise Refused("not_an_event")
        return [tree]
    if unit.kind != "json":
        raise Refused("not_an_event")
    events = [one.get(ROOT, one) if isinstance(one, dict) else one for one in listed(from_json(unit.data))]
    if not events or not all(isinstance(one, dict) for one in events):
        raise Refused("not_an_event")
    return events


def _is_active(event: Tree) -> bool:
    return word_at(event, "eventState").lower() != "inactive"


def _channel(event: Tree) -> str:
    return word_at(event, "channelID", "dynChannelID", "channelId")


def _passage(event: Tree, anpr: Tree) -> str:
    """The camera's own name of the passage, or what is the same whenever it tells of it: when, and in which lane."""
    own = word_at(event, "UUID", "uuid", "eventUUID") or word_at(anpr, "UUID", "uuid")
    if own:
        return clipped(own)
    at = word_at(event, "dateTime")
    return clipped(f"{at}/{_channel(event)}/{word_at(anpr, 'line')}") if at else ""


def _pictures(anpr: Tree) -> int:
    """How many pictures follow as bytes."""
    if "pictureInfoList" not in anpr:
        return UNKNOWN
    found = anpr["pictureInfoList"]
    rows = listed(found.get("pictureInfo")) if isinstance(found, dict) else listed(found)
    return sum(1 for row in rows if word_at(row, "dataType") != "1")
