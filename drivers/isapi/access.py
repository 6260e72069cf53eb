"""What a face or door terminal's `AccessControllerEvent` means, as a table. Pure.

The numbers are those of Hikvision's device network SDK: a major type (1 alarm, 2 exception, 3 operation, 5 event) and a minor.
A terminal names a person by its own employee number; his name, which it tells too, goes nowhere.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

from contract.names import Medium
from contract.readings import (
    AccessDecided,
    AlarmInput,
    CardRead,
    CodeRead,
    DoorContact,
    ExitRequested,
    FireInput,
    PanicPressed,
    Reading,
    TamperContact,
)
from drivers.cameras.documents import Tree, number_at, word_at
from drivers.cameras.words import clipped
from drivers.isapi.settings import CardForm, IsapiOptions

ALARM, OPERATION, EVENT = 1, 3, 5
CARD_MAX: Final = 0xFFFF_FFFF

What = Literal["passed", "refused", "contact", "exit", "tamper", "input", "fire", "duress", "remote"]


class Meaning(NamedTuple):
    """What an event is. `medium`: what was shown; `reason`: why it was refused; `on`: whether it begins or ends."""

    what: What
    medium: Medium = "card"
    reason: str = ""
    on: bool = True
    part: str = ""


def _minors(what: What, medium: Medium, minors: str, reason: str = "terminal") -> dict[tuple[int, int], Meaning]:
    return {(EVENT, int(minor, 16)): Meaning(what, medium, reason) for minor in minors.split()}


MEANINGS: Final[Mapping[tuple[int, int], Meaning]] = {
    # a card, alone or with a PIN or a finger; a face, alone or with something else; a finger or a phone, which name a person
    **_minors("passed", "card", "01 02 10 28 2b"),
    **_minors("passed", "face", "36 39 3c 3f 42 4b 4d 69"),
    **_minors("passed", "face", "26 2e 45 48 65 99 9e 9f"),
    **_minors("passed", "pin", "b5"),
    **_minors("passed", "qr", "9c"),
    **_minors("refused", "card", "03 05 0b 0c 0d 0e 0f 29 2c 5e 77 9b a2 a3 a4"),
    **_minors("refused", "card", "06", "not_here"),
    **_minors("refused", "card", "07", "outside_hours"),
    **_minors("refused", "card", "08", "expired"),
    **_minors("refused", "card", "09", "unknown_card"),
    **_minors("refused", "card", "0a", "passback"),
    **_minors("refused", "face", "27 2f 31 37 3a 3d 40 43 46 49 4c 4e 50 66 68 70 71 75 98 a0"),
    **_minors("refused", "pin", "94 96 97"),
    **_minors("refused", "pin", "c3", "expired"),
    **_minors("refused", "qr", "9d"),
    # the door's contact, and that it was open for too long, which is told by the contact
    (EVENT, 0x19): Meaning("contact"),
    (EVENT, 0x1A): Meaning("contact", on=False),
    (EVENT, 0x1B): Meaning("contact"),
    (EVENT, 0x1C): Meaning("contact"),
    (EVENT, 0x17): Meaning("exit"),
    (EVENT, 0x34): Meaning("fire"),
    (EVENT, 0x35): Meaning("fire", on=False),
    (OPERATION, 0x400): Meaning("remote"),
    (ALARM, 0x404): Meaning("tamper"),
    (ALARM, 0x405): Meaning("tamper", on=False),
    (ALARM, 0x406): Meaning("tamper", part="card reader"),
    (ALARM, 0x407): Meaning("tamper", on=False, part="card reader"),
    (ALARM, 0x40F): Meaning("tamper", part="door unit"),
    (ALARM, 0x410): Meaning("tamper", on=False, part="door unit"),
    (ALARM, 0x408): Meaning("input"),
    (ALARM, 0x409): Meaning("input", on=False),
    (ALARM, 0x40A): Meaning("duress"),
}


def meaning_of(event: Tree) -> Meaning | None:
    """What the event is; None: something that means nothing here, such as a lock's relay or somebody who took too long."""
    major, minor = number_at(event, "majorEventType", "major"), number_at(event, "subEventType", "minor")
    return None if major is None or minor is None else MEANINGS.get((int(major), int(minor)))


def readings_of(event: Tree, meaning: Meaning, options: IsapiOptions) -> list[Reading]:
    """What the event says, in order."""
    if meaning.what in ("passed", "refused"):
        return _shown(event, meaning, options)
    if meaning.what == "remote":
        decided = AccessDecided(card="", granted=True, reason="terminal_remote")
        return [decided] if options.decides == "terminal" else []
    return [_TOLD[meaning.what](event, meaning, options)]


def _input(event: Tree, meaning: Meaning, options: IsapiOptions) -> Reading:
    number = word_at(event, "alarmInNo", "caseSensorNo", "inputIOPortID")
    return AlarmInput(active=meaning.on, name=options.inputs.get(number, clipped(number)))


def _tamper(event: Tree, meaning: Meaning, _options: IsapiOptions) -> Reading:
    return TamperContact(active=meaning.on, name=f"{meaning.part} {_reader(event, meaning)}".strip())


_TOLD: Final[Mapping[What, Callable[[Tree, Meaning, IsapiOptions], Reading]]] = {
    "contact": lambda _event, meaning, _options: DoorContact(open=meaning.on),
    "exit": lambda _event, _meaning, _options: ExitRequested(),
    "fire": lambda _event, meaning, _options: FireInput(active=meaning.on, name="fire relay"),
    "duress": lambda _event, _meaning, _options: PanicPressed(note="duress"),
    "input": _input,
    "tamper": _tamper,
}


def _reader(event: Tree, meaning: Meaning) -> str:
    return clipped(word_at(event, "cardReaderNo")) if meaning.part == "card reader" else ""


def _shown(event: Tree, meaning: Meaning, options: IsapiOptions) -> list[Reading]:
    """The credential, and what the terminal made of it, where it is the one that opens."""
    readings = _credential(event, meaning, options.card)
    if options.decides == "terminal":
        granted = meaning.what == "passed"
        readings.append(AccessDecided(card="", granted=granted, reason=meaning.reason, medium=meaning.medium))
    return readings


def _credential(event: Tree, meaning: Meaning, form: CardForm) -> list[Reading]:
    person = clipped(word_at(event, "employeeNoString", "employeeNo"))
    person = "" if person == "0" else person
    card = card_of(word_at(event, "cardNo"), form)
    code = clipped(word_at(event, "QRCodeInfo", "cardNo")) if meaning.medium == "qr" else ""
    if code:
        return [CodeRead(medium="qr", value=code)]
    if card is not None and (meaning.medium == "card" or not person):
        return [card]
    score = number_at(event, "similarity")
    sure = round(min(score / 100 if score > 1 else score, 1.0), 4) if score is not None and score >= 0 else None
    return [CodeRead(medium="face", value=person, score=sure if meaning.medium == "face" else None)] if person else []


def card_of(text: str, form: CardForm) -> CardRead | None:
    """The card of a terminal's decimal number; None where there is none, or one that 32 bits do not hold."""
    if not (text.isascii() and text.isdigit() and len(text) <= 20) or not 0 < int(text) <= CARD_MAX:
        return None
    number = int(text)
    match form:
        case "csn32":
            return CardRead(bits=32, number=number)
        case "csn34":
            return CardRead(bits=34, number=number)
        case "wiegand34":
            return CardRead(bits=34, facility=number >> 16, number=number & 0xFFFF)
        case "wiegand26":
            return CardRead(bits=26, facility=number >> 16 & 0xFF, number=number & 0xFFFF)
