"""Why a device did not do what was asked, for people: every name that an agent or the hub gives, in Chinese and in English."""

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
    "agent_did_not_answer": ("采集端没有应答，什么也没有执行", "the agent did not answer: nothing was done"),
}
# fmt: on


def explained(detail: str) -> tuple[str, str]:
    """The reason in Chinese and in English; a device's own words, which have no row, are told as they are."""
    if not detail:
        return "", ""
    return REFUSALS.get(detail, (f"设备未能执行：{detail}", detail))
