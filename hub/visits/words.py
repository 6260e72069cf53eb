"""Why an act on a visit or a delivery was refused: each reason with its status, and what to do in Chinese and in English."""

from collections.abc import Mapping

from hub.cases.types import Refusal

# fmt: off
VISIT_REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "unknown_visit": (404, "没有这次来访登记", "there is no such visit: see GET /visits"),
    "visit_exists": (409, "该登记已存在", "another visit stands under this id: take another one"),
    "too_many_visits": (409, "未结束的来访已达 {limit} 条，请先处理", "{limit} visits are not over: end some first"),
    "wrong_visit_state": (
        409, "当前状态“{state_zh}”不能{act_zh}", "a visit that is {state_en} cannot be dealt with so: {act_en}"),
    "field_missing": (422, "请填写：{fields}", "this kind of visit needs: {fields}"),
    "field_not_wanted": (422, "此类来访不填写：{fields}", "this kind of visit does not take: {fields}"),
    "unknown_room": (404, "没有住户“{room}”，或已迁出", "no household is {room!r}, or it has moved out"),
    "unknown_visit_route": (404, "没有路线“{route}”", "there is no visitors' route {route!r}: see GET /visit-routes"),
    "reason_missing": (422, "请说明原因", "say why"),
    "resident_asked_first": (409, "须先经住户确认", "the resident confirms first: ask, or enter a call"),
    "no_resident": (409, "此来访无需住户确认", "no resident is visited: admit it for the estate"),
    "unknown_resident": (404, "该住户没有成员“{person}”", "nobody of the household is {person!r}"),
    "asked_too_often": (409, "已征询 {limit} 次，请电话联系", "the resident was asked {limit} times: ring up, enter the call"),
    "rules_not_told": (
        409, "须先告知行车和施工规定并记录", "tell the driver the driving and working rules first: it is recorded"),
    "no_rules_needed": (409, "此类来访无需告知规定", "this kind of visit is told no rules"),
    "rules_changed": (409, "规定已更新为“{version}”，请重新阅读", "the rules are {version} by now: read them again"),
    "wrong_rules": (422, "规定须有 1 至 {limit} 条，每条须有中文", "write 1 to {limit} rules, each of them in Chinese"),
    "too_many_rules": (409, "规定版本已达 {limit} 个", "there are {limit} versions already"),
    "outside_truck_hours": (
        409, "货车与工程车辆仅限 {first}–{last} 通行", "trucks and construction vehicles may pass from {first} to {last} alone"),
    "pass_not_begun": (409, "通行证尚未生效", "the pass has not begun"),
    "pass_over": (409, "通行证已过期", "the pass is over: extend it, or register anew"),
    "wrong_until": (
        422, "延长时间须在现在之后，最长 {hours:g} 小时", "the new end must be after now, and within {hours:g} hours"),
    "extended_too_often": (409, "已延长 {limit} 次，请重新登记", "it was extended {limit} times: register anew"),
    "wrong_expected": (422, "预计到访时间须在未来 {days} 天内", "visits are expected after now, and within {days} days"),
    "wrong_plate": (422, "车牌号有误", "this is no number plate"),
    "plate_in_use": (409, "该车牌已有未结束的登记", "this plate has a visit that is not over"),
    "plate_has_permit": (409, "该车牌已有通行证，无需登记", "this plate has a permit already: nothing is to be registered"),
    "wrong_identity": (422, "身份证件号有误", "this is no identity number"),
    "wrong_phone": (422, "电话号码有误", "this is no phone number"),
    "unknown_space": (404, "没有车位“{space}”", "there is no space {space!r}: see GET /visit-spaces"),
    "space_taken": (409, "车位“{space}”已满", "the space {space!r} is taken"),
    "wrong_space": (409, "请安排{wanted_zh}", "this vehicle goes to {wanted_en}"),
    "no_space_needed": (409, "此类来访没有车辆", "this visit has no vehicle"),
    "space_in_use": (409, "车位“{space}”正在使用", "the space {space!r} is in use: move the vehicle first"),
    "too_many_spaces": (409, "车位已达 {limit} 个", "there are {limit} spaces already"),
    "too_many_visit_routes": (409, "路线已达 {limit} 条", "there are {limit} routes already"),
    "visit_route_in_use": (409, "路线“{route}”正在使用", "the route {route!r} is in use"),
    "unknown_group": (404, "没有通行组“{group}”", "there is no group of permits {group!r}"),
    "no_pass": (409, "没有有效的通行证", "there is no pass: the visit is not confirmed, or over"),
    "pass_not_issued": (409, "通行证未能生成：{why_zh}", "the pass was not issued: {why_en}"),
    # deliveries
    "unknown_delivery": (404, "没有这件投放记录", "there is no such delivery: see GET /deliveries"),
    "too_many_deliveries": (409, "未领取的投放已达 {limit} 件", "{limit} deliveries are not over: end some first"),
    "wrong_delivery_state": (409, "已不在投放点，不能{act_zh}", "the goods are gone already: {act_en} is too late"),
    "no_consent": (
        409, "未经住户同意，不得送上门", "goods are carried to the door only with the resident's consent: ask, or enter a call"),
    "consent_not_asked": (409, "未征询住户，或已答复", "the resident is not being asked"),
    "consent_given": (409, "住户已同意", "the resident has agreed already"),
    "unknown_drop_place": (404, "没有位置“{place}”", "the estate has no place {place!r}"),
    # links
    "unknown_link": (404, "链接无效或已过期", "this link is not valid, or not any more"),
    "link_withdrawn": (409, "您的登记链接已停用，请联系物业", "your link was withdrawn: contact the service desk"),
    "not_agreed": (409, "同意放行后方可自助登记", "this opens once you have agreed to a visitor, by the same link"),
    "residents_register_none": (409, "本小区不支持住户自助登记", "residents of this estate register no visitors by themselves"),
    "resident_has_no_phone": (409, "该住户没有登记电话", "no phone of this resident is on record"),
    "no_way_to_residents": (
        409, "未设置通知住户的渠道，无法发送", "no way to residents is set up, so nothing can be sent: see docs/operating.md"),
    "no_resident_link": (404, "该住户没有登记链接", "this resident has no link"),
    "resident_day_full": (409, "今天已登记 {limit} 位，请明天再登记", "{limit} were registered today: wait until tomorrow"),
    "resident_open_full": (
        409, "未结束的来访已达 {limit} 条，请先撤回", "{limit} of your visits are not over: take one back first"),
    "no_space_free": (409, "暂无空余访客车位，请联系物业", "no space for a visitor's vehicle is free: contact the service desk"),
    "wrong_hours": (422, "来访时长有误", "the stay must end after now, and last no longer than a pass does"),
    # looking
    "too_many_looks": (
        429, "一小时内查看次数已达上限 {limit} 次，已通知值班", "over {limit} looks in an hour: the room was told"),
    "erased": (410, "个人信息已按期清除", "what is personal was erased on its day"),
    "unreadable": (
        409, "个人信息无法解密，请检查密钥文件", "what is personal cannot be opened: see docs/operating.md about the keys"),
}
# fmt: on

STATUS: dict[str, int] = {reason: row[0] for reason, row in VISIT_REFUSALS.items()}
FINAL: frozenset[str] = frozenset(reason for reason, status in STATUS.items() if status in (409, 429))
"""Conflicts that asking again will not solve."""


def refused(reason: str, **words: object) -> Refusal:
    """The refusal, its message Chinese, ` / `, English."""
    _, chinese, english = VISIT_REFUSALS[reason]
    return Refusal(reason, f"{chinese.format(**words)} / {english.format(**words)}")
