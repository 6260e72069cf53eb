"""What was done with a case and what is known of it, in both languages: tables of words, and how a value is told.

Pure. A name without a row is told by itself: nothing that is known is kept back because nobody has found a word for it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from hub.cases import titles
from hub.cases.parts import QUANTITIES, REASONS, part
from hub.cases.titles import Lang
from hub.cases.workflow import CAUSES, MEANS, Pairs
from hub.footage.causes import CAUSE_WORDS
from hub.plans.words import MEANS as BY
from hub.plans.words import STEP_STATES, WHOM

DONE: Pairs = {
    "raised": ("新事件", "new"),
    "acknowledged": ("已确认", "acknowledged"),
    "commented": ("有备注", "comment"),
    "assigned": ("已指派", "assigned"),
    "closed": ("已关闭", "closed"),
    "reopened": ("重新打开", "reopened"),
    "merged": ("再次发生", "raised again"),
    "returned": ("已恢复正常", "back to normal"),
    "withdrawn": ("已撤回", "withdrawn"),
    "proven": ("已证实", "proven"),
    "escalated": ("超时未处理", "nobody has dealt with it"),
    "dispatched": ("已派人", "a guard was sent"),
    "answered": ("保安已应答", "the guard has answered"),
    "arrived": ("保安已到场", "the guard is on the spot"),
    "found": ("已查明", "what was found is recorded"),
    "declined": ("保安拒绝前往", "the guard has declined"),
    "shelved": ("已搁置", "shelved"),
    "unshelved": ("搁置到期", "no longer shelved"),
    "held": ("检修中暂缓", "held back by maintenance"),
    "released": ("检修结束仍未恢复", "still so after maintenance"),
    "came_back": ("反复发生", "came back again"),
    "reported": ("人工上报", "reported by people"),
    "plan_started": ("启动预案", "plan started"),
    "plan_step": ("预案步骤", "step of the plan"),
    "plan_told": ("登记通知", "somebody was told"),
    "plan_overdue": ("预案超时", "the plan is overdue"),
    "plan_ended": ("预案结束", "plan ended"),
    "plan_resumed": ("预案恢复执行", "plan resumed"),
    "plan_review": ("复盘", "review"),
    "plan_notice": ("告知书", "notice"),
}
"""By the change's name in the change log and the timeline."""

LABELS: Pairs = {
    "note": ("说明", "note"),
    "reason": ("原因", "reason"),
    "cause": ("原因分类", "cause"),
    "minutes": ("分钟", "minutes"),
    "owner": ("负责人", "who sees to it"),
    "assignee": ("负责人", "who has it"),
    "guard": ("派出人员", "who goes"),
    "by": ("通知方式或来源", "by"),
    "finding": ("现场情况", "what was found"),
    "made_at": ("手机上的时间", "made at the phone at"),
    "maintenance": ("检修窗口", "maintenance window"),
    "with": ("随同事件", "with incident"),
    "clause": ("条款", "clause"),
    "limit": ("时限", "limit"),
    "level": ("升级级别", "level"),
    "comebacks": ("反复次数", "times it came back"),
    "name": ("部位", "part"),
    "quantity": ("读数", "reading"),
    "value": ("数值", "value"),
    "unit": ("单位", "unit"),
    "max": ("上限", "upper threshold"),
    "min": ("下限", "lower threshold"),
    "connection_lost": ("连接中断", "connection lost"),
    "behind": ("一并失联的设备", "devices lost with it"),
    "behind_count": ("一并失联的数量", "how many are lost with it"),
    "hole_cause": ("缺失原因", "why"),
    "missing_cameras": ("缺失录像的摄像机", "cameras without footage"),
    "missing_count": ("缺失录像的路数", "streams without footage"),
    "length": ("缺失时长", "how long it lasted"),
    "count": ("次数", "times"),
    "last_sign": ("最后动静", "last sign"),
    "category": ("类别", "category"),
    "picture": ("图像", "picture"),
    "mean_luma": ("画面亮度", "brightness"),
    "off": ("时钟偏差", "clock off by"),
    "first": ("缺失自", "lost from number"),
    "last": ("缺失至", "lost up to number"),
    "measurements": ("缺失读数", "readings lost"),
    "events": ("缺失事件", "events lost"),
    "alarms": ("缺失报警", "alarms lost"),
    "withdrawn": ("撤回原因", "withdrawn because"),
    "duty": ("任务", "duty"),
    "route": ("路线", "route"),
    "opens": ("时段开始", "window opens"),
    "due": ("应完成于", "due"),
    "on_duty": ("当班人员", "on duty"),
    "cameras": ("附近摄像机", "cameras near it"),
    "sources_silent": ("未上报的来源", "sources that are silent"),
    "did_not_count": ("未计入的原因", "why scans did not count"),
    "began": ("开始", "began"),
    "plan": ("预案", "plan"),
    "step": ("步骤", "step"),
    "state": ("状态", "state"),
    "whom": ("通知谁", "who was told"),
    "answered_by": ("接听人或编号", "answered by"),
    "means": ("方式", "by"),
    "told": ("通知时间", "told at"),
    "text": ("情况", "what was told or seen"),
    "about": ("事由", "about"),
    "caller": ("报告人", "who told it"),
    "reporter": ("上报人", "reported by"),
}
"""By the field's name, without the unit at its end."""

