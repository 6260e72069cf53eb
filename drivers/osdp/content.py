"""What a reader's replies say: cards, PINs, tamper, power, inputs. Pure, time is an argument."""

from collections.abc import Callable
from typing import Final

from contract.clock import US_PER_S
from contract.readings import CardRead, PanelFault, Reading, TamperContact
from drivers.contacts_modbus.decode import Contacts, ContactsOptions, Said
from drivers.osdp.codes import FMT, ISTATR, KEYPAD, LSTATR, RAW, RSTATR
from drivers.osdp.keypad import Keypad
from drivers.osdp.options import OsdpOptions
from drivers.port import Finding
from drivers.wiegand.decode import card
from drivers.wiegand.formats import MAX_BITS, choose

POWER: Final = "power"
"""The name under which a reader's supply is told of."""
_HEADS_MAX: Final = 8
_RAW_HEAD_BYTES: Final = 4
_TAMPERED: Final = 2


class Content:
    """Remembers what a reader's contacts were, and says what changed; the first state at once. Readers debounce their inputs.

    Findings, besides those of keypads and of Wiegand frames: `malformed` (a reply that is too short or too long for what it
    says), `formatted_card` (a card as text, which names no card that another reader would know)."""

    def __init__(self, options: OsdpOptions) -> None:
        self._formats = choose(options.formats)
        self._strong = options.strong_cards
        self._keypad = Keypad(options.pin_digits, round(options.pin_timeout_s * US_PER_S))
        self._contacts = Contacts(ContactsOptions(inputs=options.inputs), 0) if options.inputs else None
        self._was: dict[str, bool] = {}
        self._takes: dict[int, Callable[[bytes, int], list[Said | Finding]]] = {
            RAW: self._raw,
            FMT: lambda data, _: [Finding("formatted_card", 0, b"")],  # noqa: ARG005 - one row of a table
            KEYPAD: self._keys,
            LSTATR: self._local,
            RSTATR: self._heads,
            ISTATR: self._inputs,
        }

    def take(self, code: int, data: bytes, now_us: int) -> list[Said | Finding]:
        """What the reply `code` with `data` says, at `now_us` on a clock that never steps. Others say nothing."""
        row = self._takes.get(code)
        return row(data, now_us) if row else []

    def waited(self, now_us: int) -> list[Said | Finding]:
        """What time alone says: a PIN that nobody finished."""
        return [_own(one) for one in self._keypad.waited(now_us)]

    def _raw(self, data: bytes, _now_us: int) -> list[Said | Finding]:
        bits = int.from_bytes(data[2:4], "little")
        held = data[_RAW_HEAD_BYTES:]
        if len(data) < _RAW_HEAD_BYTES or len(held) != -(-bits // 8) or not bits:
            return [Finding("malformed", 0, data[:_RAW_HEAD_BYTES])]
        if bits > MAX_BITS:
            return [Finding("unknown_length", 0, data[:_RAW_HEAD_BYTES])]
        read = card(int.from_bytes(held, "big") >> (len(held) * 8 - bits), bits, self._formats)
        if isinstance(read, str):
            return [Finding(read, 0, data)]
        return [_own(CardRead(bits=read.bits, facility=read.facility, number=read.number, weak=not self._strong))]

    def _keys(self, data: bytes, now_us: int) -> list[Said | Finding]:
        if len(data) < 2 or len(data) != 2 + data[1]:
            return [Finding("malformed", 0, data[:2])]
        return [_own(one) for one in self._keypad.typed(data[2:], now_us)]

    def _local(self, data: bytes, _now_us: int) -> list[Said | Finding]:
        if len(data) != 2:
            return [Finding("malformed", 0, data)]
        return [
            *self._changed("", bool(data[0]), TamperContact(active=bool(data[0]))),
            *self._changed(POWER, bool(data[1]), PanelFault(active=bool(data[1]), name=POWER)),
        ]

    def _heads(self, data: bytes, _now_us: int) -> list[Said | Finding]:
        if not 1 <= len(data) <= _HEADS_MAX:
            return [Finding("malformed", 0, data)]
        said: list[Said | Finding] = []
        for number, state in enumerate(data):
            active, name = state == _TAMPERED, f"head {number}"
            if active or name in self._was:  # a head that was never touched needs no telling
                said += self._changed(name, active, TamperContact(active=active, name=name))
        return said

    def _inputs(self, data: bytes, now_us: int) -> list[Said | Finding]:
        if self._contacts is None:
            return []
        return list(self._contacts.step({number: bool(state) for number, state in enumerate(data)}, now_us))

    def _changed(self, name: str, active: bool, reading: Reading) -> list[Said | Finding]:
        if self._was.get(name) == active:
            return []
        self._was[name] = active
        return [_own(reading)]


def _own(item: Reading | Finding) -> Said | Finding:
    return item if isinstance(item, Finding) else Said(item, None)
