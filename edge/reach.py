"""Who carries out what is asked of a device: itself, or the board that its lock is wired to."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from drivers.port import DriverKind
from edge.actuator import Job
from edge.config_types import DeviceSettings, Kinds, spoken_for


class Hands(NamedTuple):
    """The device that acts when another, or itself, is asked to. `commands`: what the hub may ask."""

    device: DeviceSettings
    commands: frozenset[str]


def objection(kind: DriverKind, device: DeviceSettings, action: str, about: str) -> str:
    """Why `device` cannot do `action` about `about`, itself or one that it speaks for, as `what: what to write instead`; empty:
    it can."""
    if action not in kind.actions:
        able = ", ".join(sorted(kind.actions))
        return f"{kind.name} cannot {action}: " + (f"write one of {able}" if able else "leave it out")
    return kind.cannot(device.options, action, "" if about == device.id else about)


def who_acts(devices: Iterable[DeviceSettings], kinds: Kinds) -> dict[str, Hands]:
    """For each device that can be asked to act: who does."""
    found: dict[str, Hands] = {}
    for device in devices:
        kind = kinds(device.driver)
        if kind.actions:
            found[device.id] = Hands(device, frozenset(device.commands))
        for door in spoken_for(device):
            able = frozenset(action for action in kind.actions if not objection(kind, device, action, door))
            if able:
                found[door] = Hands(device, able & set(device.commands))
    return found


def asker(about: str, device: DeviceSettings, ask: Callable[[Job], bool]) -> Callable[[Job], bool]:
    """How to ask `device` for something about `about`: a board is told which door is meant."""
    if about == device.id:
        return ask
    return lambda job: ask(job._replace(args={**job.args, "door": about}))
