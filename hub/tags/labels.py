"""QR labels and the names of tags. Pure but for the random bits of a new label.

A label holds `BASE/t/TAG.MAC`, or `TAG.MAC` where no base is known. TAG: 16 characters of base32, 80 random bits. MAC: as many,
of BLAKE2b under the site's label key, so that nobody can make up a label that the hub takes for one of its own. (Anybody can
photograph one: see `weak_medium` in docs/design/duties.md.)
"""

import hmac
import re
import unicodedata
from base64 import b32encode
from collections.abc import Callable
from hashlib import blake2b
from typing import get_args

from hub.cases.types import Refusal
from hub.duties.types import Medium

KEY_BYTES = 32
TAG_CHARS = 16
RANDOM_BYTES = 10
LABEL_CHARS_MAX = 512
"""A label's text with its base; more is not looked at."""
HARDWARE_CHARS_MAX = 128
"""A hardware tag as somebody typed it, with everything between its digits."""
TAG_MEDIA: tuple[Medium, ...] = tuple(name for name in get_args(Medium) if name != "hand")
"""What can be enrolled. What a person enters by hand is no tag."""

_LABEL = re.compile(r"(?:https?://[^\s?#]+/T/)?([A-Z2-7]{16})\.([A-Z2-7]{16})", re.IGNORECASE | re.ASCII)
_QR = re.compile(r"[A-Z2-7]{16}")
_HARDWARE = re.compile(r"[0-9A-F]{4,32}")
_BETWEEN = re.compile(r"[\s:.\-_]+")
_HEX = frozenset("0123456789ABCDEF")
_PERSON = b"wk-label"


def new_tag(random_bytes: Callable[[int], bytes]) -> str:
    """The name of a new QR label. It has a letter beyond F, so that it can never be a hardware tag's name as well."""
    while True:
        tag = b32encode(random_bytes(RANDOM_BYTES)).decode()
        if not _HEX.issuperset(tag):
            return tag


def label_text(key: bytes, tag: str, base: str = "") -> str:
    """What the label of a tag holds."""
    signed = f"{tag}.{_mac(key, tag)}"
    return f"{base.rstrip('/')}/t/{signed}" if base else signed


def read_label(key: bytes, text: str) -> str | Refusal:
    """The tag that a scanned or typed label names. Any base is taken, in small letters or capitals: the MAC alone tells."""
    found = _LABEL.fullmatch(_plain(text)) if len(text) <= LABEL_CHARS_MAX else None
    if found is None:
        return Refusal("no_label", "不是本系统的标签 / this is no label of a hub: scan the whole code again")
    tag, mac = found[1].upper(), found[2].upper()
    if not hmac.compare_digest(mac, _mac(key, tag)):
        return Refusal("forged_label", "标签签名不符，可能是伪造的 / the label was not made by this hub: it may be forged")
    return tag


def normal_tag(text: str) -> str | Refusal:
    """A hardware tag's one name, however it was written: `04:a2 2b…` → `04A22B…`. An NFC tag's UID and an iButton's number in
    hex, a card's number in decimal or in hex; leading zeros count, as readers print them."""
    name = _BETWEEN.sub("", _plain(text)).upper() if len(text) <= HARDWARE_CHARS_MAX else ""
    if not _HARDWARE.fullmatch(name):
        return Refusal(
            "bad_tag",
            "标签号应为 4 到 32 位数字或十六进制 / a tag's number has 4 to 32 digits, decimal or hex: write what a reader prints",
        )
    return name


def tag_name(text: str) -> str | Refusal:
    """The name of a tag of any kind as a person writes it: a hardware tag's number, or the 16 characters of a QR label's."""
    plain = _plain(text).upper() if len(text) <= HARDWARE_CHARS_MAX else ""
    return plain if is_name(plain, "qr") else normal_tag(text)


def is_name(tag: str, medium: Medium) -> bool:
    """Whether `tag` is written as tags of this medium are kept."""
    if medium == "qr":
        return bool(_QR.fullmatch(tag)) and not _HEX.issuperset(tag)
    return medium in TAG_MEDIA and bool(_HARDWARE.fullmatch(tag))


def short(tag: str) -> str:
    """What is printed on a label for people to tell it from others."""
    return f"{tag[:4]}-{tag[4:8]}"


def _plain(text: str) -> str:
    """Full-width characters, as a Chinese keyboard gives them, become plain ones."""
    return unicodedata.normalize("NFKC", text).strip()


def _mac(key: bytes, tag: str) -> str:
    return b32encode(blake2b(tag.encode(), digest_size=RANDOM_BYTES, key=key, person=_PERSON).digest()).decode()
