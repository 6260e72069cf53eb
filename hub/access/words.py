"""Why something could not be done with permits: each reason with its status, and what to do in Chinese and in English."""

from collections.abc import Mapping

from hub.cases.types import Refusal

# fmt: off
ACCESS_REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "unknown_thing": (404, "没有{kind_zh}“{id}”", "there is no {kind} {id!r}: look it up again"),
    "thing_exists": (409, "{kind_zh}“{id}”已存在", "there is a {kind} {id!r} already: change that one, or take another id"),
    "thing_ended": (409, "{kind_zh}“{id}”已终止", "the {kind} {id!r} is over: make a new one"),
    "too_many_things": (409, "{kind_zh}已达 {limit} 个", "there are {limit} of {kind} already: end some first"),
    "thing_in_use": (
        409, "{kind_zh}“{id}”仍被“{by}”使用，请先修改", "the {kind} {id!r} is used by {by!r}: change that one first"),
    "name_is_fixed": (422, "“{id}”为内置名称", "the name {id!r} is built in: take another one"),
    "wrong_times": (422, "起始时间须早于截止时间", "it must begin before it ends"),
    "wrong_hours": (422, "时段“{hours}”有误", "the hours {hours} are wrong: write two other minutes of the day"),
    "wrong_date": (422, "日期“{date}”有误或重复", "the date {date!r} is wrong or stands twice: write YYYY-MM-DD, each once"),
    "same_zones": (422, "通道两侧须为不同区域", "a portal leads from one zone to another one"),
    "no_such_reader": (422, "小区没有设备“{id}”", "the estate has no device {id!r} that could be a portal: see /devices"),
    "credential_taken": (
        409, "该凭证正在使用中，须先挂失、注销或换证",
        "this credential is somebody's already: report that one lost, revoke or replace it first"),
    "too_many_credentials": (409, "一个权限最多 {limit} 个凭证", "one permit has {limit} credentials at most: revoke some first"),
    "wrong_credential_state": (
        409, "凭证状态为“{state}”，不能这样做", "the credential is {state}: this cannot be done with it"),
    "no_card_key": (
        422, "未配置卡密钥 card_key_file，无法登记明文号码；可填写散列值",
        "the settings name no card_key_file, so a plain number cannot be taken: set one, or give the credential's name (hash)"),
    "wrong_number": (422, "号码“{what}”有误：{hint_zh}", "the {what} is wrong: {hint}"),
    "import_undone": (409, "其他行有错，本行未导入", "another row failed, so nothing was imported: mend it and import again"),
    "row_twice": (422, "与第 {row} 行重复", "it is the same as in row {row}: keep one"),
    "too_many_rows": (422, "最多 {limit} 行", "a file has {limit} rows at most: split it"),
    "permits_not_yet": (409, "权限表正在生成，请稍后重试", "the table is being made just now: ask again in a moment"),
    "permits_gone": (404, "此版本已不再保留，请重新开始", "this number is no longer held: begin anew with the newest"),
}
KIND_WORDS: Mapping[str, str] = {
    "household": "住户", "holder": "持有人", "permit": "权限", "credential": "凭证",
    "group": "权限组", "zone": "区域", "portal": "通道", "schedule": "时段",
}
# fmt: on
FINAL = frozenset(reason for reason, row in ACCESS_REFUSALS.items() if row[0] == 409 and reason != "permits_not_yet")
"""Conflicts that asking again will not solve."""
STATUS: Mapping[str, int] = {reason: row[0] for reason, row in ACCESS_REFUSALS.items()}


def refused(reason: str, **words: object) -> Refusal:
    """The refusal, with its message in both languages."""
    _, chinese, english = ACCESS_REFUSALS[reason]
    words = {"kind_zh": KIND_WORDS.get(str(words.get("kind")), ""), **words}
    return Refusal(reason, f"{chinese.format(**words)} / {english.format(**words)}")
