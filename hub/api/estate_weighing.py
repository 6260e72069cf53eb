"""A document is weighed: what is wrong with it, what it would change, and what follows from that; and it is put in force."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from contract.settings import Mistake
from hub.api import estate_models as m
from hub.api.errors import ApiError
from hub.api.models import Wrong
from hub.api.ports import Backend
from hub.api.routes import allowed, answer
from hub.estate import EstateFile
from hub.estates.changes import RowChange, changes, ids
from hub.estates.document import body_of, check_document
from hub.estates.words import told
from hub.ingest.ports import EstateAct, EstateDone

ANSWER_S = 30.0
"""Windows of a year may be planned anew."""
_CONSEQUENCES = (
    (
        "{n} 起未结事件属于被删除的设备，将保留至处理完毕",
        "{n} live incidents are of removed devices: they stay until they are closed",
    ),
    ("{n} 个来源将被视为未知设备，其记录不再采信", "{n} sources become strangers: what they report is put aside"),
    ("{n} 个尚未开始的任务时段将取消", "{n} windows that have not opened fall away"),
    ("{n} 个班次属于被删除的人员", "{n} shifts are of removed people"),
    ("{n} 个标签属于被删除的位置或人员", "{n} tags are of removed places or people: revoke them"),
    ("{n} 条路线的后续时段将重新排定", "windows of {n} routes are planned anew"),
    ("采集端没有密钥，不予采信：{few_zh}", "agents without a key, which nobody believes: {few}"),
)
"""What follows where there is any, in the order in which it is counted."""
Name = Callable[[Mistake], m.EstateWrong]


class Weighed(NamedTuple):
    """`file` is None where something is wrong."""

    file: EstateFile | None
    errors: list[m.EstateWrong]
    changes: list[RowChange]
    consequences: list[m.Consequence]


def name_of(mistake: Mistake) -> m.EstateWrong:
    """A mistake by its place in the document."""
    found = told(mistake)
    return m.EstateWrong(at=found.at, code=found.code, message_zh=found.zh, message_en=found.en)


def weighed(backend: Backend, document: Mapping[str, Any], name: Name = name_of) -> Weighed:
    """The document held against rules, policy, key files, and the estate in force."""
    found = check_document(document, backend.policy, backend.site)
    if found.value is None:
        return Weighed(None, [name(mistake) for mistake in found.mistakes], [], [])
    keys = backend.book.keys_for(found.value)
    if keys.wrong:
        return Weighed(None, [_key(message) for message in keys.wrong], [], [])
    rows = changes(backend.estate.file, found.value)
    keyless = sorted(agent.id for agent in found.value.agents if agent.id not in keys.found)
    return Weighed(found.value, [], rows, consequences(backend, rows, keyless))


def applied(
    backend: Backend, file: EstateFile, seen: int, origin: Literal["edit", "file", "restore"], actor: str, reason: str
) -> int:
    """Put it in force. Returns the version that is. Raises Refused, Unavailable, ApiError."""
    body = body_of(file)
    if origin == "edit" and seen == backend.book.version and body.digest == backend.book.body.digest:
        return seen
    act = EstateAct(seen, body.text, body.digest, origin, actor, reason)
    done: EstateDone = allowed(answer(backend.worker.ask(act), ANSWER_S))
    return done.version


def outcome_of(found: Weighed, version: int, *, applied: bool = False, document: dict[str, Any] | None = None) -> m.EstateOutcome:
    """The answer."""
    rows = [
        m.EstateChange(what=row.what, kind=row.kind, id=row.id, fields=list(row.fields), text_zh=row.zh, text_en=row.en)
        for row in found.changes
    ]
    return m.EstateOutcome(
        good=found.file is not None,
        applied=applied,
        version=version,
        errors=found.errors,
        changes=rows,
        consequences=found.consequences,
        document=document,
    )


def wrong_of(errors: Sequence[m.EstateWrong]) -> ApiError:
    """The error for a document that is not right."""
    error = ApiError("wrong_estate")
    error.errors = [Wrong(at=one.at, what=f"{one.message_zh} / {one.message_en}") for one in errors]
    return error


def consequences(backend: Backend, rows: Sequence[RowChange], keyless: Sequence[str]) -> list[m.Consequence]:
    """What follows from the changes, as far as it can be told before."""
    gone = [name for kind in ("devices", "agents", "phones") for name in ids(rows, "removed", kind)]
    live = sum(len(numbers) for numbers in backend.reads.live_numbers(gone).values()) if gone else 0
    routes, people, places = (ids(rows, "removed", kind) for kind in ("routes", "staff", "places"))
    ahead = backend.estates.ahead(routes, people, places, backend.clock.now_us())
    few = keyless[:5]
    counts = (live, len(gone), *ahead, len(ids(rows, "changed", "routes")), len(keyless))
    words = {"few_zh": "、".join(few), "few": ", ".join(few)}
    return [
        m.Consequence(text_zh=zh.format(n=n, **words), text_en=en.format(n=n, **words))
        for n, (zh, en) in zip(counts, _CONSEQUENCES, strict=True)
        if n
    ]


def _key(message: str) -> m.EstateWrong:
    return m.EstateWrong(at="agents", code="key_file", message_zh="密钥文件不可用", message_en=message)
