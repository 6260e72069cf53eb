"""Why something was not done, for people: every name that an agent or the hub gives, in Chinese and in English.

REFUSALS are a device's and its agent's, ACT_REFUSALS those of acts on cases and alarms."""

from collections.abc import Mapping

# fmt: off
REFUSALS: Mapping[str, tuple[str, str]] = {
    # interlocks
    "fire_active": ("消防报警中，禁止关闭", "there is a fire alarm: nothing closes"),
    "fire_unknown": ("消防输入尚未上报，禁止关闭", "a fire input has not spoken yet: nothing closes"),
    "no_sensor": ("没有地感或对射，禁止关闭", "there is neither a loop nor a beam: it does not close"),
    "stale": ("地感或对射已多时没有上报，禁止关闭", "the loop or the beam was not heard lately: it does not close"),
    "loop_unknown": ("地感状态不明，禁止关闭", "the loop has not told its state: it does not close"),
    "loop_faulty": ("地感故障，禁止关闭", "the loop is faulty: it does not close"),
    "loop_occupied": ("地感上有车，禁止关闭", "something stands on the loop: it does not close"),
    "beam_unknown": ("对射状态不明，禁止关闭", "the beam has not told its state: it does not close"),
    "beam_faulty": ("对射故障，禁止关闭", "the beam is faulty: it does not close"),
    "beam_blocked": ("对射被遮挡，禁止关闭", "the beam is blocked: it does not close"),
    # the agent's checks
    "unknown_nonce": ("指令不是对本次询问的答复，未执行", "the command answers no question of the agent's: it was not done"),
    "expired": ("指令到达过晚，未执行", "the command came too late: it was not carried out"),
    "unknown_device": ("采集端没有这台设备", "the agent has no such device"),
    "not_allowed": ("采集端设置中未准许该操作", "the agent's settings do not allow this action"),
    # what failed
    "busy": ("设备上等待的操作过多，未执行", "too much waits for the device: it was not carried out"),
    "timeout": ("设备超时未完成，结果不明，请到场查看", "the device took too long and the result is unknown: look at it"),
    "device_down": ("设备未连接", "the device is not connected"),
    "device_stuck": ("设备没有反应，请重启采集端", "the device does not come back: start the agent anew"),
    "device_refused": ("设备拒绝执行", "the device refused"),
    "driver_fault": ("驱动程序出错，见采集端日志", "the driver failed: see the agent's log"),
    "unrecorded": ("无法留下记录，未下发", "it could not be recorded: nothing was sent"),
    "hub_restarted": ("中心重启，结果不明，请查看设备", "the hub was started anew and the result is unknown: look at the device"),
    "agent_did_not_answer": ("采集端没有应答，什么也没有执行", "the agent did not answer: nothing was done"),
}
# fmt: on

# fmt: off
ACT_REFUSALS: Mapping[str, tuple[str, str]] = {
    "unknown_case": ("没有 {no} 号事件", "there is no case {no}: see the list of cases"),
    "unknown_act": ("没有“{act}”这个操作，可用：{known}", "there is no act {act!r}: use one of {known}"),
    "not_allowed": ("角色“{role}”不能{zh}，需要：{roles}", "the role {role!r} may not {en}: it takes one of {roles}"),
    "changed_meanwhile": (
        "事件已被他人更改（现为第 {version} 版），请刷新后重试",
        "somebody changed the case meanwhile (it is at version {version} now): look at it again and repeat"),
    "wrong_state": (
        "事件{state_zh}，不能{zh}；只有以下状态可以：{states_zh}",
        "the case is {state}: {en} is possible only when it is {states}"),
    "field_missing": ("请填写“{field}”", "the field {field!r} is missing: fill it in"),
    "field_unknown": ("没有“{field}”这一项，可填：{known}", "{field!r} is no field of this act: it takes {known}"),
    "field_wrong": (
        "“{field}”须为不超过 {limit} 个字的文字", "the field {field!r} must be a text of {limit} characters at most"),
    "field_choice": ("“{field}”须为以下之一：{known_zh}", "the field {field!r} must be one of {known}"),
    "not_dispatched": (
        "派人进展为“{progress_zh}”，不能{zh}；须先：{needs_zh}",
        "{progress}: {en} is possible only once {needs}"),
    "always_heard": (
        "火警、紧急求助与人员失联不得搁置或暂缓",
        "fire, calls for help and a guard who is silent are never shelved or held back"),
    "shelf_minutes": ("搁置时间须为 1 到 {most} 分钟的整数", "minutes must be a whole number from 1 to {most}"),
    "case_twice": ("{no} 号事件选了两次", "case {no} stands twice in the selection: keep one"),
    "unknown_post": (
        "没有“{post}”这个岗位，可用：{known}",
        "there is no post {post!r}: use one of {known}, or none for the whole site"),
    "nothing_sounds": ("现在没有声音", "nothing sounds just now"),
    "no_scope": ("请指明位置、设备或检测规则", "name a place, a device or a detector: a whole site is never held back"),
    "unknown_scope": ("没有“{name}”", "there is no {what} {name!r}"),
    "wrong_maintenance_times": (
        "检修时段须先起后止，尚未结束，最长 {hours:g} 小时，最早 {days} 天内开始",
        "it must end after it begins and after now, last {hours:g} hours at most and begin within {days} days"),
    "too_many_maintenance": ("检修时段已有 {limit} 个", "there are {limit} maintenance windows already: end one first"),
    "unknown_maintenance": ("没有这个检修时段", "there is no such maintenance window"),
    "maintenance_over": ("该检修时段已结束", "the maintenance window is over"),
}
# fmt: on


def refusal_text(reason: str, **words: object) -> str:
    """The message of a refused act: Chinese, ` / `, English."""
    chinese, english = ACT_REFUSALS[reason]
    return f"{chinese.format(**words)} / {english.format(**words)}"


def explained(detail: str) -> tuple[str, str]:
    """The reason in Chinese and in English; a device's own words, which have no row, are told as they are."""
    if not detail:
        return "", ""
    return REFUSALS.get(detail, (f"设备未能执行：{detail}", detail))
