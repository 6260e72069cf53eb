"""What a case is called, in both languages: one row for each detector."""

from collections.abc import Mapping
from typing import Literal, Protocol

from hub.cases.parts import part, quantity
from hub.cases.types import Case

Lang = Literal["zh", "en"]

TITLES: Mapping[str, tuple[str, str]] = {
    "fire_input": ("火警", "Fire alarm"),
    "alarm_input": ("报警", "Alarm"),
    "door_forced": ("强行开门", "Door forced"),
    "door_held": ("门未关", "Door held open"),
    "repeated_refusals": ("连续刷卡被拒", "Repeated refusals"),
    "passback": ("凭证同侧重复使用", "Credential used twice from the same side"),
    "stopped_credential": ("挂失或注销凭证被使用", "Lost or revoked credential used"),
    "impossible_travel": ("同一凭证异地同时出现", "One credential at two places"),
    "tamper": ("设备被拆", "Tamper"),
    "reader_refused": ("读卡器不可信", "Card reader not trusted"),
    "panel_fault": ("报警主机故障", "Panel fault"),
    "barrier_left_open": ("道闸未落", "Barrier left open"),
    "barrier_unexplained": ("道闸无故抬起", "Barrier opened without a reason"),
    "tailgating": ("跟车", "Tailgating"),
    "loop_plate_disagree": ("有车无牌", "Vehicle without a plate read"),
    "plate_without_vehicle": ("有牌无车", "Plate read without a vehicle"),
    "plate_unreadable": ("车牌存疑，请人工核对", "Plate in doubt: please check by eye"),
    "plate_watched": ("布控车牌", "Plate on the watch list"),
    "arm_knocked_off": ("闸杆被撞脱", "Barrier arm knocked off"),
    "camera_lost": ("摄像机离线", "Camera lost"),
    "camera_dark": ("摄像机画面黑暗", "Camera dark"),
    "camera_frozen": ("摄像机画面静止", "Camera frozen"),
    "footage_hole": ("录像缺失", "Footage missing"),
    "camera_blinded": ("摄像机被强光照射", "Camera blinded by a light"),
    "camera_defocused": ("摄像机失焦", "Camera out of focus"),
    "camera_moved": ("摄像机被移位", "Camera moved"),
    "camera_occluded": ("摄像机被遮挡", "Camera covered"),
    "zone_after_hours": ("禁止时段有移动", "Motion after hours"),
    "zone_intrusion": ("区域入侵", "Intrusion into a zone"),
    "zone_loitering": ("区域徘徊", "Loitering in a zone"),
    "measurement_over_threshold": ("读数越限", "Reading beyond its threshold"),
    "duty_gap": ("应做未做", "Duty not done"),
    "key_overdue": ("钥匙装备逾期未还", "Key or equipment overdue"),
    "phone_unanswered": ("值班电话未按时接听", "Duty phone not answered in time"),
    "searches_over": ("查询通行记录超限", "Too many searches of passages"),
    "footage_views_over": ("调阅录像超限", "Too many views of footage"),
    "visitor_overstay": ("访客超时未离开", "Visitor overstays"),
    "vehicle_overstay": ("访客车辆超时停放", "Visitor's vehicle overstays"),
    "temporary_overstay": ("临时车辆超时停放", "Temporary permit overstayed"),
    "truck_overstay": ("货车或工程车辆超时", "Truck overstays its hours"),
    "visit_forced": ("未经住户确认放行", "Let in unconfirmed"),
    "delivery_unclaimed": ("投放物品逾期未领", "Delivery not collected"),
    "visitor_scraping": ("频繁查看访客信息", "Visitors looked up too often"),
    "visit_notice_failed": ("住户通知未送达", "Resident's notice not delivered"),
    "panic": ("紧急求助", "Call for help"),
    "guard_silent": ("值班人员失联", "Lone guard silent"),
    "observation": ("巡查发现", "Observation"),
    "emergency": ("突发事件", "Emergency"),
    "reported": ("接报", "Reported"),
    "agent_silent": ("采集端失联", "Agent silent"),
    "device_silent": ("设备失联", "Device out of reach"),
    "device_clock_off": ("设备时钟不准", "Device clock off"),
    "sequence_gap": ("记录有缺失", "Records lost"),
    "foreign_report": ("冒名上报被拒", "Report refused: not the agent it names"),
    "audit_head_conflict": ("审计日志被改动或回退", "Audit log rewritten or put back"),
    "agent_takeover": ("采集端连接被反复顶替", "Agent's connection is taken again and again"),
    "footage_sweep_halted": ("录像清理已停，请核对", "Sweep of footage halted: please check"),
    "footage_days_shorter": ("录像保存天数将缩短，待两人确认", "Footage is to be kept for fewer days: two people must agree"),
    "footage_disk_short": ("录像磁盘容量不足", "Disk will not hold the footage that is owed"),
    "footage_disk_full": ("录像磁盘已满，停止录像", "Disk full: nothing is recorded"),
    "footage_dropped": ("磁盘已满，最早的录像提前删除", "Disk full: the oldest footage went before its day"),
    "footage_lost": ("录像提前缺失", "Footage gone before its day"),
    "footage_not_deleted": ("到期录像未能删除", "Footage that is due was not deleted"),
    "footage_overdue": ("录像超过最长保存期", "Footage kept longer than allowed"),
    "quarantined": ("事件被隔离", "Events put aside"),
}

_SEPARATORS: Mapping[Lang, tuple[str, str, str]] = {"zh": ("：", "，", "（未证实）"), "en": (": ", ", ", " (unproven)")}


class Names(Protocol):
    """The estate, as far as titles need it."""

    def place_name(self, place: str, lang: Lang) -> str:
        """The place's name in the language."""
        ...

    def device_name(self, device: str, lang: Lang) -> str:
        """The device's name in the language."""
        ...


def title(case: Case, names: Names, lang: Lang) -> str:
    """Such as `门未关：东门，东门人行门` and `Door held open: East gate, pedestrian door`. A detector without a row is told by
    its id. A gap names its duty first, what people report and what the desk watches what it is about: they have no device.
    What is not proven says so."""
    row = TITLES.get(case.detector, (case.detector, case.detector))
    colon, comma, unproven = _SEPARATORS[lang]
    what = row[0] if lang == "zh" else row[1]
    named = _named(case, lang)
    place, about = names.place_name(case.place, lang), case.facts.get(f"duty_{lang}") or case.facts.get(f"about_{lang}")
    what_at = _cameras(case, names, lang) or names.device_name(case.device, lang)
    where = (str(about), place) if about else (place, what_at, *((named,) if named else ()))
    return f"{what}{colon}{comma.join(where)}{'' if case.proven else unproven}"


def _cameras(case: Case, names: Names, lang: Lang) -> str:
    """The first camera without footage, and how many others; empty where the case is about something else."""
    missing = case.facts.get("missing_cameras")
    if not missing:
        return ""
    first, more = names.device_name(str(missing[0]).partition("/")[0], lang), int(case.facts.get("missing_count", 1)) - 1
    if more <= 0:
        return first
    return f"{first}等 {more + 1} 路" if lang == "zh" else f"{first} and {more} more"


def _named(case: Case, lang: Lang) -> str:
    if name := case.facts.get("name"):
        return part(str(name), lang)
    return quantity(str(case.facts.get("quantity") or ""), lang)
