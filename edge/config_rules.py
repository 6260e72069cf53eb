"""What must hold between the values of an agent's settings, and what the files that they name must hold."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from contract.envelope import KEY_BYTES
from contract.settings import BadSettings, Document, KeyPath, dotted, nearest, refers, unique
from contract.tls import Identity, broker_trust
from drivers.contacts_modbus.decode import NAMED_ROLES, ContactsOptions
from drivers.port import DriverKind
from edge.config_files import read_key, read_permits, read_secret
from edge.config_types import AccessSettings, DeviceSettings, Kinds, Opens, spoken_for
from edge.interlocks import CLOSING, OPENING
from edge.logs import hide_userinfo
from edge.permit_files import read_permits_file
from edge.permits.local import Permit
from edge.reach import objection


def options_of(kinds: Kinds) -> Callable[[str], type[msgspec.Struct]]:
    """The table that types a device's options by its driver."""

    def options(name: str) -> type[msgspec.Struct]:
        try:
            return kinds(name).options
        except ImportError as error:
            raise LookupError(f"{name} needs {error.name}, which is not installed: install it") from None

    return options


def drivers_agree(kinds: Kinds) -> Callable[[Document], None]:
    """The rule that asks each device's driver about its address and its actions."""

    def rule(document: Document) -> None:
        acting: dict[str, DeviceSettings] = {}
        known = [str(value) for _, value in document.find("devices.*.id")]
        for path, _ in document.find("devices.*"):
            device = document.built.get(path)
            if isinstance(device, DeviceSettings):
                for name in (device.id, *spoken_for(device)):
                    acting.setdefault(name, device)
                _check_device(document, path, device, kinds(device.driver))
        _check_speakers(document)
        for path, value in document.find("access.*.opens.device"):
            if isinstance(value, str) and value not in acting and value not in known:
                told = f"write one of devices.*.id, or a door that one of them speaks for{nearest(value, [*known, *acting])}"
                document.wrong(path, f"{value} is not known", told)
        for path, _ in document.find("access.*"):
            access = document.built.get(path)
            if isinstance(access, AccessSettings) and access.opens.device in acting:
                _check_opens(document, (*path, "opens", "action"), access.opens, acting[access.opens.device], kinds)
            if isinstance(access, AccessSettings) and access.reader in acting:
                _check_reader(document, (*path, "reader"), access.reader, acting[access.reader])

    return rule


def _check_reader(document: Document, path: KeyPath, reader: str, device: DeviceSettings) -> None:
    """A gate does not open for whoever finds a port: what pushes says by whom, or from where."""
    options = device.options
    known = getattr(options, "callers", ()) or getattr(options, "cameras", ()) or getattr(options, "hosts", ())
    pushes = any(hasattr(options, name) for name in ("callers", "cameras"))
    if pushes and not known and device.address.startswith("listen"):
        told = f"write hosts, callers with a path or a password, or cameras in the options of {device.id}"
        document.wrong(path, f"{reader} takes anybody on the network for itself, and opens a gate", told)


def _check_opens(document: Document, path: KeyPath, opens: Opens, device: DeviceSettings, kinds: Kinds) -> None:
    _object(document, path, objection(kinds(device.driver), device, opens.action, opens.device))
    if opens.action not in OPENING:
        document.wrong(path, f"{opens.action} opens nothing", "write open or unlock")


def _check_device(document: Document, path: KeyPath, device: DeviceSettings, kind: DriverKind) -> None:
    try:
        kind.make(device.address, device.options)
    except ValueError as error:
        what, _, instead = hide_userinfo(str(error)).partition(": ")
        document.wrong((*path, "address"), what, instead)
    if isinstance(device.options, ContactsOptions):
        _check_zones(document, (*path, "options", "inputs"), device.id, device.options)
    for index, action in enumerate(device.commands):
        objections = [objection(kind, device, action, about) for about in (device.id, *spoken_for(device))]
        if all(objections):
            _object(document, (*path, "commands", index), objections[0])
    if CLOSING & set(device.commands) and not device.sensors:
        document.wrong((*path, "sensors"), "is empty, and close is among the commands", "write loop, beam or both")


def _check_zones(document: Document, path: KeyPath, board: str, options: ContactsOptions) -> None:
    """Of two zones under one name the quiet one would end the other's alarm."""
    seen: dict[tuple[str, str, str], KeyPath] = {}
    for index, one in enumerate(options.inputs):
        at: KeyPath = (*path, index, "name")
        first = seen.setdefault((one.role, one.device or board, one.name), at)
        if one.role in NAMED_ROLES and first != at:
            told = f"{one.name} is taken by {dotted(first)} in line {document.line(first)}" if one.name else "is missing twice"
            document.wrong(at, told, f"write another name: two {one.role} inputs of one name would count as one")


