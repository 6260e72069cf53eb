"""What a resident reads: Chinese first, English second. Nobody's name stands in it: the page behind the link shows it."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from contract.clock import US_PER_S
from hub.duties.localtime import day_us, local_day
from hub.visits.types import Notice

_MINUTE_US = 60 * US_PER_S


class Text(NamedTuple):
    """Title and body."""

    title: str
    body: str


_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "confirm": (
        "访客确认",
        "有访客到访 {room}，请在 {until} 前确认是否放行：{link}",
        "Visitor",
        "A visitor for {room} waits at the gate. Please answer before {until}: {link}",
    ),
    "consent": (
        "送货上门",
        "{room} 有物品在投放点，是否同意保安送上门？请在 {until} 前答复：{link}",
        "Delivery",
        "Goods for {room} are here. May a guard bring them to the door? Please answer before {until}: {link}",
    ),
    "dropped": (
        "物品已到",
        "{room} 有物品已放在投放点，请及时领取",
        "Delivery",
        "Goods for {room} are at the drop-off point. Please collect them",
    ),
    "register": (
        "访客自助登记",
        "{room} 的访客自助登记链接，有效至 {until}，请勿转发：{link}",
        "Your visitors",
        "Register visitors of {room} yourself, until {until}. Keep this link to yourself: {link}",
    ),
}
_LASTING = frozenset(("register",))
"""Texts whose link lasts for days."""
WITH_LINK = frozenset(what for what, row in _TEXTS.items() if "{link}" in row[1])


def text_of(notice: Notice, link: str, zone: ZoneInfo) -> Text:
    """The message. `link`: the whole address, empty where there is nothing to answer."""
    zh_title, zh, en_title, en = _TEXTS[notice.what]
    until = local_time(zone, notice.until_us)
    if notice.what in _LASTING:
        until = f"{local_day(zone, notice.until_us).isoformat()} {until}"
    words = {"room": notice.room, "until": until, "link": link}
    return Text(f"{zh_title} / {en_title}", f"{zh.format(**words)}\n{en.format(**words)}")


def local_time(zone: ZoneInfo, at_us: int) -> str:
    """Such as `10:05`, on the estate's wall."""
    minutes = (at_us - day_us(zone, local_day(zone, at_us))) // _MINUTE_US
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
