"""What goes in and out of the API. Requests refuse fields they do not know. Times are RFC 3339 in UTC."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

NUMBER_MAX = 2**53
"""The largest number that every reader of JSON has exactly; a database's own limit is higher."""


def plain(text: str) -> str:
    """The text, where a database can keep it. Raises ValueError for NUL and for half a surrogate pair."""
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("leave out NUL and half surrogate pairs")
    return text


Plain = AfterValidator(plain)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Plain]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000), Plain]
Time = Annotated[str, Field(examples=["2026-01-01T00:00:00.000000Z"], description="RFC 3339, UTC")]


class Strict(BaseModel):
    """The base of all: fields that are not named are refused."""

    model_config = ConfigDict(extra="forbid")


class Wrong(Strict):
    """One thing that is wrong with a request."""

    at: str = Field(examples=["query.limit"])
    what: str = Field(examples=["Input should be less than or equal to 500"])


class Problem(Strict):
    """An error. `code` is its name and stays the same; the messages say what to do and may change."""

    type: str = Field(examples=["urn:watchkeeper:problem:wrong_state"])
    title: str
    status: int = Field(examples=[409])
    code: str = Field(examples=["wrong_state"])
    message_zh: str = Field(examples=["事件已关闭，不能确认"])
    message_en: str = Field(examples=["the case is closed: acknowledge is possible only when it is open"])
    errors: list[Wrong] = []


class Shelf(Strict):
    """An incident is out of the way until then."""

    reason: str
    owner: str
    until: Time


class Incident(Strict):
    """A case. `alarm`: its state as an alarm, `unacknowledged` or `acknowledged`, each also with `_returned`, `shelved`,
    `held`, `ended`. `sounding`: somebody is still to be called; `sound`: with which tone, `fire`, `p1`, `p2`, `p3` or `none`.
    `active`: the condition lasts. `late`: it came with a backlog. `held_by`: the maintenance window that held it back.
    `dispatch`: how far a guard who was sent has got: `sent`, `answered`, `on_spot`, `found`. `escalation`: the level of the
    latest one. `comebacks` over 0: it stands for a source that chatters. `flood`: it began to call in one. `merged`: how often
    the same cause was raised again. `version` grows with each change."""

    no: int = Field(examples=[17])
    kind: str = Field(examples=["incident"])
    detector: str = Field(examples=["door_held"])
    clause: str = Field(examples=["GATE-7"])
    priority: int = Field(ge=1, le=4, examples=[2])
    state: str = Field(examples=["open"])
    live: bool
    sounding: bool
    alarm: str = Field(examples=["unacknowledged"])
    sound: str = Field(examples=["p2"])
    active: bool
    proven: bool
    late: bool
    title_zh: str = Field(examples=["门未关：东门，东门人行门"])
    title_en: str = Field(examples=["Door held open: East gate, pedestrian door"])
    subject: str
    device: str = Field(examples=["door-east"])
    place: str = Field(examples=["gate-east"])
    opened_at: Time
    raised_at: Time
    returned_at: Time | None
    closed_at: Time | None
    acknowledged_at: Time | None
    shelf: Shelf | None
    held_by: str
    dispatch: str = Field(examples=["on_spot"])
    escalation: int
    comebacks: int
    flood: bool
    merged: int
    facts: dict[str, Any] = Field(examples=[{"held_s": 30}])
    version: int = Field(examples=[1])


class IncidentPage(Strict):
    """Incidents, newest first. `next`: the cursor of the next page, null at the end."""

    incidents: list[Incident]
    next: int | None = Field(examples=[17])


class TimelineEntry(Strict):
    """Who did what, when. `body` holds the act's fields."""

    at: Time
    act: str = Field(examples=["acknowledged"])
    actor: str = Field(examples=["李伟"])
    body: dict[str, Any]


class CaseClockState(Strict):
    """A clock of a case. `due_at`: its end while it is awaited. `elapsed_s`: how long it has run, without pauses."""

    clock: str = Field(examples=["acknowledge"])
    title_zh: str
    title_en: str
    running: bool
    expired: bool
    elapsed_s: float
    due_at: Time | None


class Picture(Strict):
    """A picture. `ready`: it can be had at `/pictures/{id}`."""

    id: str
    device: str
    at: Time
    sha256: str
    size_bytes: int
    ready: bool


class Possible(Strict):
    """An act that the incident's state allows, and the fields that it takes. `choices`: what a field may be, in Chinese and in
    English."""

    act: str = Field(examples=["close"])
    title_zh: str
    title_en: str
    roles: list[str]
    required: list[str]
    optional: list[str]
    choices: dict[str, dict[str, list[str]]] = Field(examples=[{"cause": {"false_alarm": ["误报", "false alarm"]}}])


class IncidentDetail(Strict):
    """An incident with everything that belongs to it."""

    incident: Incident
    timeline: list[TimelineEntry]
    clocks: list[CaseClockState]
    pictures: list[Picture]
    acts: list[Possible]