def _object(document: Document, path: KeyPath, told: str) -> None:
    if told:
        what, _, instead = told.partition(": ")
        document.wrong(path, what, instead)


def _check_speakers(document: Document) -> None:
    """One device's readings come by one driver, or its times could not be kept in order."""
    by: dict[str, KeyPath] = {}
    for path, _ in document.find("devices.*"):
        device = document.built.get(path)
        if not isinstance(device, DeviceSettings):
            continue
        for name in (device.id, *spoken_for(device)):
            first = by.setdefault(name, path)
            if first != path and document.built[first].id != device.id:
                document.wrong(
                    path, f"speaks for {name}, as {document.built[first].id} does", "let one device alone speak for it"
                )


def _agent_is_no_device(document: Document) -> None:
    agents = [value for _, value in document.find("agent")]
    for path, value in document.find("devices.*.id"):
        if value in agents:
            document.wrong(path, f"{value} is the agent's own id", "write another one")


RULES = (
    unique("devices.*.id"),
    unique("access.*.reader"),
    refers("access.*.reader", "devices.*.id"),
    _agent_is_no_device,
)


class Files:
    """Reads the files that the settings name, and says what is wrong with them at the settings' line."""

    def __init__(self, document: Document, path: Path) -> None:
        self._document = document
        self._path = path

    def read(self) -> dict[str, Any]:
        """Keys, password and permits; what is wrong is reported and left out or empty."""
        return {
            "key": self._key("key"),
            "card_key": self._key("card_key"),
            "password": self._file(("broker", "password_file"), read_secret),
            "permits": [self._permits(path) for path, _ in self._document.find("access.*")],
            "ca": self._file(("broker", "ca_file"), broker_trust),
            "identity": self._identity(),
            "hub_ca": self._file(("hub_ca_file",), broker_trust),
        }

    def _key(self, name: str) -> bytes:
        inline = self._document.built.get((name,))
        from_file = self._document.built.get((f"{name}_file",))
        given = [key for key in (name, f"{name}_file") if any(True for _ in self._document.find(key))]
        if len(given) != 1:
            what = "is missing" if not given else f"and {name}_file are both given"
            self._document.wrong((name,), what, f"write {name}_file, a file that holds {2 * KEY_BYTES} hex digits")
        elif isinstance(inline, str):
            if self._path.stat().st_mode & 0o007:
                told = f"keep the key in {name}_file, or run chmod o= {self._path}"
                self._document.wrong((name,), "stands in a file that everybody may read", told)
            return bytes.fromhex(inline)
        elif isinstance(from_file, str):
            return self._file((f"{name}_file",), read_key) or b""
        return b""

    def _identity(self) -> Identity | None:
        certificate, key = (self._document.built.get(("broker", f"certificate_{name}file")) for name in ("", "key_"))
        if (certificate is None) != (key is None):
            missing = "certificate_file" if certificate is None else "certificate_key_file"
            self._document.wrong(("broker", missing), "is missing", "write both, as `watchkeeper edge enrol` tells them")
        if not isinstance(certificate, str) or not isinstance(key, str):
            return None
        found = Identity(self._path.parent / certificate, self._path.parent / key)
        if self._file(("broker", "certificate_key_file"), Path.read_bytes) is not None:
            self._file(("broker", "certificate_file"), lambda _: broker_trust(None, found))
        return found

    def _file(self, path: KeyPath, read: Callable[[Path], Any]) -> Any:
        """What `read` makes of the file named at `path`; None where there is none or it is wrong."""
        named = self._document.built.get(path)
        if not isinstance(named, str):
            return None
        try:
            return read(self._path.parent / named)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._document.wrong(path, f"cannot be read ({reason})", "give the path of a file that is there and may be read")
        except ValueError as error:
            what, _, instead = str(error).partition(": ")
            self._document.wrong(path, what, instead)
        except BadSettings as error:
            for message in error.messages:
                self._document.wrong(path, "holds a mistake", message)
        return None

    def _permits(self, path: KeyPath) -> dict[str, Permit] | None:
        access = self._document.built.get(path)
        if not isinstance(access, AccessSettings):
            return {}
        if access.permits is None and access.permits_file is None:
            if self._document.built.get(("hub_url",)) is None:
                told = "write hub_url, where the hub's table of permits comes from, or permits, or permits_file"
                self._document.wrong(path, "has no permits, and no hub to get them from", told)
            return None
        if access.permits is not None and access.permits_file is not None:
            self._document.wrong(path, "has both permits and permits_file", "write one of them, or neither for the hub's table")
            return {}
        if access.permits_file is not None:
            read: dict[str, Permit] | None = self._file((*path, "permits_file"), read_permits_file)
            return read or {}
        table, mistakes = read_permits(access.permits or [])
        for index, key, what, instead in mistakes:
            self._document.wrong((*path, "permits", index, key), what, instead)
        return table
