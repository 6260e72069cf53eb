"""What people read of plans: names in both languages, and why something was refused."""

from collections.abc import Mapping

from hub.cases.types import Refusal
from hub.plans.types import Means, StepState, Whom

Pair = tuple[str, str]

WHOM: Mapping[Whom, Pair] = {
    "superior": ("上级", "superiors"),
    "police": ("公安 110", "police 110"),
    "fire": ("消防 119", "fire brigade 119"),
    "medical": ("急救 120", "ambulance 120"),
    "utilities": ("供水供电供气单位", "water, power or gas company"),
    "property_office": ("物业主管部门", "housing authority"),
    "residents_committee": ("居委会、业委会", "residents' committee"),
    "lift_company": ("电梯维保单位", "lift maintenance company"),
    "other": ("其他", "others"),
}
MEANS: Mapping[Means, Pair] = {
    "phone": ("电话", "phone"),
    "radio": ("对讲机", "radio"),
    "in_person": ("当面", "in person"),
    "message": ("信息", "message"),
}
STEP_STATES: Mapping[StepState, Pair] = {"open": ("未完成", "open"), "done": ("已完成", "done"), "skipped": ("未执行", "skipped")}
WHO: Mapping[str, Pair] = {
    "monitor": ("监控员", "monitoring room"),
    "guard": ("保安", "guard"),
    "shift-leader": ("班长", "shift leader"),
    "manager": ("项目负责人", "manager"),
    "repair": ("维修工", "repair"),
    "cleaner": ("保洁员", "cleaner"),
    "desk": ("客服", "service desk"),
    "quality": ("品质督查", "quality group"),
    "head": ("部门主管", "head of department"),
}
"""The posts that a step may name, besides the policy's own."""

# fmt: off
PLAN_REFUSALS: Mapping[str, Pair] = {
    "unknown_plan": ("没有“{plan}”这个预案，可用：{known}", "there is no plan {plan!r}: use one of {known}"),
    "plan_not_by_hand": ("预案“{plan}”不能手动启动", "the plan {plan!r} is not started by hand"),
    "plan_runs": ("{no} 号事件已启动预案“{plan}”", "the plan {plan!r} was started for incident {no} already"),
    "no_plan": ("{no} 号事件没有启动预案", "no plan was started for incident {no}: start one with POST /incidents/{no}/plan"),
    "case_over": ("事件已结束，不能启动预案", "the incident is over: no plan is started for it"),
    "plan_over": ("预案已结束，不能再更改步骤", "the plan is over: its steps stay as they are"),
    "plan_changed": (
        "预案已被他人更改（现为第 {version} 版），请刷新后重试",
        "somebody changed it meanwhile (it is at version {version} now): look at it again and repeat"),
    "plan_wrong": ("预案有误：{faults_zh}", "the plan is wrong: {faults}"),
    "too_many_plans": ("预案或版本已达上限 {limit}", "there are {limit} plans, or versions of this one, already"),
    "plan_open": (
        "预案尚未完成：{left_zh}。请先完成，或在 reason 中写明原因",
        "the plan is not done: {left}. Do that first, or say in `reason` why not"),
    "unknown_step": ("预案没有“{step}”这一步，可用：{known}", "the plan has no step {step!r}: use one of {known}"),
    "step_is_so": ("该步骤已由 {actor} 标为“{state_zh}”", "{actor} has marked the step as {state} already"),
    "step_reason": ("不执行某一步须写明原因", "say in `note` why the step is skipped"),
    "told_time": (
        "通知时间不能晚于现在，也不能早于预案启动前一小时",
        "it must have been told by now, and an hour before the plan's start at most"),
    "too_many_told": ("通知记录已达 {limit} 条", "{limit} are on record already"),
    "not_over_yet": ("事件尚未关闭，不能{zh}", "the incident is not closed: {en} comes afterwards"),
    "review_unfinished": ("请先填写：{left_zh}", "fill in first: {left}"),
    "review_approved": ("复盘已批准，不能再更改", "the review is approved and stays as it is"),
    "notice_empty": ("请先起草告知内容", "write the notice first"),
    "notice_published": ("告知已发布，不能再更改", "the notice is published and stays as it is"),
}
# fmt: on


def refused(reason: str, **words: object) -> Refusal:
    """A refusal with its message: Chinese, ` / `, English."""
    chinese, english = PLAN_REFUSALS[reason]
    return Refusal(reason, f"{chinese.format(**words)} / {english.format(**words)}")
