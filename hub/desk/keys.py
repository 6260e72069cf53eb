"""The register of keys and equipment: what an act makes of an item, and the row that it adds to the item's history."""

from typing import Literal, NamedTuple, get_args

import msgspec
from msgspec.structs import replace

from hub.cases.types import Refusal
from hub.desk.words import refused

Kind = Literal["key", "radio", "torch", "baton", "recorder", "other"]
KeyState = Literal["in", "out", "broken", "lost"]
Condition = Literal["in", "broken", "lost"]
"""In which state an item comes back: fit for use, broken, or not at all."""
KINDS: tuple[Kind, ...] = get_args(Kind)
ITEMS_MAX = 2_000
KIND_NAMES: dict[str, tuple[str, str]] = {
    "key": ("钥匙", "key"),
    "radio": ("对讲机", "radio"),
    "torch": ("手电", "torch"),
    "baton": ("警棍", "baton"),
    "recorder": ("记录仪", "recorder"),
    "other": ("其他", "other"),
}
STATE_NAMES: dict[str, tuple[str, str]] = {
    "in": ("在位", "in its place"),
    "out": ("借出", "out"),
    "broken": ("损坏", "broken"),
    "lost": ("丢失", "lost"),
}


class KeyItem(msgspec.Struct, frozen=True):
    """A row of `key_item`. `holder`: who has it, an id of the staff. `due_us`: until when it is to be back; None: it is not out.
    `moves`: how many rows its history has."""

    item: str
    kind: Kind
    name_zh: str
    name_en: str
    place: str
    state: KeyState = "in"
    holder: str = ""
    purpose: str = ""
    out_us: int | None = None
    due_us: int | None = None
    moves: int = 0


class KeyMove(NamedTuple):
    """A row of `key_move`: one act on an item. `actor`: who entered it; `person`: who took it or brought it back; `note`: the
    purpose, or in which condition it came back."""

    item: str
    move_no: int
    at_us: int
    act: str
    actor: str
    person: str
    state: str
    due_us: int | None
    note: str


class Moved(NamedTuple):
    """The item as it is then, and the new row of its history."""

    item: KeyItem
    move: KeyMove


def added(item: KeyItem, actor: str, now_us: int) -> Moved:
    """A new item of the register."""
    return _moved(item, "added", actor, "", now_us, "")


def issued(item: KeyItem, person: str, purpose: str, due_us: int, *, actor: str, now_us: int) -> Moved | Refusal:
    """Somebody takes it."""
    if item.state == "out":
        return refused("key_out", holder=item.holder)
    if item.state != "in":
        return refused("key_unfit")
    new = replace(item, state="out", holder=person, purpose=purpose, out_us=now_us, due_us=due_us)
    return _moved(new, "issued", actor, person, now_us, purpose)


def returned(item: KeyItem, condition: Condition, note: str, *, actor: str, now_us: int) -> Moved | Refusal:
    """It is back, or will never be: `lost`."""
    if item.state != "out":
        return refused("key_in")
    new = replace(item, state=condition, holder="", purpose="", out_us=None, due_us=None)
    return _moved(new, "returned", actor, item.holder, now_us, note)


def marked(item: KeyItem, condition: Condition, note: str, *, actor: str, now_us: int) -> Moved | Refusal:
    """What is not out is found broken or lost; or it was repaired, found or replaced."""
    if item.state == "out":
        return refused("key_out", holder=item.holder)
    return _moved(replace(item, state=condition), "marked", actor, "", now_us, note)


def _moved(item: KeyItem, act: str, actor: str, person: str, now_us: int, note: str) -> Moved:
    new = replace(item, moves=item.moves + 1)
    return Moved(new, KeyMove(new.item, new.moves, now_us, act, actor, person, new.state, new.due_us, note))