class ActRequest(Strict):
    """A person's act. `version`: the incident's version that the person saw; with it, nobody's change is overwritten unseen."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"actor": "李伟", "role": "operator", "fields": {"note": "已派人"}, "version": 1}]},
    )

    actor: Name
    role: Literal["operator", "guard", "manager"] = "operator"
    fields: dict[Annotated[str, Plain], Annotated[str, Plain]] = Field(default={}, max_length=20)
    version: int | None = Field(default=None, ge=1, le=NUMBER_MAX)


class Count(Strict):
    """How many live incidents there are of one priority."""

    priority: int
    open: int
    acknowledged: int
    shelved: int
    held: int
    late: int


class Summary(Strict):
    """The live incidents in numbers. `sounding`: for how many somebody is still to be called; `flood`: whether one lasts, in
    which only P1 and P2 sound."""

    at: Time
    live: int
    sounding: int
    flood: bool
    oldest_unacknowledged_at: Time | None
    priorities: list[Count]


class DeviceState(Strict):
    """A device of the estate. `reported_up_to`: everything that it had to say up to then is committed."""

    id: str = Field(examples=["door-east"])
    kind: str = Field(examples=["door"])
    place: str
    place_zh: str
    place_en: str
    agent: str
    name_zh: str
    name_en: str
    reported_up_to: Time | None
    live_incidents: list[int]


class DeviceList(Strict):
    """All devices, in the estate file's order."""

    devices: list[DeviceState]


class Event(Strict):
    """A committed reading. `at` is the hub's time line; the agent's and the device's own times stand beside it."""

    stream: str
    seq: int
    device: str
    kind: str = Field(examples=["door_contact"])
    at: Time
    agent_at: Time
    device_at: Time | None
    hub_at: Time
    reading: dict[str, Any] = Field(examples=[{"kind": "door_contact", "open": True}])


class EventPage(Strict):
    """Events, newest first. `next`: the next page's cursor, null at the end. With `kind`, a page may be short and have one."""

    events: list[Event]
    next: str | None


class DeviceDetail(Strict):
    """A device and its newest events."""

    device: DeviceState
    events: list[Event]


class Stream(Strict):
    """One log of an agent. `mark`: everything up to that number is committed."""

    stream: str
    mark: int
    epoch: int
    heard_at: Time
    offset_ms: float = Field(description="the agent's clock less the hub's, as the agent last measured it")


class AgentState(Strict):
    """An agent. `silent_s`: for how long nothing valid came from it; null when nothing ever did."""

    id: str = Field(examples=["gate-east"])
    place: str
    name_zh: str
    name_en: str
    silent_s: float | None
    reported_up_to: Time | None
    streams: list[Stream]
    live_incidents: list[int]


class AgentList(Strict):
    """All agents."""

    agents: list[AgentState]


class QuarantinedRecord(Strict):
    """A record that was put aside. `body`: as it came, as text, cut to 4,096 characters."""

    stream: str
    seq: int
    agent: str
    at: Time
    reason: str = Field(examples=["undecodable"])
    body: str


class QuarantinePage(Strict):
    """Records that were put aside, newest first."""

    records: list[QuarantinedRecord]


class DeadLetter(Strict):
    """A change that a channel gave up on. `change` is the change log's row."""

    reader: str = Field(examples=["webhook:desk"])
    pos: int
    at: Time
    tries: int
    error: str
    change: dict[str, Any]


class DeadLetterPage(Strict):
    """Dead letters, newest first."""

    dead_letters: list[DeadLetter]


class Resent(Strict):
    """A dead letter that was delivered after all, and is gone."""

    reader: str
    pos: int


class CommandRequest(Strict):
    """What is to be done at a device, by whom and why. The agent's interlocks may refuse."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"action": "open", "actor": "李伟", "reason": "消防通道检查"}]}
    )

    action: str = Field(pattern=r"^[a-z][a-z_]{0,31}$")
    actor: Name
    reason: Words


class Command(Strict):
    """A command. `phase`: asked, sent, done, refused, failed or no_answer; `detail` names what refused, and `detail_zh` and
    `detail_en` say it to people."""

    id: str
    device: str
    action: str
    actor: str
    reason: str
    phase: Literal["asked", "sent", "done", "refused", "failed", "no_answer"]
    detail: str = Field(examples=["beam_blocked"])
    detail_zh: str = Field(examples=["对射被遮挡，禁止关闭"])
    detail_en: str = Field(examples=["the beam is blocked: it does not close"])
    asked_at: Time
    ended_at: Time | None


class SnapshotOrdered(Strict):
    """The camera's agent was asked for a picture, which comes by itself. `order` is found in its `snapshot_taken` event."""

    order: str


class PictureTaken(Strict):
    """A picture that was stored."""

    id: str
    size_bytes: int


class Check(Strict):
    """One thing that the hub needs. `reason` is empty when it is well."""

    ok: bool
    reason: str = Field(examples=["waiting_for_lease"])
    detail: str


class Health(Strict):
    """Whether the hub does its work. `checks`: database, broker, lease. `channels` behind or failing do not make it unready."""

    ready: bool
    site: str
    checks: dict[str, Check]
    channels: list[dict[str, Any]]


class ClauseView(Strict):
    """A clause of the policy in force."""

    id: str = Field(examples=["GATE-7"])
    zh: str
    en: str
    numbers: dict[str, float]
    legal_basis: str


class PolicyView(Strict):
    """The policy in force."""

    policy: str
    clauses: list[ClauseView]
    priorities: dict[int, dict[str, str]]
