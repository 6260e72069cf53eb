"""A phone's items as the worker takes them: when they were made, what they are of, and why one cannot be taken."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
from pydantic import TypeAdapter, ValidationError

from contract.clock import US_PER_S, parse_rfc3339
from contract.readings import GuardSign, LoneWatch, Observed, PanicPressed, Reading, TagScanned
from contract.settings import nearest, nearest_zh
from hub.accounts.types import Identity
from hub.api import scan_models as m
from hub.api.ports import Backend
from hub.cases.types import Refusal
from hub.desk.entered import ENTERED_BY, may_enter
from hub.duties.forms import check
from hub.duties.phonetime import Began, Made, Sent, placed
from hub.duties.types import HUB_SOURCE, PERSON_TOLD, Duty, Evidence, Medium, Seen
from hub.ingest.ports import Item
from hub.tags.labels import normal_tag

MS_US = 1_000
UNKNOWN_CHARS_MAX = 60
PLACES_TOLD_MAX = 20
_NOT_AT_THE_HUB = Refusal("wrong_source", "只能由手机上报 / only a phone reports this")
"""Answers and reports are entered at the hub; nobody scans a checkpoint from a desk."""
_NOT_OF_A_WAND = Refusal("wrong_source", "巡更棒只有打卡记录 / a wand brings scans alone")
_EARLIEST_US, _LATEST_US = 0, 1_000 * 365 * 86_400 * US_PER_S
"""Clocks from 1970 to about 2970: whatever they are off, the result is a time that can be written."""
_items: TypeAdapter[Any] = TypeAdapter(m.AnyItem)


class Around(NamedTuple):
    """What a request says of itself, the hub's time when it came, and what is known of the phone's last boots. `wand`: it brings
    what a wand had stored. `who`: whose sign-in it is."""

    source: str
    sent: Sent
    now_us: int
    began: Began
    who: Identity
    wand: bool = False


def clock_us(text: str) -> int:
    """What a phone's clock shows. Raises ValueError."""
    at_us = parse_rfc3339(text)
    if not _EARLIEST_US <= at_us <= _LATEST_US:
        raise ValueError(f"{text!r} is no time of a phone: set its clock")
    return at_us


def mono_us(mono_ms: int | None) -> int | None:
    """The monotonic clock in microseconds."""
    return None if mono_ms is None else mono_ms * MS_US


def item_of(told: Any, around: Around, backend: Backend) -> Item | Refusal:
    """The item, or why it cannot be taken. Raises BadLabelKey."""
    try:
        item = _items.validate_python(told)
        made_us = clock_us(item.made_at)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        return Refusal("wrong_item", f"内容有误：{where} / {where}: {first['msg']}")
    except (ValueError, OverflowError):
        return Refusal("bad_time", "made_at 须为带时区的 RFC 3339 格式 / write made_at as RFC 3339 with an offset")
    boot = around.sent.boot if item.boot is None else item.boot
    at_us, off_us, proven = placed(Made(made_us, mono_us(item.mono_ms), boot), around.sent, around.now_us, around.began)
    if around.wand and not isinstance(item, m.ScanItem):
        return _NOT_OF_A_WAND
    # What people say at the desk is their word, whatever its clock; nobody but its cradle sets a wand's.
    proven = proven or around.wand or around.source == HUB_SOURCE
    blank = Seen(around.source, item.key, at_us, "hand", device_at_us=made_us, clock_off_us=off_us, time_proven=proven)
    if around.source == HUB_SOURCE and isinstance(item, m.FormItem):
        return _entered(item, blank, around, backend)
    found = _OF_KIND[type(item)](item, blank, backend)
    return _of_wand(found, off_us) if around.wand and isinstance(found, Item) else found


def key_of(told: Any) -> str:
    """The key of an item that may be anything, for the answer."""
    key = told.get("key") if isinstance(told, Mapping) else None
    return key[: m.KEY_CHARS_MAX].encode(errors="replace").decode() if isinstance(key, str) else ""


def _scan(item: m.ScanItem, blank: Seen, backend: Backend) -> Item | Refusal:
    if blank.source == HUB_SOURCE:
        return _NOT_AT_THE_HUB
    if bool(item.tag) == bool(item.label):
        return Refusal("wrong_item", "请填写 tag 或 label 之一 / give either tag or label")
    is_label = bool(item.label) or item.medium == "qr"
    text = item.label or item.tag
    tag = backend.labels.read(text) if is_label else normal_tag(text)
    # No tag's name begins so: what nobody has enrolled cannot be taken for one that somebody has.
    name = f"?{text[:UNKNOWN_CHARS_MAX]}" if isinstance(tag, Refusal) else tag
    person, fields = _person(item, backend)
    medium: Medium = "qr" if is_label else item.medium
    seen = blank._replace(medium=medium, tag=name, person=person, person_tag=item.guard, fields=fields)
    return Item(item.key, seen.at_us, seen)


def _of_wand(item: Item, off_us: int) -> Item:
    """The same, recorded as the wand's own reading, as from its cradle: a scan of hours ago is nobody's sign of life."""
    seen = item.seen
    assert seen is not None
    told = TagScanned(
        tag=seen.tag,
        medium=seen.medium,
        scan=item.key,
        guard=seen.person_tag or None,
        made_at_us=seen.at_us,
        clock_off_s=off_us / US_PER_S,
    )
    return item._replace(told=told)


