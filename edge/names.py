"""The numbers of cards, codes and guards' tags never leave the agent: a keyed hash names them instead."""

import msgspec

from contract.names import card_name, code_name, guard_name
from contract.readings import CardRead, CodeRead, TagScanned


def pseudonymous(reading: CardRead, key: bytes) -> CardRead:
    """The same reading with the card's name in place of its numbers."""
    card = reading.card if reading.number is None else card_name(key, reading.facility, reading.number, reading.bits)
    return CardRead(bits=reading.bits, parity=reading.parity, card=card, weak=reading.weak)


def codeless(reading: CodeRead, key: bytes) -> CodeRead:
    """The same reading with the code's name in place of what was shown or typed."""
    if reading.value is None:
        return reading
    return msgspec.structs.replace(reading, value=None, code=code_name(key, reading.medium, reading.value))


def nameless(reading: TagScanned, key: bytes) -> TagScanned:
    """The same reading with the name of the guard's tag in place of the tag."""
    if reading.guard is None:
        return reading
    return msgspec.structs.replace(reading, guard=guard_name(key, reading.guard))
