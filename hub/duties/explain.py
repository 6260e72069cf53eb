"""Why a window is what it is, in words of both languages. Pure: what is known of the window in, sentences out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from contract.clock import US_PER_S
from hub.duties.judging import too_late_for, why_not
from hub.duties.tallying import local
from hub.duties.types import Duty, Person, Route, Scan, Window
from hub.duties.words import STATES

Lang = Literal["zh", "en"]

NEAR_US = 2 * 3_600_000_000
"""What was scanned so long before the opening, or after the end, is looked at too."""
BESIDE_US = 30 * 60_000_000
"""What was scanned so shortly before or after is told in the sentence; what is further off is on the list alone."""
TOLD_MAX = 3
"""So many scans that did not count are told in a sentence; all of them stand in the list."""

WORDS: Mapping[str, tuple[str, str]] = {
    "keeps_it": ("以此完成", "keeps the window"),
    "not_needed": ("有效，但已有更早的证据", "good, and not needed: an earlier one keeps the window"),
    "another_window": ("计入了另一时段", "it keeps another window"),
    "too_early": ("早于开始时间", "before the opening"),
    "too_late_made": ("晚于截止时间", "after the end"),
    "no_window_open": ("当时没有进行中的时段", "no window was open at that time"),
    "rules_gone": ("当时的规则已不在", "the rules of that time are gone"),
    "other_source": ("来源不属于这条路线", "its source is not one of the route's"),
    "other_duty": ("属于另一项职责", "it is for another duty"),
    "no_report": ("只是扫描，没有填报", "a scan is no report"),
    "other_post": ("此岗位不承担这项职责", "the person's post does not do this duty"),
    "unknown_tag": ("标签未登记", "the tag is enrolled nowhere"),
    "revoked_tag": ("当时标签不在用", "the tag did not count at that time"),
    "out_of_order": ("顺序不对", "out of order"),
    "too_fast": ("间隔过短", "too soon after another place"),
    "wrong_person": ("不是当班人员", "not who is on the roster"),
    "two_places": ("同时出现在两处", "at two places at once"),
    "weak_medium": ("二维码可以翻拍，且此处另有标签", "a code that can be photographed, where a better tag stands"),
    "clock_off": ("设备时钟不准", "the device's clock was off"),
    "from_the_future": ("时间在收到之后", "its time lies after its arrival"),
    "too_late": ("迟到超过期限", "it came too late"),
    "unknown_person": ("不知道是谁，人员名单上没有", "nobody knows who it was: not one of the staff"),
    "time_unproven": ("打卡时间无法证实，时钟可能被调过", "its time cannot be proven: the clock may have been set"),
    "altered": ("同一记录内容不一致", "the same record was told before with another content"),
}
"""Why a scan counts or does not, by name: rules of the window, of the duty (see WhyNot), and flags."""


class Names(Protocol):
    """The estate, as far as sentences need it."""

    def place_name(self, place: str, lang: Lang) -> str:
        """The place's name."""
        ...

    def device_name(self, device: str, lang: Lang) -> str:
        """The source's name."""
        ...

    def person_name(self, person: str, lang: Lang) -> str:
        """The person's name."""
        ...


class Known(NamedTuple):
    """What is known of a window. `rules`: the duty and the route of its plan, None where the plan is gone; `scans`: at its place,
    near it, in the order of their times; `reported`: up to when each source has told everything, None: it never told;
    `late_max_us`: how long after the window's end evidence may come."""

    window: Window
    rules: tuple[Duty, Route] | None
    staff: Mapping[str, Person]
    scans: Sequence[Scan]
    reported: Mapping[str, int | None]
    now_us: int
    zone: ZoneInfo
    late_max_us: int


class Weighed(NamedTuple):
    """A scan, whether it keeps the window, and the name of the reason: a key of WORDS."""

    scan: Scan
    keeps: bool
    why: str


class Explanation(NamedTuple):
    """The sentences, and each scan with what became of it."""

    zh: str
    en: str
    scans: tuple[Weighed, ...]