STATES: Pairs = {str(name): words for name, words in STEP_STATES.items()} | {
    "review": ("待复盘", "waits for review"),
    "over": ("已完成", "over"),
    "void": ("已作废", "void"),
    "draft": ("草稿", "draft"),
    "approved": ("已批准", "approved"),
    "published": ("已发布", "published"),
}
"""How a plan, its steps, its review and its notice stand."""

_WORDS: Mapping[str, Mapping[Any, tuple[str, str]]] = {
    "cause": CAUSES,
    "hole_cause": CAUSE_WORDS,
    "by": MEANS,
    "quantity": QUANTITIES,
    "reason": REASONS,
    "state": STATES,
    "whom": WHOM,
    "means": BY,
}
"""Fields whose values have words of their own."""
_UNSAID = frozenset(
    ("clock", "unless", "tell", "zh", "en", "episode", "late", "proven", "kind", "emergency", "plan_version", "clocks")
)
"""What says to the program what another field says to people."""
_YES: Mapping[bool, tuple[str, str]] = {True: ("是", "yes"), False: ("否", "no")}
_UNITS: Mapping[str, tuple[str, str]] = {"_s": (" 秒", " s"), "_percent": (" %", " %"), "_ms": (" 毫秒", " ms")}
_TIME = "_us"
_COMMA: Mapping[Lang, str] = {"zh": "，", "en": ", "}


class Names(titles.Names, Protocol):
    """The estate, as far as facts need it."""

    def person_name(self, person: str, lang: Lang) -> str:
        """The name of somebody of the staff in the language."""
        ...


class Told(NamedTuple):
    """One thing that is known. `at_us` None: it is no time; the texts are empty where it is one."""

    name: str
    title_zh: str
    title_en: str
    text_zh: str = ""
    text_en: str = ""
    at_us: int | None = None


def done(act: str) -> tuple[str, str]:
    """What an entry of the timeline is called, in Chinese and in English."""
    return DONE.get(act, (act, act))


def told(known: Mapping[str, Any], names: Names) -> list[Told]:
    """What people are told of facts, or of an entry's body, in its order. What is empty, or stands for another field, is left
    out; a pair of fields in two languages is one thing."""
    pairs = {name.removesuffix("_zh") for name in known if name.endswith("_zh") and f"{name[:-3]}_en" in known}
    if "whom" in known:  # whoever was told has a name, not a part
        known = {"answered_by" if name == "name" else name: value for name, value in known.items()}
    return [
        _pair(name[:-3], known) if name[:-3] in pairs else _one(name, value, names)
        for name, value in known.items()
        if _is_said(name, value) and name not in pairs and not (name.endswith("_en") and name[:-3] in pairs)
    ]


def _is_said(name: str, value: Any) -> bool:
    return name not in _UNSAID and value is not None and not isinstance(value, dict) and value not in ("", [])


def _pair(stem: str, known: Mapping[str, Any]) -> Told:
    return Told(stem, *LABELS.get(stem, (stem, stem)), str(known[f"{stem}_zh"]), str(known[f"{stem}_en"]))


def _one(name: str, value: Any, names: Names) -> Told:
    stem = next((name.removesuffix(end) for end in (*_UNITS, _TIME) if name.endswith(end)), name)
    zh, en = LABELS.get(stem, (stem, stem))
    if name.endswith(_TIME) and isinstance(value, int):
        return Told(name, zh, en, at_us=value)
    return Told(name, zh, en, _text(name, value, names, "zh"), _text(name, value, names, "en"))


def _text(name: str, value: Any, names: Names, lang: Lang) -> str:
    if isinstance(value, list):
        name_of = names.person_name if name == "on_duty" else names.device_name
        return _COMMA[lang].join(name_of(str(one), lang) for one in value)
    at = 0 if lang == "zh" else 1
    if isinstance(value, bool):
        return _YES[value][at]
    if name == "name":
        return part(str(value), lang)
    word = _WORDS.get(name, {}).get(str(value))
    unit = next((words[at] for end, words in _UNITS.items() if name.endswith(end)), "")
    return word[at] if word else f"{value:g}{unit}" if isinstance(value, float) else f"{value}{unit}"
