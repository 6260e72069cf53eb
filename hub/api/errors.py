"""Every error has one shape, `application/problem+json` (RFC 9457), with a message that says what to do in both languages."""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from hub.access.words import FINAL as ACCESS_FINAL
from hub.access.words import STATUS as ACCESS_STATUS
from hub.api.models import Problem, Wrong
from hub.desk.words import FINAL, STATUS
from hub.footage.hold_words import FINAL as HOLD_FINAL
from hub.footage.hold_words import STATUS as HOLD_STATUS
from hub.ingest.ports import Unavailable
from hub.keyfile import BadKeyFile
from hub.passages.words import FINAL as PASSAGE_FINAL
from hub.passages.words import STATUS as PASSAGE_STATUS
from hub.phones.words import FINAL as PHONE_FINAL
from hub.phones.words import STATUS as PHONE_STATUS
from hub.tags.keyfile import BadLabelKey
from hub.visits.words import FINAL as VISIT_FINAL
from hub.visits.words import STATUS as VISIT_STATUS

MEDIA_TYPE = "application/problem+json"
RETRY_S = "2"
_log = logging.getLogger(__name__)

REASONS: dict[str, tuple[int, str, str]] = {
    "not_found": (404, "没有这个地址", "there is nothing at this address: see /docs"),
    "pages_not_built": (
        404,
        "本安装没有网页：请在源码目录运行 make web，或重新安装，然后重启中心",
        "this installation has no pages: run `make web` in the sources, or install anew, and start the hub again",
    ),
    "method_not_allowed": (405, "此地址不支持该方法", "this address does not take that method: see /docs"),
    "not_signed_in": (401, "请先登录", "sign in first: POST /sign-in, or send a token as Authorization: Bearer TOKEN"),
    "phone_ended": (
        401,
        "手机绑定已失效，请重新绑定",
        "the phone's token has ended: where `wipe` is true, delete what the phone holds of its guard; then bind it anew",
    ),
    "phone_token_needed": (
        403,
        "请在手机上绑定后上报",
        "a phone reports by its own token, POST /phone/outbox: in its name only who is in charge may bring what it could not",
    ),
    "wrong_offset": (409, "请从 {offset} 字节处继续", "go on from byte {offset}"),
    "wrong_credentials": (401, "名称或密码不正确", "the name or the password is wrong"),
    "wrong_password": (403, "当前密码不正确", "the present password is wrong"),
    "no_password": (409, "该账号没有密码", "this account has no password"),
    "not_permitted": (403, "{role_zh}无权进行此操作", "a {role_en} may not do this"),
    "too_many_tries": (
        429,
        "尝试次数过多，请 {retry_s} 秒后重试",
        "there were too many tries to sign in: try again in {retry_s} s",
    ),
    "too_many_requests": (429, "请求过于频繁，请 {retry_s} 秒后重试", "these are too many requests: come back in {retry_s} s"),
    "busy_signing_in": (429, "登录人数过多，请稍后重试", "many people sign in just now: try again in a few seconds"),
    "unknown_account": (404, "没有账号“{account}”", "there is no account {account!r}"),
    "oidc_off": (404, "未配置统一登录", "no provider is configured: sign in with a name and a password"),
    "oidc_failed": (502, "统一登录服务暂时不可用", "the provider cannot be asked now: see the hub's log"),
    "oidc_strange_state": (
        403,
        "登录流程已失效，请重新登录",
        "this sign-in was not begun here, or long ago: begin again at /oidc/begin",
    ),
    "oidc_no_role": (403, "您的账号没有本系统的角色", "the provider knows you, but gives you no role here: ask who runs it"),
    "unknown_session": (404, "没有这个登录会话", "there is no such session: see GET /sessions"),
    "wrong_request": (422, "请求有误，详见 errors", "the request is wrong: see errors"),
    "unavailable": (503, "暂时无法写入，请稍后重试", "the hub cannot commit now: try again later"),
    "database_failed": (503, "数据库暂时不可用，请稍后重试", "the database cannot be read now: try again later"),
    "no_answer_yet": (503, "尚未得到结果，请查看后再重试", "there is no answer yet: look before you try again"),
    "unknown_case": (404, "没有 {no} 号事件", "there is no incident {no}"),
    "unknown_device": (404, "没有设备“{device}”", "the estate has no device {device!r}: see /devices"),
    "unknown_agent": (404, "没有采集端“{agent}”", "the estate has no agent {agent!r}: see /agents"),
    "no_snapshots": (
        409,
        "“{device}”只主动推送，不能按指令拍照",
        "{device!r} takes no picture when it is asked: see its option `snapshots`",
    ),
    "not_a_camera": (422, "“{device}”不是摄像机", "{device!r} is no camera"),
    "bad_cursor": (422, "cursor 无效，请使用上一页返回的值", "the cursor is wrong: take the one of the page before"),
    "bad_time": (
        422,
        "时间须为带时区的 RFC 3339 格式",
        "write a time as RFC 3339 with an offset, such as 2026-01-01T08:00:00%2B08:00",
    ),
    "unknown_command": (
        404,
        "没有这条指令；重启前的结果见事件列表",
        "there is no such command in this run of the hub: older results are events of kind command_done",
    ),
    "too_many_searches": (
        429,
        "查询过多：每小时最多 {limit} 次，请 {retry_s} 秒后再试，班长已获知",
        "these are too many searches: {limit} an hour, come back in {retry_s} s; an incident says so",
    ),
    "too_many_commands": (
        429,
        "等待执行的指令过多，请稍后重试",
        "too many commands wait for their agents: try again in a few seconds",
    ),
    "agent_did_not_answer": (
        504,
        "采集端“{agent}”没有应答，指令未下发，什么也没有执行",
        "the agent {agent!r} did not answer: nothing was sent and nothing was done",
    ),
    "unknown_picture": (404, "没有图片“{picture}”", "there is no picture {picture!r}"),
    "picture_lost": (410, "图片文件已不在", "the picture's file is gone"),
    "picture_not_promised": (
        409,
        "尚未收到该图片的记录，请稍后重传",
        "the reading that promises this picture has not come yet: send it again later",
    ),
    "picture_not_wanted": (409, "已无人等待这张图片", "nobody waits for this picture (any more): do not send it again"),
    "wrong_mac": (403, "签名不符", "the X-Watchkeeper-Mac is not this agent's for this path and body"),
    "wrong_sha256": (422, "图片与记录的校验值不符", "the body's SHA-256 is not the one that was promised"),
    "not_a_jpeg": (422, "内容不是 JPEG 图片", "the body is no JPEG picture"),
    "wrong_estate": (422, "小区资料有误，详见 errors", "the estate is wrong: see errors"),
    "wrong_drawing": (422, "平面图无法使用：{zh}", "the drawing cannot be used: {en}"),
    "unknown_floor": (404, "没有楼层“{floor}”{near_zh}", "the estate has no floor {floor!r}{near}"),
    "too_many_drawings": (
        409,
        "平面图已满 {limit} 张，请先删除旧楼层的图",
        "there are {limit} drawings: DELETE those of floors that went",
    ),
    "no_drawing": (404, "该楼层没有平面图", "this floor has no drawing: PUT one there"),
    "unknown_version": (
        404,
        "没有第 {version} 版小区资料",
        "there is no version {version} of the estate: see GET /estate/versions",
    ),
    "too_large": (413, "内容超过 {limit} 字节", "the body is over {limit} bytes"),
    "disk_failed": (507, "图片无法写入磁盘", "the picture cannot be written to the disk: see the hub's log"),
    "enrolment_failed": (503, "无法登记，原因见系统日志", "the agent cannot be enrolled or revoked now: the hub's log says why"),
    "unknown_place": (404, "没有位置“{place}”{near_zh}", "the estate has no place {place!r}{near}"),
    "unknown_phone": (
        404,
        "没有手机或巡更棒“{phone}”",
        "the estate has no phone and no wand {phone!r}: write one of its phones or wands, or hub",
    ),
    "unknown_source": (
        404,
        "没有来源“{source}”{near_zh}",
        "no source of evidence is {source!r}{near}: name a device, a phone, or hub",
    ),
    "unknown_person": (404, "没有人员“{person}”{near_zh}", "nobody of the staff is {person!r}{near}"),
    "unknown_route": (404, "没有路线“{route}”{near_zh}", "the estate has no route {route!r}{near}"),
    "unknown_duty": (404, "没有任务“{duty}”{near_zh}", "the policy has no duty {duty!r}{near}: see GET /duties"),
    "unknown_window": (
        404,
        "没有这个时段，编号见 watchkeeper duties list 的最后一列",
        "there is no such window: the ids are in GET /duties/windows, and in the last column of `watchkeeper duties list`",
    ),
    "unknown_shift": (404, "没有这个班次", "there is no such shift: see GET /roster"),
    "unknown_occasion": (404, "没有这条通知", "there is no such occasion: see GET /occasions"),
    "wrong_span": (422, "起止时间有误：须先起后止，最长 {days} 天", "it must begin before it ends, and last {days} days at most"),
    "tag_missing": (422, "请填写标签号；只有二维码标签由系统生成", "give the tag's number: the hub makes QR labels alone"),
    "no_qr_labels": (
        404,
        "这些位置没有二维码标签，请先登记",
        "no QR label is enrolled there: enrol one first, with the medium qr and without a number",
    ),
    "too_many_labels": (
        422,
        "超过 {limit} 张标签，请按位置分批打印",
        "there are over {limit} labels: name places, and print them in parts",
    ),
    "sheet_under_way": (429, "正在生成另一份标签，请稍后重试", "another sheet is being made: try again in a few seconds"),
    "reports_missing": (501, "未安装 PDF 组件：{error}", "{error}"),
    "record_too_long": (
        422,
        "当日记录超过 {limit} 行，请用 route 按路线分批获取",
        "the day has over {limit} lines: name routes with route=, and take it in parts",
    ),
    "day_not_begun": (422, "{day} 尚未开始，没有记录", "{day} has not begun: there is no record of it yet"),
    "wrong_days": (
        422,
        "日期范围有误：from 不得晚于 to，最多 {limit} 天",
        "the days are wrong: from may not be after to, and {limit} days at most lie between",
    ),
    "too_many_alarms": (422, "时段内报警超过 {limit} 条，请缩短时段", "the span has over {limit} alarms: ask for fewer days"),
    "visit_key_failed": (503, "访客密钥不可用，请查看日志", "a key of visits cannot be used: see the hub's log"),
    "label_key_failed": (503, "标签密钥不可用，原因见系统日志", "the label key cannot be used: the hub's log says why"),
    "wrong_signer": (403, "名称或密码不正确", "the name or the password of whoever joins or signs is wrong"),
    "token_needed": (403, "此接口只供程序使用令牌调用", "a program calls this with a token: a person's sign-in does not do"),
    "hub_field": (422, "“{field}”由系统填写，请勿填报", "the field {field!r} is the hub's own: leave it out"),
    "unknown_audit_entry": (404, "审计日志没有第 {no} 条", "the audit log has no entry {no}"),
    "access_changed": (
        409,
        "{kind_zh}“{id}”已被他人更改（现为第 {now} 版，您看到的是第 {seen} 版），请刷新后重试",
        "somebody changed the {kind} {id!r} meanwhile: it is at version {now}, you saw {seen}: look at it again and repeat",
    ),
    "bad_import": (422, "文件有误，详见 errors", "the file cannot be taken: see errors"),
    "unknown_footage_link": (
        404,
        "录像链接无效或已过期，请重新写明事由后调阅",
        "there is no such link for this sign-in, or it is over: ask to look again, with a reason",
    ),
    "unknown_footage": (404, "链接中没有这段录像", "the link shows no such footage: take the addresses of its playlist"),
    "unknown_footage_stream": (404, "没有这路码流", "there is no such stream: write main or sub"),
    "wrong_footage_span": (
        422,
        "录像起止时间有误：须先起后止，起点不在将来，最长 {hours} 小时",
        "it must begin before it ends, not in the future, and last {hours} h at most",
    ),
    "no_cameras": (422, "请选择摄像机", "name cameras: none watches that place"),
    "too_many_views": (
        429,
        "录像调阅过多：每人 24 小时最多 {limit} 次，经理已获知",
        "these are too many views of footage: {limit} in 24 h of one person; an incident says so",
    ),
    "footage_unavailable": (
        504,
        "采集端“{agent}”没有应答，录像暂时无法取得，请稍后重试",
        "the agent {agent!r} does not answer, and has the footage: try again later",
    ),
    "footage_gone": (410, "这段录像在采集端已不存在", "this footage is not at its agent any more"),
    "footage_busy": (503, "取录像的人太多，请稍后重试", "too much footage is being fetched: try again in a few seconds"),
    "footage_unplayable": (
        409,
        "这段录像无法在浏览器中播放：{error}，请导出后查看",
        "this footage cannot be played in a browser: {error}: export it",
    ),
    "footage_not_wanted": (409, "已无人等待这段录像", "nobody waits for this footage (any more): do not send it again"),
    "footage_disk_failed": (507, "录像无法写入中心的磁盘", "footage cannot be written to the hub's disk: see its log"),
    "range_not_satisfiable": (416, "请求的范围超出内容长度 {size} 字节", "the range begins behind the end, at {size} bytes"),
    "unknown_export": (404, "没有这份导出件", "there is no such export: see GET /footage/exports"),
    "export_not_ready": (409, "导出件尚未生成或已删除", "the archive is not made yet, or was deleted: see its state"),
    "too_many_exports": (429, "等待生成的导出件过多，请稍后重试", "too many exports wait to be made: try again later"),
    "unknown_dead_letter": (404, "没有这条未送达的通知", "there is no such dead letter"),
    "unknown_channel": (409, "通知渠道“{reader}”未配置", "the channel {reader!r} is not configured any more"),
    "not_delivered": (502, "仍未送达：{error}", "it was not delivered again: {error}"),
    "wrong_host": (421, "Host 不是本机地址", "the Host header names no address of this machine"),
    "wrong_origin": (403, "不接受来自其他网站的请求", "requests from other sites' pages are refused"),
}
"""Each error's name, its status, and its message in Chinese and in English."""