def explain(known: Known, names: Names) -> Explanation:
    """Why the window is what it is."""
    weighed = tuple(Weighed(scan, (why := _why(scan, known)) == "keeps_it", why) for scan in known.scans)
    return Explanation(_Words(known, weighed, names, "zh").text(), _Words(known, weighed, names, "en").text(), weighed)


def near_us(window: Window) -> tuple[int, int]:
    """Between which times the scans are that an explanation looks at."""
    return window.opens_us - NEAR_US, window.ends_us + NEAR_US


def _why(scan: Scan, known: Known) -> str:
    window = known.window
    if window.evidence == f"{scan.source}|{scan.key}":
        return "keeps_it"
    if known.rules is None:
        return "rules_gone"
    found = why_not(scan, *known.rules, known.staff.get(scan.person))
    inside = window.opens_us <= scan.at_us <= window.ends_us
    if found is None and inside and too_late_for(scan, window, known.late_max_us):
        found = "too_late"
    if found is not None:
        return found
    if not inside:
        return "too_early" if scan.at_us < window.opens_us else "too_late_made"
    return "another_window" if window.evidence is None else "not_needed"


class _Words:
    """The sentences of one language."""

    def __init__(self, known: Known, weighed: Sequence[Weighed], names: Names, lang: Lang) -> None:
        self._known, self._weighed, self._names, self._lang = known, weighed, names, lang
        self._window = known.window
        self._day = local(known.window.opens_us, known.zone).date()
        edges = (known.window.opens_us, known.window.ends_us)
        self._edges = frozenset(us // _MINUTE_US for us in edges)
        self._odd_edges = any(us % _MINUTE_US for us in edges)

    def text(self) -> str:
        sentences = [self._verdict(), *self._why_so()]
        stop = "；" if self._lang == "zh" else "; "
        return stop.join(one for one in sentences if one) + ("。" if self._lang == "zh" else ".")

    def _say(self, zh: str, en: str) -> str:
        return zh if self._lang == "zh" else en

    def _verdict(self) -> str:
        """What it is, which duty, where and when."""
        state = self._window.state
        zh, en = STATES[state]
        head = self._say(zh, en.capitalize())
        if state == "open" and self._known.now_us < self._window.opens_us:
            head = self._say(f"{zh}，尚未开始", f"{en.capitalize()}, not begun yet")
        duty = self._window.duty
        if self._known.rules is not None:
            duty = self._known.rules[0].zh if self._lang == "zh" else self._known.rules[0].en
        place = self._names.place_name(self._window.place, self._lang)
        span = self._span()
        return self._say(f"{head}：{duty}，{place}，{span}", f"{head}: {duty}, {place}, {span}")

    def _why_so(self) -> list[str]:
        state = self._window.state
        if state == "kept":
            return [self._evidence()]
        if state == "withdrawn":
            gap = self._at(self._window.gap_us)
            late = self._say(
                f"曾于 {gap} 判为缺失，证据后到，确系按时做出", f"a gap was raised at {gap}; then evidence came, made in time"
            )
            return [late, self._evidence()]
        if state == "open":
            begun = self._known.now_us >= self._window.opens_us
            none_yet = self._say("尚无有效证据", "there is no evidence that counts yet")
            return [none_yet if begun else "", self._not_counted()]
        nothing = self._say("其间没有有效证据", "there is no evidence that counts in it")
        return [nothing, self._not_counted(), self._sources(), self._note(), self._on_duty()]

    def _evidence(self) -> str:
        scan = next((one.scan for one in self._weighed if one.keeps), None)
        if scan is None:
            told = self._window.evidence or "?"
            return self._say(f"证据 {told}", f"the evidence is {told}")
        at, came, source = self._at(scan.at_us), self._at(scan.received_us), self._source(scan.source)
        who = self._who(scan)
        did = self._say("填报", "reported it") if scan.duty else self._say("到场", "was there")
        return self._say(f"{who} {at} {did}（{source}，{came} 收到）", f"{who} {did} at {at} ({source}, received at {came})")

    def _who(self, scan: Scan) -> str:
        """Who made it. One whom the staff does not know may have been anybody, and the words say so."""
        if scan.person:
            return self._names.person_name(scan.person, self._lang)
        told = scan.person_told
        if told:
            return self._say(f"自称“{told}”者（不在人员名单）", f"somebody who is said to be {told!r} (not of the staff)")
        return self._say("有人", "somebody")

    def _not_counted(self) -> str:
        low, high = self._window.opens_us - BESIDE_US, self._window.ends_us + BESIDE_US
        odd = [one for one in self._weighed if not one.keeps and low <= one.scan.at_us <= high]
        told = [
            self._say(f"{self._at(one.scan.at_us)} {self._reason(one)}", f"{self._at(one.scan.at_us)} ({self._reason(one)})")
            for one in odd[:TOLD_MAX]
        ]
        if not told:
            return ""
        listed = self._say("、", ", ").join(told)
        return self._say(f"有 {len(odd)} 条记录不计：{listed}", f"{len(odd)} did not count: {listed}")

    def _reason(self, one: Weighed) -> str:
        words = WORDS[one.why]
        return words[0] if self._lang == "zh" else words[1]

    def _sources(self) -> str:
        """How far each has reported."""
        told = []
        for source, up_to_us in sorted(self._known.reported.items()):
            name, at = self._source(source), self._at(up_to_us)
            if up_to_us is None:
                told.append(self._say(f"{name} 从未上报", f"{name} has never reported"))
            elif up_to_us < self._window.ends_us:
                told.append(self._say(f"{name} 只上报至 {at}", f"{name} has reported up to {at} only"))
            else:
                told.append(self._say(f"{name} 已上报至 {at}", f"{name} has reported up to {at}"))
        return self._say("，", ", ").join(told)

    def _note(self) -> str:
        notes = [_NOTES[name] for name in self._window.note.split() if name in _NOTES]
        zh, en = "；".join(zh for zh, _ in notes), "; ".join(en for _, en in notes)
        return self._say(zh, en)

    def _on_duty(self) -> str:
        people = self._say("、", ", ").join(self._names.person_name(one, self._lang) for one in self._window.person.split())
        return self._say(f"当班：{people}", f"on duty: {people}") if people else ""

    def _source(self, source: str) -> str:
        name = self._names.device_name(source, self._lang)
        return source if name == source else f"{name} {source}"

    def _span(self) -> str:
        """From the opening to the end, and how much of it is tolerance."""
        span = f"{self._day.isoformat()} {self._at(self._window.opens_us)}–{self._at(self._window.ends_us)}"
        seconds = (self._window.ends_us - self._window.due_us) // US_PER_S
        if seconds <= 0:
            return span
        size, zh, en = next(unit for unit in _UNITS if seconds % unit[0] == 0)
        return span + self._say(f"（含宽限 {seconds // size} {zh}）", f" (with {seconds // size} {en} of tolerance)")

    def _at(self, at_us: int | None) -> str:
        """The time of day, with the date where it is not the day of the opening. With seconds where they decide: in the minute in
        which the window opens or ends, and throughout where that is not on a full one."""
        if at_us is None:
            return "?"
        moment: datetime = local(at_us, self._known.zone)
        decides = self._odd_edges or (at_us // _MINUTE_US in self._edges and at_us % _MINUTE_US)
        time = f"{moment:%H:%M:%S}" if decides else f"{moment:%H:%M}"
        return time if moment.date() == self._day else f"{moment:%m-%d} {time}"


_MINUTE_US = 60 * US_PER_S
_UNITS = ((3_600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s"))
_NOTES: Mapping[str, tuple[str, str]] = {
    "source_silent": ("来源超过期限仍未上报，按未完成处理", "its sources stayed silent for too long, which counts as missed"),
    "source_away": (
        "其间读卡设备离线，无法判定，不追究",
        "its reader was out of reach meanwhile: nobody can tell, and nobody is blamed",
    ),
    "records_lost": (
        "系统曾由备份恢复，其间手机与人工上报的记录可能丢失，无法判定，不追究",
        "the hub was restored from a backup, and what phones and people told may be lost: nobody can tell, and none is blamed",
    ),
    "early": ("开始之前曾有人到场，过早不计", "somebody came before it opened, which is too early to count"),
    "visited_late": ("截止之后才有人到场", "somebody came after the end"),
    "detected_late": ("当时系统未运行，启动后才发现", "the hub was down at the end, and found it after its start"),
}
