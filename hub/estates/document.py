"""The estate as a document without secrets: what a version holds, what the API shows, and what may be put in its place. Pure."""

import hashlib
from collections.abc import Mapping
from math import isfinite
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import msgspec

from contract.settings import Checked, Document, Mistake, Rule, check_plain
from hub.estate import EstateFile, estate_rules
from hub.policy.load import Policy

KINDS = ("floors", "places", "agents", "devices", "phones", "staff", "routes")
"""The tables of an estate."""
HEAD = ("site", "name_zh", "name_en", "timezone", "leader_phone")
BODY_BYTES_MAX = 4 * 1024 * 1024
_DEPTH_MAX = 8
_DEEP = ["estate: is nested too deeply: write rows of values"]
_NUMBERS = ("*.*.at.*", "places.*.area.*.*", "*.*.options.*")
_TEXTS = ("name_zh", "name_en", "*.*.name_zh", "*.*.name_en", "agents.*.key_file")
_NOT_IN_IT = {"agents": "key", "floors": "drawing"}
"""What stands in a file alone: a secret, and the name of a file."""


class Body(NamedTuple):
    """A document as it is kept: JSON text, the same for the same estate, and its SHA-256."""

    text: str
    digest: str


def plain_of(file: EstateFile) -> dict[str, Any]:
    """The document of an estate: its values, without those that are as if they were not written."""
    plain: dict[str, Any] = msgspec.to_builtins(file)
    for kind, key in _NOT_IN_IT.items():
        for row in plain.get(kind, ()):
            row.pop(key, None)
    return plain


def body_of(file: EstateFile) -> Body:
    """What is kept of it."""
    text = msgspec.json.encode(plain_of(file), order="deterministic").decode()
    return Body(text, hashlib.sha256(text.encode()).hexdigest())


def file_of(text: str) -> EstateFile:
    """The estate in a kept document. It was checked when it was written. Raises msgspec's errors for another program's."""
    return msgspec.json.decode(text, type=EstateFile)


def check_document(plain: Mapping[str, Any], policy: Policy, site: str) -> Checked[EstateFile]:
    """Everything that is wrong with a document that is to take the present one's place, by the path of its row."""
    rules: tuple[Rule, ...] = (
        lambda document: _same_site(document, site),
        _no_secrets,
        _key_files,
        _storable,
        *estate_rules(policy),
    )
    if _too_deep(plain):
        return Checked(None, _DEEP, [Mistake((), "is nested too deeply", "write rows of values")])
    return check_plain("estate", plain, EstateFile, rules)


def _same_site(document: Document, site: str) -> None:
    for path, value in document.find("site"):
        if isinstance(value, str) and value != site:
            document.wrong(path, "cannot be changed while the hub runs", f"write {site}; another site is another hub")


def _no_secrets(document: Document) -> None:
    for path, value in document.find("agents.*.key"):
        if value is not None:
            document.wrong(
                path, "may not stand in the document", "delete it, and write key_file: a file beside the hub's estate file"
            )
    for path, value in document.find("floors.*.drawing"):
        if value is not None:
            document.wrong(path, "may not stand in the document", "delete it, and upload the drawing: PUT /estate/drawings/FLOOR")


def _key_files(document: Document) -> None:
    """Who edits the estate may not have the hub look into other folders."""
    for path, value in document.find("agents.*.key_file"):
        if isinstance(value, str) and (PurePosixPath(value).is_absolute() or ".." in PurePosixPath(value).parts or "\0" in value):
            document.wrong(path, "leads out of the estate file's folder", "write a file's name there, such as secrets/gate.key")


def _storable(document: Document) -> None:
    """What JSON cannot say may come from a program that says it all the same."""
    for pattern in _NUMBERS:
        for path, value in document.find(pattern):
            if isinstance(value, float) and not isfinite(value):
                document.wrong(path, "is no number", "write a finite number")
    for pattern in _TEXTS:
        for path, value in document.find(pattern):
            if isinstance(value, str) and any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
                document.wrong(path, "holds characters that are none", "leave out NUL and half surrogate pairs")


def _too_deep(plain: Any) -> bool:
    """Said before anything walks through it."""
    level = [plain]
    for _ in range(_DEPTH_MAX):
        level = [
            inner
            for one in level
            if isinstance(one, Mapping | list)
            for inner in (one.values() if isinstance(one, Mapping) else one)
        ]
    return bool(level)
