"""The estate file: the site, its places, devices, people and routes. Nothing else in the product knows an estate's names."""

import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from contract.envelope import KEY_BYTES
from contract.settings import BadSettings, Check, Checked, Document, Id, Rule, check, listed, nearest, refers, unique
from hub.detectors.types import Device, Recorded
from hub.duties.types import HUB_SOURCE, Order, Person, Route
from hub.policy.estate import policy_rules
from hub.policy.load import Policy
from hub.policy.numbers import OF_A_DEVICE, is_option, option_faults

MAX_DEVICES = 5_000
MAX_ROUTES = 1_000
MAX_PLACES = 1_000
"""Of one route."""
MAX_FREED = 1_000
"""By one device's fire input."""
GATES = ("door", "barrier")
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
DeviceKind = Literal["door", "barrier", "camera", "reader", "meter", "contacts", "wand", "other"]


def _timezone(text: str) -> None:
    if text not in available_timezones():
        raise ValueError(f"{text!r} is no time zone: write one such as Asia/Shanghai")


def _key(text: str) -> None:
    """The text is a secret: it is never told."""
    try:
        good = len(bytes.fromhex(text)) == KEY_BYTES
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"is no key: write {KEY_BYTES} bytes as {2 * KEY_BYTES} hex digits")


Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""Of a drawing's width or height, from its upper left corner."""
Point = Annotated[list[Share], msgspec.Meta(min_length=2, max_length=2)]
MAX_FLOORS = 100
MAX_CORNERS = 200


class Floor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A floor of the plan, drawn by itself; the lowest `order` is shown first. `drawing`: an SVG or PNG file beside the estate
    file, which is read when the file is imported."""

    id: Id
    name_zh: Words
    name_en: Words
    order: int = 0
    drawing: str | None = None


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """A gate, building, room or checkpoint. `parent`: the place it lies in. `place_class`: one of the policy's, which priorities
    go by; without one, that of the place around it. `floor`: where it is drawn, and what stands in it where that names none;
    `at`: the checkpoint there; `area`: the corners of the place."""

    id: Id
    name_zh: Words
    name_en: Words
    parent: str | None = None
    place_class: str = ""
    floor: str | None = None
    at: Point | None = None
    area: Annotated[list[Point], msgspec.Meta(max_length=MAX_CORNERS)] = []


class Agent(msgspec.Struct, frozen=True, omit_defaults=True):
    """The small computer at a gatehouse. `key` or `key_file`, a file's name beside the estate file; without either it has to
    enrol."""

    id: Id
    place: str
    name_zh: Words
    name_en: Words
    key: Annotated[str, Check(_key)] | None = None
    key_file: str | None = None
    options: dict[str, float] = {}


class DeviceRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A thing that speaks. `opens`: the door or barrier that it belongs to: which a reader, a button or a relay opens, in whose
    lane a camera reads plates. `frees`: the doors and barriers that its fire input opens by its wire; without it, all of its
    agent. `watches`: the places that a camera sees; without any, its own. `options`: numbers of the policy that are otherwise
    here, and thresholds. `at`: where on the drawing of `floor` it stands; without a floor, on its place's."""

    id: Id
    kind: DeviceKind
    place: str
    agent: str
    name_zh: Words
    name_en: Words
    opens: str | None = None
    watches: list[str] = []
    frees: Annotated[list[str], msgspec.Meta(max_length=MAX_FREED)] | None = None
    options: dict[str, float] = {}
    floor: str | None = None
    at: Point | None = None


class Phone(msgspec.Struct, frozen=True, omit_defaults=True):
    """A guard's phone: it scans, and has no agent. `place`: where it belongs."""

    id: Id
    place: str
    name_zh: Words
    name_en: Words
    floor: str | None = None
    at: Point | None = None


class PersonRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody of the staff. `post`: one of the policy's."""

    id: Id
    name_zh: Words
    name_en: Words
    post: str = "guard"


class RouteRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where one duty of the policy is done, and what brings the evidence: devices, phones, or `hub`, where people enter it."""

    id: Id
    duty: str
    name_zh: Words
    name_en: Words
    places: Annotated[list[str], msgspec.Meta(min_length=1, max_length=MAX_PLACES)]
    sources: Annotated[list[str], msgspec.Meta(min_length=1, max_length=100)]
    order: Order = "free"

    def of(self) -> Route:
        """The route; the order of its sources says nothing."""
        return Route(
            id=self.id,
            duty=self.duty,
            places=tuple(self.places),
            sources=tuple(sorted(self.sources)),
            order=self.order,
            name_zh=self.name_zh,
            name_en=self.name_en,
        )


class EstateFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in the file."""

    site: Id
    name_zh: Words
    name_en: Words
    timezone: Annotated[str, Check(_timezone)]
    places: Annotated[list[Place], msgspec.Meta(min_length=1)]
    agents: list[Agent]
    devices: Annotated[list[DeviceRow], msgspec.Meta(max_length=MAX_DEVICES)]
    phones: Annotated[list[Phone], msgspec.Meta(max_length=MAX_DEVICES)] = []
    staff: Annotated[list[PersonRow], msgspec.Meta(max_length=MAX_DEVICES)] = []
    routes: Annotated[list[RouteRow], msgspec.Meta(max_length=MAX_ROUTES)] = []
    floors: Annotated[list[Floor], msgspec.Meta(max_length=MAX_FLOORS)] = []
    leader_phone: Annotated[str, msgspec.Meta(pattern=r"^(\+?[0-9][0-9 -]{2,29})?$")] = ""
    """The shift leader's number, which guards' phones dial when a call for help cannot be sent."""


