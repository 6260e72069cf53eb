"""A phone's entries as the worker takes them. Whose they are, the token says and nothing else."""

import re
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hub.api import phone_models as m
from hub.api.models import NUMBER_MAX
from hub.api.phone_items import Around, clock_us, item_of, key_of, mono_us
from hub.api.ports import Backend
from hub.cases.types import Refusal
from hub.duties.phonetime import Made, placed
from hub.ingest.ports import Item
from hub.phones.asks import Entry, TaskAnswer
from hub.phones.words import refused

_KEY = re.compile(r"[0-9a-f]{32}")
_OUR_OWN = ("seq", "skew_ms")
_entries: TypeAdapter[Any] = TypeAdapter(m.AnyEntry)


def entry_of(told: Any, around: Around, backend: Backend) -> Entry:
    """The entry as it was sent, with why it cannot be taken where that is so. Raises BadLabelKey."""
    key, now_us = key_of(told), around.now_us
    blank = Entry(key, 0, _kind(told), now_us, None, None, around.sent.boot, None, None)
    wrong = _unfit(key, told)
    if wrong is not None:
        return blank._replace(what=wrong)
    blank = blank._replace(seq=told["seq"])
    try:
        entry = _entries.validate_python(told)
        made_us = clock_us(entry.made_at)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        return blank._replace(what=Refusal("wrong_item", f"内容有误：{where} / {where}: {first['msg']}"))
    except (ValueError, OverflowError):
        words = "made_at 须为带时区的 RFC 3339 格式 / write made_at as RFC 3339 with an offset"
        return blank._replace(what=Refusal("bad_time", words))
    boot = around.sent.boot if entry.boot is None else entry.boot
    at_us = placed(Made(made_us, mono_us(entry.mono_ms), boot), around.sent, now_us, around.began).at_us
    return Entry(
        key,
        entry.seq,
        entry.kind,
        max(0, min(at_us, now_us)),
        made_us,
        entry.mono_ms,
        boot,
        entry.skew_ms,
        _answer(entry) if isinstance(entry, m.TaskEntry) else _item(told, around, backend),
    )


def _unfit(key: str, told: Any) -> Refusal | None:
    """What keeps an entry from being known by a name and a number of this guard's."""
    if not _KEY.fullmatch(key):
        return refused("wrong_key")
    seq = told.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 1 <= seq <= NUMBER_MAX:
        return refused("wrong_seq")
    return refused("wrong_person") if told.get("person") else None


def _item(told: Any, around: Around, backend: Backend) -> Item | Refusal:
    item = {name: value for name, value in told.items() if name not in _OUR_OWN}
    return item_of(item | {"person": around.who.person}, around, backend)


def _kind(told: Any) -> str:
    kind = told.get("kind") if isinstance(told, dict) else None
    return kind[:20].encode(errors="replace").decode().replace("\0", "") if isinstance(kind, str) else ""


def _answer(entry: m.TaskEntry) -> TaskAnswer:
    """With the fields that the act on the incident takes: what is missing, it says itself."""
    told = {"finding": entry.finding, "reason": entry.reason, "note": entry.note}
    wanted = {"found": ("finding", "note"), "declined": ("reason", "note")}.get(entry.answer, ("note",))
    return TaskAnswer(entry.no, entry.answer, {name: told[name] for name in wanted if told[name].strip()})
