"""What goes out of the routes for what footage covers."""

from typing import Literal

from pydantic import Field

from hub.api.models import Strict, Time

DayState = Literal["none", "whole", "holed", "gone"]


class HoleView(Strict):
    """A time that no footage shows."""

    from_: Time = Field(alias="from", description="Since when: RFC 3339, UTC")
    to: Time = Field(description="Until when: RFC 3339, UTC")
    seconds: float = Field(description="How long it is")
    cause: str = Field(
        description="camera_lost, disk_full, disk_failed, stopped, unplayable, planned, agent_down, agent_silent, missing,"
        " drop_oldest, or unknown",
        examples=["camera_lost"],
    )
    cause_zh: str = Field(description="The cause in Chinese", examples=["摄像机离线"])
    cause_en: str = Field(description="The cause in English", examples=["camera lost"])


class CoveredView(Strict):
    """A time that footage shows from its begin to its end, or showed until it was deleted on its day."""

    from_: Time = Field(alias="from", description="Since when: RFC 3339, UTC")
    to: Time = Field(description="Until when: RFC 3339, UTC")
    deleted: bool = Field(description="It was deleted on its day")


class Coverage(Strict):
    """What a stream of a camera shows of a time, and what it does not."""

    device: str = Field(description="The camera, by its id")
    stream: str = Field(description="main or sub")
    from_: Time = Field(alias="from", description="What was asked for: RFC 3339, UTC")
    to: Time = Field(description="What was asked for, up to now at the most: RFC 3339, UTC")
    since: Time | None = Field(description="The first footage ever; before it nothing is a hole. null: there was none")
    runs: list[CoveredView] = Field(description="In order")
    holes: list[HoleView] = Field(description="In order; what is missing for a second or less is none")


class DayView(Strict):
    """A local day of a camera's stream. `none`: no footage was ever expected; `gone`: all of it was deleted on its day."""

    day: str = Field(description="The local day", examples=["2026-01-01"])
    state: DayState = Field(description="none, whole, holed or gone; today is judged up to now")
    covered_s: float = Field(description="How much of it footage shows, in seconds")
    missing_s: float = Field(description="How much of it is missing, in seconds")
    causes: list[str] = Field(description="Why, each cause once", examples=[["camera_lost"]])


class Calendar(Strict):
    """A month of a camera's stream, day by day."""

    device: str = Field(description="The camera, by its id")
    stream: str = Field(description="main or sub")
    timezone: str = Field(description="The estate's zone")
    days: list[DayView] = Field(description="Up to today")


class FootageStreamView(Strict):
    """One stream of a camera that ever had footage."""

    stream: str = Field(description="main or sub")
    since: Time = Field(description="The first footage ever: RFC 3339, UTC")
    oldest: Time | None = Field(description="Where the oldest footage begins that is still there; null: there is none")
    newest: Time | None = Field(description="Where the newest ends: RFC 3339, UTC; null: there is none")
    said: str = Field(description="What its recorder said last: recording, or why it does not; empty: nothing")


class FootageCamera(Strict):
    """A camera, and what is recorded of it."""

    device: str = Field(description="The camera, by its id")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    place: str = Field(description="Where it is, by the place's id")
    recorded: bool | None = Field(description="Whether the estate says that it is recorded; null: it says nothing")
    streams: list[FootageStreamView] = Field(description="Those that ever had footage; empty: none did")


class FootageCameras(Strict):
    """The cameras of the estate."""

    cameras: list[FootageCamera] = Field(description="In the estate's order")
