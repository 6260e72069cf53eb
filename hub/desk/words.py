"""Why an act at the duty desk was refused: each reason with its status, and what to do in Chinese and in English."""

from collections.abc import Mapping

from hub.cases.types import Refusal

# fmt: off
DESK_REFUSALS: Mapping[str, tuple[int, str, str]] = {
    # 查岗 and reports
    "account_no_person": (
        409, "该账号未对应人员，请管理员在账号中填写人员",
        "this account stands for nobody of the staff, so what it says proves nobody: an administrator names its person"),
    "window_not_open": (409, "尚未开始查岗", "the window has not opened: answer when it has"),
    "window_over": (409, "本次查岗已结束，不能补答", "the window is over: it cannot be answered any more"),
    "window_kept": (409, "本次查岗已应答", "the window is kept already"),
    "not_oneself": (
        403, "应答须由本人作出，填报他人须班长或经理",
        "one answers for oneself, and a shift leader or a manager reports for others: leave the person out, or sign in as them"),
    "signed_by_two": (
        409, "交接班须在交接班页面由双方签字，不能填报",
        "a handover is signed by two and not reported: begin one, POST /handovers"),
    "no_window": (404, "没有可应答的查岗", "there is no such window of a duty that the desk answers: see GET /duty/check-in"),
    # handover
    "unknown_handover": (404, "没有这次交接班，或已结束", "there is no such handover, or it is over: see GET /handovers"),
    "handover_open": (409, "已有进行中的交接班，请先完成或取消", "a handover is under way here: finish or cancel it first"),
    "not_leaving": (403, "只有交班人可以这样做", "only who hands over may do this"),
    "not_coming": (403, "只有接班人可以这样做，请接班人先加入", "only who takes over may do this: join the handover first"),
    "same_person": (409, "交班与接班不能是同一人", "one person cannot sign for both: whoever takes over is somebody else"),
    "unsigned": (409, "交班人尚未签字", "whoever hands over has not signed yet"),
    "signed_already": (409, "已签字", "this is signed already"),
    "unknown_item": (404, "交接单上没有这一项", "the handover has no such item"),
    "item_gone": (409, "该项已消除，无需接收", "the item is over: it needs nobody to take it"),
    "items_unaccepted": (
        409, "还有 {count} 项未接收：{items}", "{count} items are not accepted: {items}"),
    "stale": (
        409, "交接期间有 {count} 项新增或变化，请逐项接收：{items}",
        "{count} items came or changed since: accept them one by one: {items}"),
    # keys and equipment
    "unknown_key": (404, "登记表中没有“{key}”", "the register has no item {key!r}: see GET /keys"),
    "key_exists": (409, "编号“{key}”已被使用", "the id {key!r} is taken: take another one"),
    "too_many_keys": (409, "登记物品已达 {limit} 件", "the register has {limit} items already"),
    "key_out": (409, "已借出，持有人：{holder}", "it is out, with {holder}: have it returned first"),
    "key_in": (409, "并未借出", "it is not out"),
    "key_unfit": (409, "物品已损坏或丢失，不能借出", "it is broken or lost: repair or replace it first"),
    "wrong_due": (
        422, "归还时间须在现在之后，最长 {hours:g} 小时", "it must come back after now, and within {hours:g} hours"),
    "unknown_person": (404, "没有人员“{person}”", "nobody of the staff is {person!r}"),
    "unknown_place": (404, "没有位置“{place}”", "the estate has no place {place!r}"),
    # the phone
    "wrong_call_times": (
        422, "时间有误：须依次为响铃、接听、挂断，且不晚于现在",
        "a call rings, is answered and ends, in this order and not after now"),
    "unknown_call": (404, "没有这次来电记录", "there is no such call"),
    "call_exists": (409, "该编号已记录过另一次来电", "another call stands under this id: take another one"),
}
# fmt: on

STATUS: dict[str, int] = {reason: row[0] for reason, row in DESK_REFUSALS.items()}
FINAL: frozenset[str] = frozenset(reason for reason, status in STATUS.items() if status == 409)
"""Conflicts that asking again will not solve."""


def refused(reason: str, **words: object) -> Refusal:
    """The refusal, its message Chinese, ` / `, English."""
    _, chinese, english = DESK_REFUSALS[reason]
    return Refusal(reason, f"{chinese.format(**words)} / {english.format(**words)}")
