"""A message to people: Chinese first, English second, short enough for a phone's lock screen."""

from typing import NamedTuple

from contract.clock import rfc3339
from hub.cases.alarms import sounds
from hub.cases.telling import done
from hub.cases.workflow import STATE_NAMES
from hub.notify.delivery import Notice
from hub.views import Titles

PRIORITY_NAMES = {1: ("特急", "P1"), 2: ("紧急", "P2"), 3: ("一般", "P3"), 4: ("提示", "P4")}


class Message(NamedTuple):
    """Title and text; `urgent`: it may make a sound."""

    title: str
    text: str
    urgent: bool


def message(notice: Notice, titles: Titles) -> Message:
    """What a person reads about a change."""
    case, act = notice.case, notice.row.act
    zh, en = titles(case)
    priority_zh, priority_en = PRIORITY_NAMES[case.priority]
    act_zh, act_en = done(act)
    state_zh, state_en = STATE_NAMES.get(case.state, (case.state, case.state))
    marks = [(case.late, "补报", "late"), (not case.proven, "未证实", "unproven"), (notice.again, "重发", "sent again")]
    zh_marks = "".join(f"（{mark}）" for holds, mark, _ in marks if holds)
    en_marks = "".join(f" ({mark})" for holds, _, mark in marks if holds)
    text = (
        f"{act_zh}：{zh}{zh_marks}\n{act_en}: {en}{en_marks}\n"
        f"#{case.case_no} · {state_zh} / {state_en} · {rfc3339(case.opened_us)}"
    )
    title = f"【{priority_zh}】{zh}{zh_marks} / {priority_en} {en}{en_marks}"
    return Message(title, text, sounds(case) and not notice.again)