def _entered(item: m.FormItem, blank: Seen, around: Around, backend: Backend) -> Item | Refusal:
    """What somebody who is signed in says at the hub. A post answers now, and not for a time that has gone by."""
    who = around.who
    wrong = may_enter(item.kind, item.duty, item.fields, who.role, oneself=item.person in ("", who.person))
    found = _form(item, blank._replace(at_us=around.now_us) if item.kind == "answer" else blank, backend)
    if isinstance(found, Refusal) or wrong is not None:
        return wrong or found
    assert found.seen is not None
    return found._replace(seen=found.seen._replace(fields={**found.seen.fields, ENTERED_BY: who.name}))


def _form(item: m.FormItem, blank: Seen, backend: Backend) -> Item | Refusal:
    duty = backend.policy.duties.get(item.duty)
    routes = [route for route in backend.estate.routes.values() if route.duty == item.duty and item.place in route.places]
    if duty is None or duty.evidence != item.kind:
        return _not_so(item, duty, backend)
    if not routes:
        return _elsewhere(item, backend)
    if not any(blank.source in route.sources for route in routes):
        sources = ", ".join(sorted({source for route in routes for source in route.sources}))
        return Refusal("wrong_source", f"请从 {sources} 填报 / report it from {sources}")
    if item.person and item.person not in backend.estate.staff:
        return Refusal("unknown_person", f"没有人员“{item.person}” / nobody of the staff is {item.person!r}")
    wrong = check(duty, item.fields)
    if wrong is not None:
        return wrong
    seen = blank._replace(place=item.place, person=item.person, duty=item.duty, fields=dict(item.fields))
    return Item(item.key, seen.at_us, seen)


_DONE_BY: Mapping[Evidence, tuple[str, str]] = {
    "scan": ("须到现场刷巡更点标签，不能填报或应答", "is done by scanning the tag at the place, and cannot be entered"),
    "answer": ("须应答（answer），不是填报", "is answered: enter an answer, no report"),
    "report": ("须填报（report），不是应答", "is reported: enter a report, no answer"),
}


def _not_so(item: m.FormItem, duty: Duty | None, backend: Backend) -> Refusal:
    """There is no such duty, or it is not done by what was sent."""
    if duty is not None:
        zh, en = _DONE_BY[duty.evidence]
        return Refusal("unknown_duty", f"“{duty.zh}”{zh} / {item.duty!r} {en}")
    duties = backend.policy.duties
    zh, en = f"没有任务“{item.duty}”{nearest_zh(item.duty, duties)}", f"the policy has no duty {item.duty!r}"
    return Refusal("unknown_duty", f"{zh} / {en}{nearest(item.duty, duties)}: see GET /duties")


def _elsewhere(item: m.FormItem, backend: Backend) -> Refusal:
    """The duty is done at other places, or nowhere."""
    places = sorted({place for route in backend.estate.routes.values() if route.duty == item.duty for place in route.places})
    named = ", ".join(places[:PLACES_TOLD_MAX])
    zh = f"其位置为 {named}" if named else "没有路线包含这项任务，请在小区文件中添加"
    en = f"write one of {named}" if named else "no route has it at all: add one to the estate file"
    return Refusal(
        "unknown_place", f"“{item.duty}”不在位置“{item.place}”：{zh} / {item.duty!r} is not done at {item.place!r}: {en}"
    )


def _reading(make: Callable[[Any, str], Reading]) -> Callable[[Any, Seen, Backend], Item | Refusal]:
    """What is a reading of the phone. It is never refused for what it names: a call for help from nowhere is one too."""

    def of(item: Any, blank: Seen, backend: Backend) -> Item | Refusal:
        if blank.source == HUB_SOURCE:
            return _NOT_AT_THE_HUB
        told = getattr(item, "place", "")
        place = told if told in backend.estate.places else ""
        reading = make(item, place)
        person, fields = _person(item, backend)
        fields |= {"reading": msgspec.to_builtins(reading)} | ({"place": told} if told != place else {})
        return Item(item.key, blank.at_us, blank._replace(person=person, fields=fields), reading)

    return of


def _person(item: m.ReportedItem, backend: Backend) -> tuple[str, dict[str, Any]]:
    """Who it was; somebody whom the estate does not know is kept as what was told."""
    if not item.person or item.person in backend.estate.staff:
        return item.person, {}
    return "", {PERSON_TOLD: item.person}


_OF_KIND: Mapping[type, Callable[[Any, Seen, Backend], Item | Refusal]] = {
    m.ScanItem: _scan,
    m.FormItem: _form,
    m.SignItem: _reading(lambda item, place: GuardSign(moved=item.moved, answered=item.answered, place=place)),
    m.PanicItem: _reading(lambda item, place: PanicPressed(active=item.active, note=item.note, place=place)),
    m.LoneWatchItem: _reading(lambda item, _: LoneWatch(on=item.on, silent_s=item.silent_s)),
    m.ObservationItem: _reading(
        lambda item, place: Observed(
            category=item.category, note=item.note, severity=item.severity, place=place, picture=item.picture
        )
    ),
}
