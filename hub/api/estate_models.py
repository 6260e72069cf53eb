"""What goes in and out of the estate's routes."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from hub.api.models import Plain, Strict, Time

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), Plain]

_DOCUMENT = {
    "site": "lakeside", "name_zh": "湖畔花园", "name_en": "Lakeside Garden", "timezone": "Asia/Shanghai",
    "places": [{"id": "gate", "name_zh": "东门", "name_en": "East gate"}],
    "agents": [{"id": "gate", "place": "gate", "name_zh": "东门代理", "name_en": "gate's agent", "key_file": "secrets/gate.key"}],
    "devices": [],
}  # fmt: skip


def _with_example(**example: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class DrawingInfo(Strict):
    """A floor's drawing, without its body. A position `at: [x, y]` is a share of its width and height from the upper left."""

    floor: str = Field(examples=["ground"], description="The floor's id")
    media_type: str = Field(examples=["image/svg+xml"], description="image/svg+xml or image/png")
    digest: str = Field(description="SHA-256 of what is served; its ETag")
    width: float = Field(examples=[1200], description="In the drawing's own units")
    height: float = Field(examples=[800], description="In the same units")
    size_bytes: int = Field(description="How long the file is")


class VersionInfo(Strict):
    """Who put which version of the estate in force."""

    version: int = Field(examples=[3], description="Counted from 1; the highest is in force")
    at: Time = Field(description="When, UTC")
    actor: str = Field(examples=["李伟"], description="Who; empty: the hub, from the estate file")
    reason: str = Field(description="Why, in the actor's words")
    origin: Literal["file", "edit", "restore"] = Field(
        description="file: imported from one; edit: edited at the hub; restore: an older version again"
    )
    digest: str = Field(description="SHA-256 of the document")


class VersionList(Strict):
    """Versions, newest first."""

    versions: list[VersionInfo] = Field(description="Newest first")
    next: int | None = Field(description="The `before` of the next page; null at the end")


class VersionView(Strict):
    """A version with its document."""

    info: VersionInfo = Field(description="Who made it when")
    document: dict[str, Any] = Field(description="The estate file's values; no keys")


class EstateView(Strict):
    """The estate in force. `version` is what a PUT has to have seen."""

    version: int = Field(examples=[3], description="Its number; 0: the hub has not read its file yet")
    document: dict[str, Any] = Field(description="The estate file's values, with positions on the plan; no keys")
    drawings: list[DrawingInfo] = Field(description="The floors' drawings")
    keyless: list[str] = Field(
        examples=[[]], description="Agents that have no key: nothing of them is believed until they have one"
    )
    file: str = Field(
        examples=["same"],
        description="What became of the settings' estate file: same, import, differs (the database counts), failed, unknown",
    )


class EstateCheck(Strict):
    """A document that might take the estate's place."""

    model_config = _with_example(document=_DOCUMENT)

    document: dict[str, Any] = Field(description="The whole estate, as GET /estate gives it")


class EstatePut(Strict):
    """A document that is to take the estate's place."""

    model_config = _with_example(seen=3, document=_DOCUMENT, reason="新装东门读卡器")

    seen: int = Field(ge=0, examples=[3], description="The version that was edited; another one in force is 409")
    document: dict[str, Any] = Field(description="The whole estate, as GET /estate gives it")
    reason: Reason = Field(default="", description="Why, in the words of who does it")
    origin: Literal["edit", "file"] = Field(default="edit", description="file: it is the content of an estate file")


class RestoreRequest(Strict):
    """An older version is to be in force again, as a new version."""

    model_config = _with_example(seen=5, reason="误改")

    seen: int = Field(ge=0, examples=[5], description="The version in force that was seen")
    reason: Reason = Field(default="", description="Why, in the words of who does it")


class EstateWrong(Strict):
    """One thing that is wrong. `row`, `column`: in the table that is imported, as a spreadsheet counts."""

    at: str = Field(examples=["devices[12].opens"], description="Where in the document; empty: in the table alone")
    row: int | None = Field(default=None, examples=[14], description="The table's row, the heading being 1; null: no row of it")
    column: str = Field(default="", examples=["opens"], description="The table's column; empty: the whole row")
    code: str = Field(examples=["no_gate"], description="What is wrong, by a name that stays the same")
    message_zh: str = Field(examples=["“door-9”不是门也不是道闸"], description="What is wrong, in Chinese")
    message_en: str = Field(description="What is wrong and what to write instead, in English")


class EstateChange(Strict):
    """A row that is new, changed or gone."""

    what: Literal["added", "changed", "removed"] = Field(description="What happens to it")
    kind: str = Field(examples=["devices"], description="The table; estate: its head")
    id: str = Field(examples=["door-9"], description="The row's id")
    fields: list[str] = Field(examples=[["name_zh"]], description="Which values differ, of a changed one")
    text_zh: str = Field(examples=["修改设备 大堂门（door-lobby）：name_zh"], description="The same in Chinese")
    text_en: str = Field(examples=["changed device door-lobby: name_zh"], description="The same in English")


class Consequence(Strict):
    """What follows from the changes."""

    text_zh: str = Field(description="In Chinese")
    text_en: str = Field(description="In English")


class EstateOutcome(Strict):
    """What a document, or a table, would do or has done."""

    good: bool = Field(description="Nothing is wrong with it")
    applied: bool = Field(description="It is in force now")
    version: int = Field(description="The version in force")
    errors: list[EstateWrong] = Field(description="Everything that is wrong, 200 at most")
    changes: list[EstateChange] = Field(description="The rows that differ from the estate in force")
    consequences: list[Consequence] = Field(description="What follows from that")
    document: dict[str, Any] | None = Field(
        default=None, description="Of an import: the whole document with the table's rows in it"
    )


class DrawingTaken(Strict):
    """A drawing that was taken in."""

    drawing: DrawingInfo = Field(description="What is served now")
    dropped: int = Field(description="How many elements and attributes were left out, since they are not known to be harmless")
