"""What people type or a file holds, as a credential's name: the hash under the site's card key that gates know it by. Pure.

Numbers of cards are written as readers say them: `FACILITY,NUMBER` for the 26 bits that most readers send, with `/BITS` behind
for another format, and `NUMBER/BITS` for formats without a facility. 32 hex digits are a name already: no key is needed.
"""

import re

from contract import plates
from contract.names import Medium, card_name, code_name, plate_name
from hub.access.types import Proof
from hub.access.words import refused
from hub.cases.types import Refusal

KEY_BYTES = 32
BITS_MAX = 128
CODE_CHARS_MAX = 200
CARD_BITS = 26
_NAME = re.compile("[0-9a-fA-F]{32}")
_CARD = re.compile(r"(?:([0-9]{1,20})\s*[,，:：-]\s*)?([0-9]{1,39})(?:\s*/\s*([0-9]{1,3}))?")
_PIN = re.compile("[0-9]{4,12}")
_CARD_HINT = (
    "请写“区码,卡号”，如 12,34567；其他格式加位数，如 12,34567/34 或 305419896/34",
    "write FACILITY,NUMBER such as 12,34567, with its bits where they are not 26: 12,34567/34 or 305419896/34",
)
_PIN_HINT = ("密码为 4 到 12 位数字", "a PIN has 4 to 12 digits")
_CODE_HINT = ("请写 1 到 200 个字符", "write 1 to 200 characters")
_PLATE_HINTS: dict[str, tuple[str, str]] = {
    "empty": ("请填写车牌", "write a plate"),
    "too_long": ("车牌过长", "it is too long for a plate"),
    "foreign_character": ("含有车牌没有的字符", "it holds a character that no plate has: type it anew"),
    "no_such_form": ("请写完整车牌，如 京A12345", "write a whole plate, such as 京A12345"),
}


def proof_of(key: bytes | None, medium: Medium, text: str) -> Proof | Refusal:
    """The credential that the text means, or what is wrong with it. The refusal does not say the text again."""
    text = text.strip()
    if medium != "plate" and _NAME.fullmatch(text):
        return Proof(medium, text.lower())
    if medium == "plate":
        return _plate(key, text)
    if medium == "card":
        return _card(key, text)
    fits = bool(_PIN.fullmatch(text)) if medium == "pin" else 0 < len(text) <= CODE_CHARS_MAX and text.isprintable()
    if not fits:
        return _wrong(medium, _PIN_HINT if medium == "pin" else _CODE_HINT)
    return refused("no_card_key") if key is None else Proof(medium, code_name(key, medium, text))


def pin_of(key: bytes | None, text: str) -> str | Refusal:
    """The name of the PIN that is to follow a credential; empty for none."""
    if not text:
        return ""
    found = proof_of(key, "pin", text)
    return found if isinstance(found, Refusal) else found.name


def _plate(key: bytes | None, text: str) -> Proof | Refusal:
    found = plates.canonical(text)
    if found.problem:
        return _wrong("plate", _PLATE_HINTS[found.problem])
    return refused("no_card_key") if key is None else Proof("plate", plate_name(key, found.text), found.text)


def _card(key: bytes | None, text: str) -> Proof | Refusal:
    found = _CARD.fullmatch(text)
    if found is None:
        return _wrong("card", _CARD_HINT)
    facility = None if found[1] is None else int(found[1])
    number, bits = int(found[2]), int(found[3] or CARD_BITS)
    too_large = not 1 <= bits <= BITS_MAX or number >> bits or (facility or 0) >> bits
    if too_large or (facility is None and found[3] is None):
        return _wrong("card", _CARD_HINT)
    if bits == CARD_BITS and facility is not None and (facility > 0xFFF or number > 0xFFFF):
        return _wrong("card", _CARD_HINT)
    return refused("no_card_key") if key is None else Proof("card", card_name(key, facility, number, bits), f"{number % 100:02d}")


def _wrong(what: str, hint: tuple[str, str]) -> Refusal:
    return refused("wrong_number", what=what, hint_zh=hint[0], hint=hint[1])
