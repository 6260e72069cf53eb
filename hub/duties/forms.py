"""What an answer and a report must hold. Pure: a duty and its fields in, a Refusal out where they do not do."""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from hub.cases.types import Refusal
from hub.duties.types import Duty

Value = str | int | float | bool

FIELDS: Mapping[str, str] = {
    "summary": "值班情况",
    "cameras_checked": "检查摄像机数量",
    "unusual": "异常情况",
    "note": "说明",
}
"""What the fields of the policies that ship are called in Chinese."""


def check(duty: Duty, fields: Mapping[str, Value]) -> Refusal | None:
    """What is wrong with the fields of a report on the duty: one that it requires is not there or empty, or two that must be
    equal are not."""
    missing = [name for name in duty.requires if _empty(fields.get(name))]
    if missing:
        return Refusal("field_missing", f"请填写{'、'.join(map(_called, missing))} / give {', '.join(missing)}")
    for one, other in duty.equal:
        if _plain(fields.get(one)) != _plain(fields.get(other)):
            told = f"{one} = {fields.get(one)}, {other} = {fields.get(other)}"
            return Refusal("fields_differ", f"两项必须一致：{told} / these must be equal: {told}")
    return None


def _called(name: str) -> str:
    """A field's name in Chinese; one of the policy's own is called by its name."""
    return f"“{FIELDS.get(name, name)}”"


def _empty(value: Value | None) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _plain(value: Value | None) -> object:
    """A number however it was typed; any other text as it is."""
    if isinstance(value, bool) or value is None:
        return repr(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text
