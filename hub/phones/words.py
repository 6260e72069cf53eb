"""Why something about a guard's phone was refused: each reason with its status, and what to do in Chinese and in English."""

from collections.abc import Mapping

from hub.cases.types import Refusal

# fmt: off
PHONE_REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "no_account_person": (
        409, "该账号未对应人员，请管理员在账号中填写人员",
        "this account stands for nobody of the staff: an administrator names its person"),
    "too_many_phones": (
        409, "绑定的手机过多（最多 {limit} 个），请先解除一个",
        "there are {limit} phones bound already, of this guard or of this phone: end one first, see GET /phones"),
    "unknown_phone_token": (404, "没有这个绑定", "there is no such binding: see GET /phones"),
    "wrong_person": (
        422, "不能代他人上报，请由本人绑定手机",
        "a phone speaks for the guard whose token it sends: leave `person` out, and bind the phone for the other guard"),
    "wrong_key": (422, "key 须为 32 位十六进制", "give `key` as 32 hex digits: 128 random bits, the same each time it is sent"),
    "wrong_seq": (422, "seq 须为从 1 起的整数", "give `seq`, a whole number from 1 that counts this guard's entries"),
    "key_used": (
        409, "该 key 已用于另一条记录", "this key names another entry already: draw a new one for each entry"),
    "not_sent_to_you": (404, "没有派给您的这项任务", "no guard of this token was sent there: see GET /phone/shift"),
    "task_recalled": (409, "任务已撤回或已改派", "the task was recalled, or given to somebody else"),
    "guard_no_phone": (
        409, "{person} 没有绑定可用的手机，请用对讲机或电话派人",
        "{person} carries no bound phone: send them by radio or phone, with the act `dispatch`"),
    "unknown_media": (404, "没有这个文件，请重新上传", "there is no such upload, or its days are over: begin it again"),
    "too_many_uploads": (
        409, "未完成的上传过多（最多 {limit} 个），请先传完",
        "there are {limit} uploads under way: finish them first"),
    "too_many_media": (409, "今天上传的文件已满 {limit} 个", "there were {limit} uploads in a day: that is the limit"),
    "unknown_entry": (
        409, "所属记录尚未送达，请先发送记录",
        "the entry that it belongs to has not come: send the outbox first"),
    "wrong_media": (
        422, "内容不是声明的类型：照片须为 JPEG 或 WebP，语音须为 WebM、MP4 或 Ogg",
        "this is not what it was said to be: a photo is JPEG or WebP, a voice note WebM, MP4 or Ogg"),
    "voice_too_long": (422, "语音不能超过 {limit} 秒", "a voice note has {limit} s at most"),
    "hub_fault": (
        422, "系统未能处理这条记录，请用对讲机或电话报告，并请管理员查看日志",
        "the hub could not take this entry: report it by radio or phone, and have an administrator look at the log"),
    "push_off": (404, "未配置推送", "no web push is configured: run `watchkeeper push init`"),
    "wrong_endpoint": (422, "推送地址不可用：{why}", "this push address is not allowed: {why}"),
}
# fmt: on
STATUS: Mapping[str, int] = {name: row[0] for name, row in PHONE_REFUSALS.items()}
FINAL = frozenset(name for name, row in PHONE_REFUSALS.items() if row[0] == 409)
"""Conflicts that asking again will not solve."""


def refused(reason: str, **words: object) -> Refusal:
    """The refusal of that name, in words."""
    _, zh, en = PHONE_REFUSALS[reason]
    return Refusal(reason, f"{zh.format(**words)} / {en.format(**words)}")