REFUSAL_STATUS = {
    "unknown_case": 404, "unknown_act": 404, "not_allowed": 403, "wrong_state": 409, "changed_meanwhile": 409,
    "not_dispatched": 409, "always_heard": 409, "nothing_sounds": 409, "too_many_maintenance": 409, "maintenance_over": 409,
    "unknown_post": 404, "unknown_scope": 404, "unknown_maintenance": 404,
    "unknown_tag": 404, "unknown_place": 404, "unknown_person": 404, "tag_enrolled": 409, "tag_ended": 409, "too_many_tags": 409,
    "too_many_shifts": 409, "too_many_shifts_of_one": 409,
    "unknown_person_of_audit": 404, "person_in_use": 409,
    "unknown_account": 404, "account_exists": 409, "too_many_accounts": 409, "last_administrator": 409, "local_account": 409,
    "account_disabled": 409, "too_many_tokens": 409,
    "unknown_plan": 404, "unknown_step": 404, "no_plan": 404, "plan_not_by_hand": 409, "plan_runs": 409, "case_over": 409,
    "plan_over": 409, "plan_changed": 409, "plan_open": 409, "step_is_so": 409, "too_many_plans": 409, "too_many_told": 409,
    "not_over_yet": 409, "review_unfinished": 409, "review_approved": 409, "notice_empty": 409, "notice_published": 409,
    "enrolment_unknown": 403, "enrolment_used": 409, "enrolment_expired": 410,
    **STATUS, **ACCESS_STATUS, **PASSAGE_STATUS, **VISIT_STATUS, **HOLD_STATUS, **PHONE_STATUS,
}  # fmt: skip
"""The status of a refused act; what is not named is 422."""


