"""The numbers of cards and of guards' tags never leave the agent: a keyed hash names them instead."""

from hashlib import blake2b

import msgspec

from contract.readings import CardRead, TagScanned

_NAME_BYTES = 16


def card_name(key: bytes, facility: int | None, number: int, bits: int) -> str:
    """The name of a card: 32 hex digits of BLAKE2b under `key` over the format and both numbers. The key is one for a site, so
    that every agent gives a card the same name; without it, the few numbers that exist could be tried one by one."""
    plain = f"{bits}:{'' if facility is None else facility}:{number}"
    return blake2b(plain.encode(), digest_size=_NAME_BYTES, key=key).hexdigest()


def pseudonymous(reading: CardRead, key: bytes) -> CardRead:
    """The same reading with the card's name in place of its numbers."""
    card = reading.card if reading.number is None else card_name(key, reading.facility, reading.number, reading.bits)
    return CardRead(bits=reading.bits, parity=reading.parity, card=card, weak=reading.weak)


def guard_name(key: bytes, tag: str) -> str:
    """The name of a guard's tag, made like a card's, over its text in upper case: the same under every agent of a site, and never
    that of a card, whose text begins with a number of bits."""
    return blake2b(f"guard:{tag.upper()}".encode(), digest_size=_NAME_BYTES, key=key).hexdigest()


def nameless(reading: TagScanned, key: bytes) -> TagScanned:
    """The same reading with the name of the guard's tag in place of the tag."""
    if reading.guard is None:
        return reading
    return msgspec.structs.replace(reading, guard=guard_name(key, reading.guard))
