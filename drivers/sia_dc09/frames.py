"""The outside of a DC-09 message: its line, its check and its head, and the receiver's answers. Pure.

    LF crc 0LLL "id" seq Rrcvr Lpref #acct [ data ] [xdata]… _HH:MM:SS,MM-DD-YYYY CR

`crc` is CRC-16 (reflected 0x8005, from 0) of all from the first quote to before the CR, as four hex digits; `LLL` is how many
bytes that are. `*` in front of the id: what stands behind the first [ is encrypted, with the timestamp.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from contract.clock import US_PER_S
from drivers.sia_dc09.cipher import BLOCK_BYTES, encrypted

_HEAD = re.compile(
    rb'([0-9A-Fa-f]{4})[0-9A-Fa-f]{4}("(\*?)([A-Z][A-Z0-9-]{1,19})"([0-9]{4})'
    rb"(R[0-9A-Fa-f]{1,6})?(L[0-9A-Fa-f]{1,6})?(?:#([0-9A-Fa-f]{1,16}))?\[(.*))",
    re.DOTALL,
)
_BODY = re.compile(rb"([^\[\]]*)\](?:\[[^\[\]]*\]){0,16}(?:_(.*))?", re.DOTALL)
_OLD = re.compile(
    rb"""<x0A>.*                                  # a transcript of the format before DC-09
        |S?R?[0-9]{4}L[0-9]{4}\ .*               # a receiver's own output (DC-04)
        |[0-9]{4}\ 18\ .*                        # Ademco 685
        |..0[0-9A-Fa-f]{3}"\*?[A-Z0-9-]{2,20}".* # the check as two raw bytes: DC-07, and DC-09 in its first edition
    """,
    re.VERBOSE | re.DOTALL,
)
_TIME: Final = "%H:%M:%S,%m-%d-%Y"
_TIME_TEXT = re.compile(rb"[0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{2}-[0-9]{2}-[0-9]{4}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Head(NamedTuple):
    """What an answer must repeat, and whether the message is encrypted. `receiver` and `line` begin with their letter, and are
    empty where the panel sends none."""

    token: str
    encrypted: bool
    seq: str
    receiver: str
    line: str
    account: str


class Body(NamedTuple):
    """What stood between the brackets, and the panel's time: None where there is none. `bad_time`: it is no time."""

    data: bytes
    at_us: int | None
    bad_time: bool


def crc(data: bytes) -> int:
    """CRC-16/ARC."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value


def opened(line: bytes) -> tuple[Head, bytes] | str:
    """The head of a line, without its CR and LF, and what follows the first bracket; or the name of what is wrong. The length is
    not compared: the end of the line and the check say more, and there are panels that count in decimal."""
    found = _HEAD.fullmatch(line)
    if found is None:
        return "old_format" if _OLD.fullmatch(line) else "malformed"
    check, checked, star, token, seq, receiver, prefix, account, rest = found.groups()
    if int(check, 16) != crc(checked):
        return "crc"
    texts = (token, seq, receiver or b"", prefix or b"", (account or b"").upper())
    token_text, *others = (text.decode("ascii") for text in texts)
    return Head(token_text, bool(star), *others), rest


def body_of(rest: bytes) -> Body | None:
    """What follows the first bracket, in clear; None where it does not end as a message does."""
    found = _BODY.fullmatch(rest)
    if found is None:
        return None
    at_us = None if found[2] is None else time_of(found[2])
    return Body(found[1], at_us, bad_time=found[2] is not None and at_us is None)


def time_of(text: bytes) -> int | None:
    """A timestamp without its underscore; always UTC."""
    if not _TIME_TEXT.fullmatch(text):
        return None
    try:
        at = datetime.strptime(text.decode("ascii"), _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (at - _EPOCH) // timedelta(microseconds=1)


def time_text(at_us: int) -> str:
    """A timestamp with its underscore."""
    return "_" + (_EPOCH + timedelta(seconds=at_us // US_PER_S)).strftime(_TIME)


def framed(message: bytes) -> bytes:
    """A message from its first quote on, with all that goes around it."""
    return b"\n%04X%04X%s\r" % (crc(message), len(message), message)


def sealed(clear: bytes, key: bytes, pad: bytes) -> bytes:
    """`clear`, from behind the first bracket on, padded in front and encrypted. `pad`: a block of bytes to take from, none of
    them a bracket or a bar."""
    missing = -len(clear) % BLOCK_BYTES
    return encrypted(pad[:missing] + clear, key)


def ack(head: Head, *, key: bytes, pad: bytes, now_us: int) -> bytes:
    """The message is taken. An encrypted one is answered encrypted, with a time."""
    if not head.encrypted:
        return framed(_start("ACK", head) + b"[]")
    return framed(_start("*ACK", head) + b"[" + sealed(b"]" + time_text(now_us).encode(), key, pad))


def nak(now_us: int) -> bytes:
    """The message's time is off: the panel sets its clock by this one's and says the message again. Never encrypted."""
    return framed(b'"NAK"0000R0L0A0[]' + time_text(now_us).encode())


def duh(head: Head) -> bytes:
    """The message came whole and cannot be used; saying it again would not help. Never encrypted."""
    return framed(_start("DUH", head) + b"[]")


def _start(token: str, head: Head) -> bytes:
    account = f"#{head.account}" if head.account else ""
    return f'"{token}"{head.seq}{head.receiver}{head.line}{account}'.encode()
