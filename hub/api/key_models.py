"""What goes in and out of the routes for keys and equipment."""

from typing import Annotated

from pydantic import ConfigDict, Field

from hub.api.desk_models import Id, Text
from hub.api.models import Name, Plain, Strict, Time
from hub.desk.keys import Condition, KeyState, Kind

KeyId = Annotated[str, Plain, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$", examples=["K-12"])]


class KeyView(Strict):
    """An item of the register."""

    id: str = Field(description="The number that stands on it", examples=["K-12"])
    kind: Kind = Field(description="key, radio, torch, baton, recorder or other")
    kind_zh: str = Field(description="The kind in Chinese")
    kind_en: str = Field(description="The kind in English")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    place: str = Field(description="Where it belongs, by the place's id")
    place_zh: str = Field(description="Where it belongs, in Chinese")
    place_en: str = Field(description="Where it belongs, in English")
    state: KeyState = Field(description="in, out, broken or lost")
    state_zh: str = Field(description="The state in Chinese")
    state_en: str = Field(description="The state in English")
    holder: str = Field(description="Who has it, an id of the staff; empty: nobody")
    holder_zh: str = Field(description="Their name in Chinese")
    holder_en: str = Field(description="Their name in English")
    purpose: str = Field(description="What it is out for")
    out_at: Time | None = Field(description="Since when it is out: RFC 3339, UTC; null: it is not")
    due_at: Time | None = Field(description="By when it is to be back: RFC 3339, UTC; null: it is not out")
    overdue: bool = Field(description="It should be back by now")


class KeyList(Strict):
    """Items of the register, by id."""

    keys: list[KeyView] = Field(description="By their ids")


class KeyMoveView(Strict):
    """One act on an item; rows are added and never changed."""

    no: int = Field(description="Its number in the item's history")
    at: Time = Field(description="When it was entered: RFC 3339, UTC")
    act: str = Field(description="added, issued, returned or marked")
    actor: str = Field(description="Who entered it: the account's name")
    person: str = Field(description="Who took it or brought it back, an id of the staff; empty: nobody")
    state: str = Field(description="The item's state after it")
    due_at: Time | None = Field(description="By when it was to be back: RFC 3339, UTC; null: it was not out")
    note: str = Field(description="What it was for, or how it came back")


class KeyDetail(Strict):
    """An item with its history, the newest first."""

    key: KeyView = Field(description="The item as it is now")
    history: list[KeyMoveView] = Field(description="What was done with it, the newest first")


class NewKey(Strict):
    """A new item of the register."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"id": "K-12", "kind": "key", "name_zh": "水泵房钥匙", "name_en": "pump room's key", "place": "monitor-room"}
            ]
        },
    )

    id: KeyId = Field(description="The number that stands on it: letters, digits, and . _ -")
    kind: Kind = Field(description="key, radio, torch, baton, recorder or other")
    name_zh: Name = Field(description="Its name in Chinese")
    name_en: Name = Field(description="Its name in English")
    place: Id = Field(description="Where it belongs, by the place's id")


class IssueRequest(Strict):
    """Who takes it, what for, and until when."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"person": "zhang-wei", "purpose": "巡检水泵房 pump check"}]}
    )

    person: Id = Field(description="Who takes it, an id of the staff")
    purpose: Annotated[str, Plain, Field(min_length=1, max_length=1_000)] = Field(description="What it is for")
    due_at: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="By when it is to be back: RFC 3339 with an offset; null: as long as the policy lets it be out"
    )


class ConditionRequest(Strict):
    """In which state an item is, and what is to be known of it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"condition": "in"}, {"condition": "broken"}]})

    condition: Condition = Field(description="in: fit for use; broken; lost")
    note: Text = Field(default="", description="What is to be known of it")
