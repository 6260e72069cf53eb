"""What a fire system's parts were, and what each new message changes: pure.

A change is said. So is the first word of a thing that is all well, which ends what began before the agent did. A panel that was
reset has no fire until it says so again: not every transmitter tells of each part that is well.
"""

from typing import Final

from contract.readings import MAX_TEXT, FireInput, PanelEvent, PanelFault, Reading
from drivers.gb26875.units import (
    FIRE_BIT,
    MANUAL,
    OPERATIONS,
    RESET_BIT,
    Key,
    Operation,
    State,
    Told,
)

THINGS_MAX: Final = 8192
"""So many systems and parts are remembered; then the one that was heard of longest ago is forgotten, one without a fire first."""
MANUAL_MAX: Final = 256
"""Of more manual alarms the oldest is forgotten, so that its reset says nothing: the next one is told in any case."""


class Board:
    """One transmitter and all behind it."""

    def __init__(self) -> None:
        self._bits: dict[Key, int] = {}  # the one heard of longest ago first
        self._fires: dict[Key, str] = {}
        self._manual: dict[Key, str] = {}
        self._last: Operation | None = None

    def step(self, told: Told) -> list[Reading]:
        """What it says."""
        return self._state(told) if isinstance(told, State) else self._operation(told)

    def _state(self, state: State) -> list[Reading]:
        before = self._bits.pop(state.key, None)
        first_and_well = before is None and not state.bits & ~1
        self._bits[state.key] = state.bits
        said = self._fire(state, first_and_well)
        for bit, label in state.faults.items():
            now, was = state.bits >> bit & 1, (before or 0) >> bit & 1
            if now != was or first_and_well:
                said.append(PanelFault(active=bool(now), name=_cut(f"{state.name} {label}")))
        for bit, (begins, ends) in state.events.items():
            now, was = state.bits >> bit & 1, (before or 0) >> bit & 1
            if now != was:
                said.append(PanelEvent(begins if now else ends, _cut(state.name)))
        if len(state.key) == 2 and state.bits >> RESET_BIT & 1 and not (before or 0) >> RESET_BIT & 1:
            said += [PanelEvent("reset", _cut(state.name)), *self._reset(state.key)]
        self._forget()
        return said

    def _fire(self, state: State, first_and_well: bool) -> list[Reading]:
        if not state.bits >> FIRE_BIT & 1:
            name = self._fires.pop(state.key, state.name if first_and_well else "")
            return [FireInput(active=False, name=_cut(name))] if name else []
        # A system or the transmitter adds nothing to what one of its parts has said: one fire is one incident.
        if any(key[: len(state.key)] == state.key for key in (*self._fires, *self._manual)):
            return []
        self._fires[state.key] = state.name
        return [FireInput(active=True, name=_cut(state.name))]

    def _operation(self, told: Operation) -> list[Reading]:
        if told == self._last:
            return []  # its confirmation was lost
        self._last = told
        names = _names(told)
        said: list[Reading] = [PanelEvent(name, _cut(told.name), text=f"{told.operator}") for name in names]
        if "manual_alarm" in names and told.key not in self._manual:
            if len(self._manual) >= MANUAL_MAX:
                del self._manual[next(iter(self._manual))]
            self._manual[told.key] = _cut(f"{told.name} {MANUAL}")
            said.append(FireInput(active=True, name=self._manual[told.key]))
        elif {"reset", "alarm_cleared"} & set(names):
            said += self._reset(told.key)
        return said

    def _reset(self, key: Key) -> list[Reading]:
        """No fire in the system is left. The transmitter's own reset ends its own alarms: it is not the panel. What is done at
        the panel from now on is done anew, also where its clock stands still."""
        if self._last is not None and not {"reset", "alarm_cleared"} & set(_names(self._last)):
            self._last = None
        ended = [one for one in self._fires if one == key or (key and one[: len(key)] == key)]
        names = [self._fires.pop(one) for one in ended]
        for one in ended:
            if one in self._bits:
                self._bits[one] &= ~(1 << FIRE_BIT)
        if key in self._manual:
            names.append(self._manual.pop(key))
        return [FireInput(active=False, name=_cut(name)) for name in names]

    def _forget(self) -> None:
        if len(self._bits) > THINGS_MAX:
            oldest = next((key for key in self._bits if key not in self._fires), next(iter(self._bits)))
            del self._bits[oldest]
            self._fires.pop(oldest, None)


def _names(told: Operation) -> list[str]:
    return [name for bit, name in enumerate(OPERATIONS) if told.bits >> bit & 1]


def _cut(name: str) -> str:
    return name[:MAX_TEXT]