class Estate:
    """An estate that has been found right. It never changes; a new file makes a new one."""

    def __init__(self, file: EstateFile, keys: Mapping[str, bytes]) -> None:
        self.file = file
        self.site: str = file.site
        self.name_zh: str = file.name_zh
        self.name_en: str = file.name_en
        self.timezone = ZoneInfo(file.timezone)
        self.leader_phone: str = file.leader_phone
        self.places: Mapping[str, Place] = {place.id: place for place in file.places}
        self.agents: Mapping[str, Agent] = {agent.id: agent for agent in file.agents}
        self.devices: Mapping[str, DeviceRow] = {device.id: device for device in file.devices}
        self.phones: Mapping[str, Phone] = {phone.id: phone for phone in file.phones}
        self.staff: Mapping[str, Person] = {row.id: Person(row.id, row.name_zh, row.name_en, row.post) for row in file.staff}
        self.routes: Mapping[str, Route] = {row.id: row.of() for row in file.routes}
        self._keys = dict(keys)
        self._detector_devices = {row.id: row for row in self._rows()}
        self.floors: Mapping[str, Floor] = {row.id: row for row in file.floors}
        self._seen_by: dict[str, list[str]] = {}
        for row in file.devices:
            for place in (row.watches or [row.place]) if row.kind == "camera" else ():
                self._seen_by.setdefault(place, []).append(row.id)
        self._cameras = frozenset(row.id for row in file.devices if row.kind == "camera")
        self._watchers = {place: self._watching(place) for place in self.places}

    @classmethod
    def load(cls, path: Path | str, policy: Policy | None = None) -> Self:
        """The estate in the file, held against the policy where one is given. Raises BadSettings with every mistake."""
        checked = check_estate(path, policy)
        keys: dict[str, bytes] = {}
        if checked.value is not None:
            keys, wrong = read_keys(checked.value, Path(path))
            if wrong:
                raise BadSettings(wrong)
            return cls(checked.value, keys)
        raise BadSettings(checked.messages)

    def device(self, device: str) -> DeviceRow | None:
        """The device's row, or None for a stranger."""
        return self.devices.get(device)

    def is_wand(self, device: str) -> bool:
        """Whether it is a patrol wand of the estate."""
        row = self.devices.get(device)
        return row is not None and row.kind == "wand"

    def agent(self, agent: str) -> Agent | None:
        """The agent's row, or None for a stranger."""
        return self.agents.get(agent)

    def key_of(self, agent: str) -> bytes | None:
        """The key of KEY_BYTES bytes that the file gives the agent, or None for a stranger, and for one that has to enrol."""
        return self._keys.get(agent)

    @property
    def keys(self) -> Mapping[str, bytes]:
        """The agents' keys. They are told to nobody."""
        return self._keys

    def detector_device(self, device: str) -> Device | None:
        """What detectors may know of a device, or of an agent or a phone under its own id; None for a stranger."""
        return self._detector_devices.get(device)

    def cameras_at(self, place: str) -> tuple[str, ...]:
        """The cameras that watch a place; where none does, those that watch the nearest place around it."""
        return self._watchers.get(place, ())

    @property
    def cameras(self) -> Collection[str]:
        """The ids of the cameras."""
        return self._cameras

    def places_around(self, place: str) -> tuple[str, ...]:
        """The place and those it lies in, from the inside out; nothing for a stranger."""
        found: list[str] = []
        row = self.places.get(place)
        while row is not None:
            found.append(row.id)
            row = self.places.get(row.parent or "")
        return tuple(found)

    def spot_of(self, place: str) -> tuple[str, float, float] | None:
        """The floor on which the place is drawn, and where: shares of the drawing's width and height. None where it is not
        drawn as a point."""
        row = self.places.get(place)
        if row is None or row.at is None:
            return None
        floor = next((found for one in self.places_around(place) if (found := self.places[one].floor)), None)
        return None if floor is None else (floor, row.at[0], row.at[1])

    def class_of(self, place: str) -> str:
        """The place's class, or that of the nearest place around it; empty where there is none."""
        return next((found for one in self.places_around(place) if (found := self.places[one].place_class)), "")

    def place_name(self, place: str, lang: Literal["zh", "en"]) -> str:
        """The place's name; its id where the estate does not know it (any more)."""
        return _name(self.places.get(place), place, lang)

    def device_name(self, device: str, lang: Literal["zh", "en"]) -> str:
        """The device's, agent's or phone's name, or that of a place, which a gap stands for; its id where the estate does not
        know it (any more)."""
        row = self.devices.get(device) or self.agents.get(device) or self.phones.get(device) or self.places.get(device)
        return _name(row, device, lang)

    def person_name(self, person: str, lang: Literal["zh", "en"]) -> str:
        """The name of somebody of the staff; the id where the estate does not know it (any more)."""
        row = self.staff.get(person)
        return person if row is None else row.name_zh if lang == "zh" else row.name_en

    def _rows(self) -> Iterator[Device]:
        for agent in self.agents.values():
            recorded = tuple(self._recorded(agent.id))
            yield Device(agent.id, "agent", agent.place, agent.id, agent.id, agent.options, recorded=recorded)
        for phone in self.phones.values():
            yield Device(phone.id, "phone", phone.place, phone.id, phone.id, {})
        gates: dict[str, list[str]] = {}
        cameras: dict[str, list[str]] = {}
        for row in self.devices.values():
            if row.kind in GATES:
                gates.setdefault(row.agent, []).append(row.id)
            elif row.kind == "camera" and row.opens is not None:
                cameras.setdefault(row.opens, []).append(row.id)
        of_agent = {agent: tuple(found) for agent, found in gates.items()}
        for row in self.devices.values():
            frees = of_agent.get(row.agent, ()) if row.frees is None else tuple(row.frees)
            reads = tuple(cameras.get(row.id, ()))
            yield Device(row.id, row.kind, row.place, row.agent, row.opens or row.id, row.options, frees, reads)

    def _recorded(self, agent: str) -> Iterator[Recorded]:
        """Its cameras, but those whose options say that they are not recorded."""
        for row in self.devices.values():
            option = row.options.get("recorded")
            if row.kind == "camera" and row.agent == agent and option != 0:
                yield Recorded(row.id, row.place, wanted=option == 1)

    def _watching(self, place: str) -> tuple[str, ...]:
        around: str | None = place
        while around is not None:
            if around in self._seen_by:
                return tuple(dict.fromkeys(self._seen_by[around]))
            around = self.places[around].parent
        return ()


