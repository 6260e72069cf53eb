"""The text of a number plate, the same wherever it is read, typed or compared.

A plate that a person or a camera writes in another way (small letters, a dot after the second character, full-width forms from an
input method) means the same plate, and `canonical` says so. It also says when the text holds what no plate of the country has,
such as a Cyrillic О: such a text is nobody's plate. `looks_odd` is for gates: a text that only looks like a plate after it was
folded never opens one, as nobody can say who wrote it so.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

UNSEEN = "\ufffd"
"""What stands for a character that nobody sees, such as a zero-width one: no plate has it."""
RAW_MAX = 40
"""Characters of a text that may be a plate. Longer text is none."""

Problem = Literal["", "empty", "too_long", "foreign_character", "no_such_form"]
Kind = Literal[
    "standard", "new_energy", "police", "learner", "trailer", "hong_kong", "macau", "consulate", "embassy", "military",
    "armed_police", "airport", "emergency", "test", "foreign", "",
]  # fmt: skip

_SEPARATORS = re.compile("[ \u3000·.\\-•・‧∙⋅]")
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""Of ASCII alone: elsewhere letters that no plate has become letters that plates have, such as ſ."""
_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_AUTHORITY = "[A-HJ-NP-Z]"
_SERIAL = "[A-HJ-NP-Z0-9]"


class Form(NamedTuple):
    """One way in which plates of a country are written."""

    kind: Kind
    pattern: re.Pattern[str]


def _form(kind: Kind, pattern: str) -> Form:
    return Form(kind, re.compile(pattern))


CHINA: tuple[Form, ...] = (
    # GA 36: letters I and O stand in no serial; O after the province is the public security's
    _form("police", f"{_PROVINCE}{_AUTHORITY}{_SERIAL}{{4}}警|{_PROVINCE}O{_SERIAL}{{4}}[A-Z0-9警]"),
    _form("learner", f"{_PROVINCE}{_AUTHORITY}{_SERIAL}{{4}}学"),
    _form("trailer", f"{_PROVINCE}{_AUTHORITY}{_SERIAL}{{4}}挂"),
    _form("hong_kong", f"粤Z{_SERIAL}{{4}}港"),
    _form("macau", f"粤Z{_SERIAL}{{4}}澳"),
    _form("consulate", f"{_PROVINCE}(?:[A-Z]{_SERIAL}{{4}}|[0-9]{{5,6}})领"),
    _form("embassy", "使[0-9]{6}|[0-9]{6}使"),
    _form("armed_police", f"WJ{_PROVINCE}?[0-9]{{4,5}}[0-9A-Z]"),
    _form("airport", "民航[A-Z0-9]{5}"),
    _form("emergency", f"{_PROVINCE}{_AUTHORITY}{_SERIAL}{{4}}应急|{_PROVINCE}{_AUTHORITY}?X{_SERIAL}{{3,4}}应急"),
    _form("test", f"{_PROVINCE}{_AUTHORITY}{_SERIAL}{{4}}[试超]"),
    # GA 36: a small new-energy vehicle has its letter behind the authority's, a large one at the end
    _form("new_energy", f"{_PROVINCE}{_AUTHORITY}[A-HJK][A-HJ-NP-Z0-9][0-9]{{4}}|{_PROVINCE}{_AUTHORITY}[0-9]{{5}}[A-HJK]"),
    _form("standard", f"{_PROVINCE}{_AUTHORITY}{_SERIAL}{{5}}"),
    _form("military", "[A-Z]{2}[A-Z0-9][0-9]{4}"),
)
FOREIGN: tuple[Form, ...] = (_form("foreign", "[A-Z0-9]{2,10}"),)
FORMS: dict[str, tuple[Form, ...]] = {"CN": CHINA, "": FOREIGN}
"""By country; the empty one is any other, whose plates are Latin letters and digits."""
COUNTRIES = ("CN", "")
"""Whose plates are looked for, in this order, where nothing else is said."""


class Canonical(NamedTuple):
    """`text` is the plate's one spelling, empty where there is a `problem`, whose name it is. `kind` and `country`: whose form it
    has. `odd`: it held characters that only fold into the plate's, such as full-width ones."""

    text: str
    kind: Kind = ""
    country: str = ""
    problem: Problem = ""
    odd: bool = False


@lru_cache(maxsize=4096)
def canonical(raw: str, countries: tuple[str, ...] = COUNTRIES) -> Canonical:
    """The plate that `raw` means, in the form of the first of `countries` that has one."""
    if len(raw) > RAW_MAX:
        return Canonical("", problem="too_long")
    bare = _SEPARATORS.sub("", raw).translate(_UPPER)
    text = _SEPARATORS.sub("", unicodedata.normalize("NFKC", bare)).translate(_UPPER)
    if not text:
        return Canonical("", problem="empty")
    odd = text != bare
    for country in countries:
        for form in FORMS[country]:
            if form.pattern.fullmatch(text):
                return Canonical(text, form.kind, country, odd=odd)
    strange = any(not _is_known(character) for character in text)
    return Canonical("", problem="foreign_character" if strange else "no_such_form", odd=odd)


def as_read(raw: str) -> str:
    """The text of a plate as a device wrote it, fit to be kept and shown. Control characters of ASCII, as devices pad with, are
    left out; what else nobody sees stays, as UNSEEN: left out it would become a plate that nobody wrote."""
    bare = "".join(one for one in raw if one >= " " and one != "\x7f").strip()
    return "".join(" " if one.isspace() else one if one.isprintable() else UNSEEN for one in bare)


def looks_odd(raw: str) -> bool:
    """Whether the text is a plate only once it has been folded, or holds what no plate has: it opens nothing."""
    found = canonical(raw)
    return found.odd or found.problem == "foreign_character"


def _is_known(character: str) -> bool:
    return character in _KNOWN


_KNOWN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + _PROVINCE[1:-1] + "警学挂港澳领使民航应急试超")
