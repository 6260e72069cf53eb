"""What is personal: how it is masked, and what an identity number is."""

import re
from typing import NamedTuple

_CHINESE_ID = re.compile(r"[1-9]\d{16}[\dX]")
_OTHER_ID = re.compile(r"[A-Z0-9]{5,20}")
"""Passports, permits of residents of Hong Kong, Macau and Taiwan, and residence permits of foreigners."""
_IN_TEXT = re.compile(
    r"(?<!\d)[1-9]\d{5}[\s-]?(?:18|19|20)\d{2}[\s-]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[\s-]?\d{3}[\dXx](?!\d)"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LAST_SHOWN = 4
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]")


class Personal(NamedTuple):
    """What is known of whom comes; each may be empty."""

    name: str = ""
    identity: str = ""
    phone: str = ""


def identity_of(raw: str) -> str | None:
    """The number's one spelling; None for what is none. One of 18 characters must have its check character right (GB 11643)."""
    text = raw.strip().translate(str.maketrans("", "", " -")).upper()
    if not text.isascii():
        return None
    if _CHINESE_ID.fullmatch(text):
        total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
        return text if _CHECKS[total % 11] == text[-1] else None
    if len(text) == len(_WEIGHTS) + 1 and text[:-1].isdigit():
        return None
    return text if _OTHER_ID.fullmatch(text) and any(letter.isdigit() for letter in text) else None


def phone_of(raw: str) -> str | None:
    """The number without blanks; None for what is none."""
    text = raw.strip()
    return text.translate(str.maketrans("", "", " -")) if _PHONE.fullmatch(text) else None


def names_an_identity(text: str) -> bool:
    """Whether a free text holds what looks like an identity number."""
    return _IN_TEXT.search(text) is not None


def masked_identity(number: str) -> str:
    """Such as `**************1234`: nothing of it that says where or when somebody was born."""
    shown = number[-_LAST_SHOWN:] if len(number) > 2 * _LAST_SHOWN else number[-1:]
    return "*" * (len(number) - len(shown)) + shown


def masked_phone(number: str) -> str:
    """Such as `138****1234`."""
    if len(number) < 7:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def masked_name(name: str) -> str:
    """The first character alone, such as `张**`."""
    return name[:1] + "*" * min(len(name) - 1, 8)


def masked_plate(plate: str) -> str:
    """Such as `京A***45`."""
    return f"{plate[:2]}{'*' * (len(plate) - 4)}{plate[-2:]}" if len(plate) > 4 else "*" * len(plate)


def masked(one: Personal) -> Personal:
    """As it stands on every screen."""
    return Personal(masked_name(one.name), masked_identity(one.identity), masked_phone(one.phone))


def fits(one: Personal, wanted: str) -> bool:
    """Whether somebody who is looked for is this one: a part of the name, or the end of a number, of 4 characters at least."""
    text = wanted.strip()
    if not text:
        return False
    ends = len(text) >= _LAST_SHOWN and any(number.endswith(text.upper()) for number in (one.identity, one.phone) if number)
    return ends or text.casefold() in one.name.casefold()