def check_estate(path: Path | str, policy: Policy | None = None) -> Checked[EstateFile]:
    """Read the file and find everything that is wrong with it, except in the key files it names. With a policy: also where the
    two do not fit."""
    return check(path, EstateFile, (_one_key, *estate_rules(policy)))


def estate_rules(policy: Policy | None) -> tuple[Rule, ...]:
    """What every estate keeps to, whether it stands in a file or in the database; with a policy, also where the two must fit."""
    of_places = (
        *("places.*.parent", "agents.*.place", "devices.*.place", "devices.*.watches.*"),
        *("phones.*.place", "routes.*.places.*"),
    )
    return (
        *(unique(f"{rows}.*.id") for rows in ("floors", "places", "agents", "devices", "phones", "staff", "routes")),
        *(refers(field, "places.*.id") for field in of_places),
        refers("devices.*.agent", "agents.*.id"),
        *(refers(f"{rows}.*.floor", "floors.*.id") for rows in ("places", "devices", "phones")),
        *(_parents, _ids, _opens, _watches, _options, _sources, _routes, _positions),
        *(() if policy is None else policy_rules(policy)),
    )


def _parents(document: Document) -> None:
    """No place lies within itself."""
    rows = {row.get("id"): row.get("parent") for _, row in document.find("places.*") if isinstance(row, dict)}
    for path, row in document.find("places.*"):
        seen: set[Any] = set()
        place = row.get("id") if isinstance(row, dict) else None
        while isinstance(place, str) and place not in seen:
            seen.add(place)
            place = rows.get(place)
        if isinstance(row, dict) and isinstance(place, str) and place == row.get("id"):
            document.wrong((*path, "parent"), f"{place} lies within itself", "write the place around it, or no parent")


def _ids(document: Document) -> None:
    """Agents, devices and phones share their names, and the hub has one too: all are sources of events."""
    taken = {HUB_SOURCE: "the hub's own id"}
    for rows, what in (("agents", "an agent's id"), ("devices", "a device's id"), ("phones", "a phone's id")):
        found = [(path, value) for path, value in document.find(f"{rows}.*.id") if isinstance(value, str)]
        for path, value in found:
            if value in taken:
                document.wrong(path, f"{value} is {taken[value]}", "write another one")
        taken = dict.fromkeys((value for _, value in found), what) | taken


