"""What goes in and out of the routes for footage's keeping."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hub.api.models import Plain, Strict, Time, Words

Asked = Annotated[str, Field(max_length=40, examples=["2026-01-01T08:00:00+08:00"])]


class HoldRequest(Strict):
    """Footage is to stay past its day, for a reason and until an end."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "cameras": ["cam-1"],
                    "from": "2026-01-01T08:00:00+08:00",
                    "to": "2026-01-01T09:00:00+08:00",
                    "until": "2026-04-01T00:00:00+08:00",
                    "reason": "派出所调查 police inquiry",
                }
            ]
        },
    )

    cameras: Annotated[list[Annotated[str, Plain, Field(max_length=63)]], Field(min_length=1, max_length=200)] = Field(
        description="Cameras, by their ids"
    )
    from_: Asked = Field(alias="from", description="What shows something from then on: RFC 3339 with an offset")
    to: Asked = Field(description="And before then: RFC 3339 with an offset")
    until: Asked = Field(description="When the hold ends by itself: RFC 3339 with an offset")
    reason: Words = Field(description="Why; it stands on the audit log")


class Because(Strict):
    """Why something is done; it stands on the audit log."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "案件已结 the case is closed"}]})

    reason: Words = Field(description="Why it is done")


class HoldView(Strict):
    """A hold. `waits_for_second`: somebody wants it lifted, and another person has to agree within a day."""

    id: str = Field(description="Its name")
    sort: Literal["incident", "person"] = Field(description="Whether the hub made it for an incident, or a person")
    reason: str = Field(description="Why it is held")
    actor: str = Field(description="Who made it; hub: the hub")
    made_at: Time = Field(description="When it was made, UTC")
    from_at: Time = Field(description="What shows something from then on is held, UTC")
    to_at: Time | None = Field(description="And before then, UTC; null: it goes on with its incident")
    until: Time | None = Field(description="When it ends by itself, UTC; null: not before it is released")
    cameras: list[str] = Field(description="Cameras, by their ids")
    incident: int | None = Field(description="The incident that it belongs to; null: none")
    incident_closed_at: Time | None = Field(description="Since when that incident is closed, UTC; null: it is open")
    released_at: Time | None = Field(description="When it was released, UTC; null: it was not")
    released_by: str = Field(description="By whom: one name, or two")
    release_reason: str = Field(description="Why it was released, or is to be")
    waits_for_second: str = Field(description="Who wants it lifted and waits for a second person; empty: nobody")
    keeps: bool = Field(description="Whether it keeps anything now")


class HoldAnswer(Strict):
    """A new hold."""

    hold: HoldView = Field(description="The hold")
    rescuing: int = Field(description="So many orders to delete some of it were out already and are being taken back")


class HoldList(Strict):
    """Holds, newest first."""

    holds: list[HoldView] = Field(description="Newest first")


class DiskView(Strict):
    """What is open about an agent's disk."""

    agent: str = Field(description="The agent, by its id")
    short: bool = Field(description="It will not hold what is owed")
    full: bool = Field(description="Nothing is recorded, as it is full")


class SweepView(Strict):
    """How the sweep of footage is."""

    halted: Literal["", "clock", "volume", "restored"] = Field(
        description="Why nothing is deleted until a manager has looked; empty: it goes on"
    )
    since: Time | None = Field(description="Since when it is halted, UTC")
    due_days: float | None = Field(description="Halted by volume: so many days' footage of all streams is due at once")
    days: dict[str, int] = Field(description="For how many days each camera's footage is kept")
    fewer_days: dict[str, int] = Field(description="The fewer days that policy and estate say; two people have to agree")
    fewer_days_by: str = Field(description="Who has agreed to them and waits for a second person; empty: nobody")
    days_max: int | None = Field(description="After so many days nothing may be left that nobody holds; null: no policy says so")
    when_full: Literal["refuse_new", "drop_oldest"] = Field(description="What becomes of footage where a disk is full")
    legal_basis: str = Field(description="The law that the days rest on")
    orders: dict[str, int] = Field(description="Orders to delete that are not done with: condemned, rescuing, kept")
    disks: list[DiskView] = Field(description="Agents' disks of which something is open")


class Confirmed(Strict):
    """Whether it is in force now; false: a second person is waited for."""

    done: bool = Field(description="It is in force")


class ProofHole(Strict):
    """Nothing shows this time."""

    from_at: Time = Field(description="From then, UTC")
    to_at: Time = Field(description="Until then, UTC")
    cause: str = Field(description="Why, a name such as camera_lost; empty: nobody has said")


class ProofDay(Strict):
    """A camera's day. `state`: `whole`, `holed`, `part` (of today, or of the day when recording began), `deleted` on its day,
    `gone` before it, or `none`: nothing was recorded yet."""

    day: str = Field(examples=["2026-01-31"], description="The day, in the estate's zone")
    state: Literal["whole", "holed", "part", "deleted", "gone", "none"] = Field(description="How it is")
    owed: bool = Field(description="It has to be there")
    held: bool = Field(description="Somebody holds some of it")
    covered_s: float = Field(description="So many seconds of it are there")
    deleted_at: Time | None = Field(description="When the last of it that went was told to be gone, UTC")
    holes: list[ProofHole] = Field(description="The first 100 holes in what is there")


class ProofCamera(Strict):
    """A camera's month."""

    camera: str = Field(description="The camera, by its id")
    stream: str = Field(description="main or sub")
    owed_days: int = Field(description="For how many days its footage is owed")
    days: list[ProofDay] = Field(description="Each day up to today")


class Proof(Strict):
    """The calendar of owed days."""

    timezone: str = Field(description="The estate's zone")
    cameras: list[ProofCamera] = Field(description="Each camera's streams that ever had footage")