_FINAL = frozenset(
    ("changed_meanwhile", "not_dispatched", "always_heard", "maintenance_over", "nothing_sounds", "tag_enrolled", "tag_ended",
     "access_changed",
     "too_many_tags", "too_many_shifts", "too_many_shifts_of_one",
     "account_exists", "too_many_accounts", "last_administrator", "local_account", "account_disabled", "too_many_tokens",
     "no_password", "wrong_offset", "too_many_drawings", "enrolment_used", "person_in_use",
     "plan_not_by_hand", "plan_runs", "case_over", "plan_over", "plan_changed", "plan_open", "step_is_so", "too_many_plans",
     "too_many_told", "not_over_yet", "review_unfinished", "review_approved", "notice_empty", "notice_published")
) | FINAL | ACCESS_FINAL | PASSAGE_FINAL | VISIT_FINAL | HOLD_FINAL | PHONE_FINAL  # fmt: skip
"""Conflicts that asking again will not solve."""


class ApiError(Exception):
    """An error with a row in REASONS; `words` fill its message. `errors`: what exactly is wrong, where that is known."""

    errors: list[Wrong] | None = None

    def __init__(self, reason: str, **words: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = words


class Refused(Exception):
    """An act was refused by what decides about it; the message is its own, Chinese and then English."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message


def problem(reason: str, *, errors: list[Wrong] | None = None, words: Mapping[str, object] | None = None) -> JSONResponse:
    """The reply for a row of REASONS."""
    status, chinese, english = REASONS[reason]
    filling = words or {}
    told = (chinese.format(**filling), english.format(**filling))
    retry_s, wipe = str(filling.get("retry_s", RETRY_S)), bool(filling.get("wipe"))
    reply = _reply(status, reason, *told, errors, retry_s=retry_s, wipe=wipe)
    if reason == "wrong_offset":
        reply.headers["Upload-Offset"] = str(filling["offset"])
    return reply


def install(app: FastAPI) -> None:
    """Have every error answered in that shape."""

    @app.exception_handler(ApiError)
    async def _(_request: Request, error: ApiError) -> JSONResponse:
        return problem(error.reason, errors=error.errors, words=error.words)

    @app.exception_handler(Refused)
    async def _(_request: Request, error: Refused) -> JSONResponse:
        chinese, _, english = error.message.partition(" / ")
        return _reply(REFUSAL_STATUS.get(error.reason, 422), error.reason, chinese, english or chinese)

    @app.exception_handler(RequestValidationError)
    async def _(_request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [
            Wrong(at=_printable(".".join(str(step) for step in one["loc"])), what=_printable(one["msg"]))
            for one in error.errors()
        ]
        return problem("wrong_request", errors=wrong)

    @app.exception_handler(HTTPException)
    async def _(_request: Request, error: HTTPException) -> JSONResponse:
        reason = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code)
        if reason is None:
            return _reply(error.status_code, "http_error", str(error.detail), str(error.detail))
        return problem(reason)

    @app.exception_handler(Unavailable)
    async def _(_request: Request, error: Unavailable) -> JSONResponse:
        return problem("unavailable", errors=[Wrong(at="hub", what=str(error))])

    @app.exception_handler(BadKeyFile)
    async def _(request: Request, error: BadKeyFile) -> JSONResponse:
        _log.error("key_failed", extra={"path": request.url.path, "error": str(error)})
        return problem("visit_key_failed")

    @app.exception_handler(BadLabelKey)
    async def _(request: Request, error: BadLabelKey) -> JSONResponse:
        _log.error("label_key_failed", extra={"path": request.url.path, "error": str(error)})
        return problem("label_key_failed")

    @app.exception_handler(SQLAlchemyError)
    async def _(request: Request, error: SQLAlchemyError) -> JSONResponse:
        _log.error("database_failed", extra={"path": request.url.path, "error": str(error).splitlines()[0]})
        return problem("database_failed")


def _printable(text: str) -> str:
    """What was sent may be no text that can be sent back."""
    return text.encode(errors="replace").decode()


def _reply(
    status: int,
    code: str,
    zh: str,
    en: str,
    errors: list[Wrong] | None = None,
    *,
    retry_s: str = RETRY_S,
    wipe: bool = False,
) -> JSONResponse:
    body = Problem(
        type=f"urn:watchkeeper:problem:{code}",
        title=en,
        status=status,
        code=code,
        message_zh=zh,
        message_en=en,
        errors=errors or [],
        wipe=wipe,
    )
    headers = {"Retry-After": retry_s} if status in (409, 429, 503) and code not in _FINAL else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="watchkeeper"'
    told = body.model_dump(mode="json", exclude=None if wipe else {"wipe"})
    return JSONResponse(told, status_code=status, media_type=MEDIA_TYPE, headers=headers)