def _one_key(document: Document) -> None:
    for path, row in document.find("agents.*"):
        if isinstance(row, dict) and row.get("key") is not None and row.get("key_file") is not None:
            told = "write key: 64 hex digits, or key_file: the file that holds them, or neither: the agent then enrols"
            document.wrong(path, "names both a key and a key_file", told)


def _positions(document: Document) -> None:
    """Who stands somewhere on a drawing stands on a floor."""
    floors = {str(row.get("id")): row.get("floor") for _, row in document.find("places.*") if isinstance(row, dict)}
    for rows, keys in (("places", ("at", "area")), ("devices", ("at",)), ("phones", ("at",))):
        for path, row in document.find(f"{rows}.*"):
            if not isinstance(row, dict) or row.get("floor") or (rows != "places" and floors.get(str(row.get("place")))):
                continue
            for key in keys:
                if row.get(key):
                    document.wrong((*path, key), "is a position on no floor", "write the floor, one of floors.*.id")


def _opens(document: Document) -> None:
    rows = [row for _, row in document.find("devices.*") if isinstance(row, dict)]
    gates = dict.fromkeys(str(row.get("id")) for row in rows if row.get("kind") in GATES)
    for pattern in ("devices.*.opens", "devices.*.frees.*"):
        for path, value in document.find(pattern):
            if isinstance(value, str) and value not in gates:
                document.wrong(
                    path, f"{value} is no door and no barrier", f"write a device of those kinds{nearest(value, gates)}"
                )


def _watches(document: Document) -> None:
    for path, row in document.find("devices.*"):
        if isinstance(row, dict) and row.get("watches") and row.get("kind") != "camera":
            document.wrong((*path, "watches"), "stands at a device that is no camera", "delete it, or write kind: camera")


def _sources(document: Document) -> None:
    named = (str(value) for rows in ("devices", "phones") for _, value in document.find(f"{rows}.*.id"))
    known = dict.fromkeys((HUB_SOURCE, *named))
    for path, value in document.find("routes.*.sources.*"):
        if isinstance(value, str) and value not in known:
            instead = f"write one of {listed(list(known), f'devices.*.id, phones.*.id, or {HUB_SOURCE}')}{nearest(value, known)}"
            document.wrong(path, f"{value} is no device and no phone", instead)


def _routes(document: Document) -> None:
    """Nothing stands twice in one route."""
    for path, _ in document.find("routes.*"):
        for key in ("places", "sources"):
            seen: set[str] = set()
            for at, value in document.find(f"routes.{path[1]}.{key}.*"):
                if isinstance(value, str) and value in seen:
                    document.wrong(at, f"{value} stands twice in this route", "keep one of the two")
                seen.add(str(value))


def _options(document: Document) -> None:
    for rows in ("agents", "devices"):
        for path, value in document.find(f"{rows}.*.options"):
            for name, number in value.items() if isinstance(value, dict) else ():
                if isinstance(number, int | float) and not isinstance(number, bool):
                    for what, better in option_faults(str(name), number):
                        document.wrong((*path, name), what, better)
                if not is_option(str(name)):
                    instead = "write a number of the policy, or QUANTITY_max, QUANTITY_min, QUANTITY_hysteresis, QUANTITY_hold_s"
                    told = f"is no number that a device can have{nearest(str(name), OF_A_DEVICE)}"
                    document.wrong((*path, name), told, instead)


def read_keys(file: EstateFile, path: Path) -> tuple[dict[str, bytes], list[str]]:
    """Each agent's key, and what is wrong with the files that hold them."""
    keys: dict[str, bytes] = {}
    wrong: list[str] = []
    for agent in file.agents:
        if agent.key is not None:
            keys[agent.id] = bytes.fromhex(agent.key)
            continue
        if agent.key_file is None:
            continue
        key_file = path.parent / agent.key_file
        try:
            if key_file.stat().st_mode & stat.S_IROTH:
                wrong.append(f"{key_file}:1: the key of {agent.id}: everybody may read it: chmod 640 {key_file}")
            text = key_file.read_text(encoding="ascii").strip()
            _key(text)
            keys[agent.id] = bytes.fromhex(text)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            wrong.append(f"{key_file}:1: the key of {agent.id}: cannot be read ({reason}): name a file that holds the key")
        except ValueError as error:
            wrong.append(f"{key_file}:1: the key of {agent.id}: {error}")
    return keys, wrong


def _name(row: Place | Agent | DeviceRow | Phone | None, otherwise: str, lang: Literal["zh", "en"]) -> str:
    if row is None:
        return otherwise
    return row.name_zh if lang == "zh" else row.name_en
