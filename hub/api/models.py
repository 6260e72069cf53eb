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

    at: str = Field(examples=["query.limit"], description="Where: a path into the request")
    what: str = Field(examples=["Input should be less than or equal to 500"], description="What is wrong there")


class Problem(Strict):
    """An error. `code` is its name and stays the same; the messages say what to do and may change."""

    type: str = Field(examples=["urn:watchkeeper:problem:wrong_state"], description="A URN that ends in `code`")
    title: str = Field(description="The English message")
    status: int = Field(examples=[409], description="The HTTP status")
    code: str = Field(examples=["wrong_state"], description="The error's name, which stays the same")
    message_zh: str = Field(examples=["事件已关闭，不能确认"], description="What to do, in Chinese; it may change")
    message_en: str = Field(
        examples=["the case is closed: acknowledge is possible only when it is open"],
        description="What to do, in English; it may change",
    )
    errors: list[Wrong] = Field(default=[], description="What exactly is wrong, where that is known")
    wipe: bool = Field(default=False, description="Of 401 to a guard's phone alone: what it holds of its guard is to be deleted")


class Shelf(Strict):
    """An incident is out of the way until then."""

    reason: str = Field(description="Why, in the words of who shelved it")
    owner: str = Field(description="Who sees to it meanwhile")
    until: Time = Field(description="When it comes back, UTC")


class Incident(Strict):
    """A case. `alarm`: its state as an alarm, `unacknowledged` or `acknowledged`, each also with `_returned`, `shelved`,
    `held`, `ended`. `sounding`: somebody is still to be called; `sound`: with which tone, `fire`, `p1`, `p2`, `p3` or `none`.
    `active`: the condition lasts. `late`: it came with a backlog. `held_by`: the maintenance window that held it back.
    `dispatch`: how far a guard who was sent has got: `sent`, `answered`, `on_spot`, `found`. `escalation`: the level of the
    latest one. `comebacks` over 0: it stands for a source that chatters. `flood`: it began to call in one. `merged`: how often
    the same cause was raised again. `version` grows with each change."""

    no: int = Field(examples=[17], description="Its number")
    kind: str = Field(examples=["incident"], description="The kind of case")
    detector: str = Field(examples=["door_held"], description="The rule that found it")
    clause: str = Field(examples=["GATE-7"], description="The clause of the policy that it comes under")
    priority: int = Field(ge=1, le=4, examples=[2], description="1 is the most urgent, 4 the least")
    state: str = Field(examples=["open"], description="open, acknowledged, shelved, held, closed or withdrawn")
    live: bool = Field(description="It is neither closed nor withdrawn")
    sounding: bool = Field(description="Somebody is still to be called")
    alarm: str = Field(
        examples=["unacknowledged"],
        description="Its state as an alarm: unacknowledged or acknowledged, each also with _returned; shelved, held, ended",
    )
    sound: str = Field(examples=["p2"], description="With which tone it calls: fire, p1, p2, p3 or none")
    active: bool = Field(description="The condition lasts")
    proven: bool = Field(description="False: the device fell silent before it could confirm")
    late: bool = Field(description="It came with a backlog, so nobody is called")
    title_zh: str = Field(examples=["门未关：东门，东门人行门"], description="What it is called, in Chinese")
    title_en: str = Field(examples=["Door held open: East gate, pedestrian door"], description="What it is called, in English")
    subject: str = Field(description="What it is about: a device, or what the rule tells apart")
    device: str = Field(examples=["door-east"], description="The device, by its id")
    place: str = Field(examples=["gate-east"], description="Where, by the place's id")
    opened_at: Time = Field(description="When the condition began, UTC")
    raised_at: Time = Field(description="When it was raised, UTC")
    returned_at: Time | None = Field(description="When the condition ended, UTC; null while it lasts")
    closed_at: Time | None = Field(description="When it was closed, UTC")
    acknowledged_at: Time | None = Field(description="When a person first took it up, UTC; null until then")
    shelf: Shelf | None = Field(description="Why and until when it is shelved; null when it is not")
    held_by: str = Field(description="The maintenance window that held it back; empty: none did")
    dispatch: str = Field(
        examples=["on_spot"], description="How far a guard who was sent has got: sent, answered, on_spot, found; empty: none was"
    )
    escalation: int = Field(description="The level of its latest escalation; 0: there was none")
    comebacks: int = Field(description="How often its source came back; over 0 it stands for a source that chatters")
    flood: bool = Field(description="It began to call in a flood")
    merged: int = Field(description="How often the same cause was raised again")
    facts: dict[str, Any] = Field(
        examples=[{"held_s": 30}], description="What is known of it, by name; a unit is part of the name"
    )
    version: int = Field(examples=[1], description="Grows by one with each change")


class IncidentPage(Strict):
    """Incidents, newest first. `next`: the cursor of the next page, null at the end."""

    incidents: list[Incident] = Field(description="Newest first")
    next: int | None = Field(examples=[17], description="The cursor of the next page; null at the end")


class Told(Strict):
    """One thing that is known, as people read it. `at`: it is a time; the texts are empty then."""

    name: str = Field(examples=["limit_s"], description="Its name where the facts or the act's fields have it")
    title_zh: str = Field(examples=["时限"], description="What it is called, in Chinese")
    title_en: str = Field(examples=["limit"], description="What it is called, in English")
    text_zh: str = Field(examples=["30 秒"], description="The value with its unit, in Chinese")
    text_en: str = Field(examples=["30 s"], description="The value with its unit, in English")
    at: Time | None = Field(description="The value where it is a time, UTC; null where it is none")


class TimelineEntry(Strict):
    """Who did what, when. `body` holds the act's fields, `told` the same for people."""

    at: Time = Field(description="When, UTC")
    act: str = Field(examples=["acknowledged"], description="What was done")
    title_zh: str = Field(examples=["已确认"], description="What was done, in Chinese")
    title_en: str = Field(examples=["acknowledged"], description="What was done, in English")
    actor: str = Field(examples=["李伟"], description="Who did it")
    body: dict[str, Any] = Field(description="The act's fields")
    told: list[Told] = Field(description="The act's fields as people read them")


class CaseClockState(Strict):
    """A clock of a case. `due_at`: its end while it is awaited. `elapsed_s`: how long it has run, without pauses."""

    clock: str = Field(examples=["acknowledge"], description="The clock's name")
    title_zh: str = Field(description="What it is called, in Chinese")
    title_en: str = Field(description="What it is called, in English")
    running: bool = Field(description="It counts now")
    expired: bool = Field(description="It ran out")
    elapsed_s: float = Field(description="How long it has run, in seconds without pauses")
    due_at: Time | None = Field(description="When it ends if nothing happens, UTC; null while it does not run")


class Picture(Strict):
    """A picture. `ready`: it can be had at `/pictures/{id}`."""

    id: str = Field(description="Its name")
    device: str = Field(description="The device, by its id")
    at: Time = Field(description="When it was taken, UTC")
    sha256: str = Field(description="The file's SHA-256, 64 hex digits")
    size_bytes: int = Field(description="The file's size in bytes")
    ready: bool = Field(description="It can be had at `/pictures/{id}`")
    kind: Literal["photo", "voice"] = Field(default="photo", description="voice: a guard's voice note, to be heard")


class Possible(Strict):
    """An act that the incident's state allows, and the fields that it takes. `choices`: what a field may be, in Chinese and in
    English."""

    act: str = Field(examples=["close"], description="The act's name")
    title_zh: str = Field(description="What it is called, in Chinese")
    title_en: str = Field(description="What it is called, in English")
    roles: list[str] = Field(description="Who may do it")
    required: list[str] = Field(description="Fields that it must have")
    optional: list[str] = Field(description="Fields that it may have")
    choices: dict[str, dict[str, list[str]]] = Field(
        examples=[{"cause": {"false_alarm": ["误报", "false alarm"]}}],
        description="What a field may be, by the field's name: each value with its Chinese and its English words",
    )


class IncidentDetail(Strict):
    """An incident with everything that belongs to it."""

    incident: Incident = Field(description="The incident itself")
    place_zh: str = Field(examples=["东门"], description="The place's name in Chinese")
    place_en: str = Field(examples=["East gate"], description="The place's name in English")
    device_zh: str = Field(examples=["东门人行门"], description="The device's name in Chinese")
    device_en: str = Field(examples=["Pedestrian door"], description="The device's name in English")
    told: list[Told] = Field(description="The incident's facts as people read them")
    timeline: list[TimelineEntry] = Field(description="Everything that was done, oldest first")
    clocks: list[CaseClockState] = Field(description="How long it may take, and has taken")
    pictures: list[Picture] = Field(description="Pictures of it")
    acts: list[Possible] = Field(description="What may be done now")


class ActRequest(Strict):
    """A person's act. `version`: the incident's version that the person saw; with it, nobody's change is overwritten unseen."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"fields": {"note": "已派人"}, "version": 1}]},
    )

    fields: dict[Annotated[str, Plain], Annotated[str, Plain]] = Field(
        default={}, max_length=20, description="The act's fields, by name"
    )
    version: int | None = Field(
        default=None,
        ge=1,
        le=NUMBER_MAX,
        description="The incident's version that the person saw: nobody's change is overwritten unseen",
    )


class Count(Strict):
    """How many live incidents there are of one priority."""

    priority: int = Field(description="1 is the most urgent, 4 the least")
    open: int = Field(description="How many are open")
    acknowledged: int = Field(description="How many are acknowledged")
    shelved: int = Field(description="How many are shelved")
    held: int = Field(description="How many a maintenance window holds back")
    late: int = Field(description="How many of them came late")


class Summary(Strict):
    """The live incidents in numbers. `sounding`: for how many somebody is still to be called; `flood`: whether one lasts, in
    which only P1 and P2 sound."""

    at: Time = Field(description="The moment that the numbers are of, UTC")
    live: int = Field(description="How many are live")
    sounding: int = Field(description="For how many somebody is still to be called")
    flood: bool = Field(description="A flood lasts, in which only P1 and P2 sound")
    oldest_unacknowledged_at: Time | None = Field(description="Since when the oldest waits, UTC")
    priorities: list[Count] = Field(description="The numbers of each priority")


class Condition(Strict):
    """What state a device is in, as it told last: a name, and the word for people. `unknown` where it was never heard, is not
    heard now, or may have changed unheard. `since`: null where it is not known since when."""

    name: str = Field(
        examples=["open"],
        description="open, closed, moving, position_unknown; live, lost; dark, frozen, defocused, blinded, moved, occluded; "
        "in_contact; unknown",
    )
    zh: str = Field(examples=["已开"], description="The same for people, in Chinese")
    en: str = Field(examples=["open"], description="The same for people, in English")
    abnormal: bool = Field(description="It is so that no device should be like this")
    since: Time | None = Field(description="Since when, by the hub's time line, UTC; null: not known")


class Signal(Condition):
    """One thing about a device that stands beside its state, such as the loop under a barrier."""

    kind: str = Field(examples=["loop_state"], description="The kind of reading that tells it")


class DeviceState(Strict):
    """A device of the estate. `reported_up_to`: everything that it had to say up to then is committed."""

    id: str = Field(examples=["door-east"], description="Its id in the estate file")
    kind: str = Field(examples=["door"], description="What it is")
    place: str = Field(description="Where it stands, by the place's id")
    place_zh: str = Field(description="The place's name in Chinese")
    place_en: str = Field(description="The place's name in English")
    agent: str = Field(description="The agent that reads it")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    floor: str | None = Field(examples=["ground"], description="On which floor's drawing it stands, or its place; null: on none")
    at: list[float] | None = Field(
        examples=[[0.25, 0.5]],
        description="Where, as shares of the drawing's width and height from the upper left; null: nowhere",
    )
    reported_up_to: Time | None = Field(
        description="Everything that it had to say up to then is committed, UTC; null: it never said anything"
    )
    condition: Condition = Field(description="What state it is in, as it told last")
    signals: list[Signal] = Field(description="What else it tells about itself: loop, beam, arm, picture")
    live_incidents: list[int] = Field(description="The numbers of its live incidents")


class DeviceList(Strict):
    """All devices, in the estate file's order."""

    devices: list[DeviceState] = Field(description="In the estate file's order")


class Event(Strict):
    """A committed reading. `at` is the hub's time line; the agent's and the device's own times stand beside it."""

    stream: str = Field(description="The log that it came in")
    seq: int = Field(description="Its number in the log")
    device: str = Field(description="Who said it, by id")
    kind: str = Field(examples=["door_contact"], description="The kind of reading")
    at: Time = Field(description="When it happened, on the hub's time line, UTC")
    agent_at: Time = Field(description="The same by the agent's clock, UTC")
    device_at: Time | None = Field(description="The same by the device's own clock, UTC, where it tells")
    hub_at: Time = Field(description="When the hub took it in, UTC")
    reading: dict[str, Any] = Field(
        examples=[{"kind": "door_contact", "open": True}], description="What was said; a unit is part of a field's name"
    )


class EventPage(Strict):
    """Events, newest first. `next`: the next page's cursor, null at the end. With `kind`, a page may be short and have one."""

    events: list[Event] = Field(description="Newest first")
    next: str | None = Field(description="The cursor of the next page; null at the end")


class DeviceDetail(Strict):
    """A device and its newest events."""

    device: DeviceState = Field(description="The device")
    events: list[Event] = Field(description="Its newest events")


class Stream(Strict):
    """One log of an agent. `mark`: everything up to that number is committed."""

    stream: str = Field(description="The log's name")
    mark: int = Field(description="Everything up to that number is committed")
    epoch: int = Field(description="Counts the agent's boots on this log")
    heard_at: Time = Field(description="When it was last heard, UTC")
    offset_ms: float = Field(description="the agent's clock less the hub's, as the agent last measured it")


class AgentState(Strict):
    """An agent. `silent_s`: for how long nothing valid came from it; null when nothing ever did."""

    id: str = Field(examples=["gate-east"], description="Its id in the estate file")
    place: str = Field(description="Where it stands, by the place's id")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    silent_s: float | None = Field(description="For how many seconds nothing valid came from it; null when nothing ever did")
    reported_up_to: Time | None = Field(
        description="Everything that it had to say up to then is committed, UTC; null: it never said anything"
    )
    streams: list[Stream] = Field(description="Its logs")
    live_incidents: list[int] = Field(description="The numbers of its live incidents")


class AgentList(Strict):
    """All agents."""

    agents: list[AgentState] = Field(description="In the estate file's order")


class QuarantinedRecord(Strict):
    """A record that was put aside. `body`: as it came, as text, cut to 4,096 characters."""

    stream: str = Field(description="The log that it came in")
    seq: int = Field(description="Its number in the log")
    agent: str = Field(description="The agent that sent it")
    at: Time = Field(description="When it came, UTC")
    reason: str = Field(examples=["undecodable"], description="Why it was put aside, a name")
    body: str = Field(description="As it came, as text, cut to 4,096 characters")


class QuarantinePage(Strict):
    """Records that were put aside, newest first."""

    records: list[QuarantinedRecord] = Field(description="Newest first")


class DeadLetter(Strict):
    """A change that a channel gave up on. `change` is the change log's row."""

    reader: str = Field(examples=["webhook:desk"], description="The channel that gave up on it")
    pos: int = Field(description="The change's position in the change log")
    at: Time = Field(description="When the channel gave up, UTC")
    tries: int = Field(description="How often it was tried")
    error: str = Field(description="What the last try failed with")
    change: dict[str, Any] = Field(description="The change log's row")


class DeadLetterPage(Strict):
    """Dead letters, newest first."""

    dead_letters: list[DeadLetter] = Field(description="Newest first")


class Resent(Strict):
    """A dead letter that was delivered after all, and is gone."""

    reader: str = Field(description="The channel that gave up on it")
    pos: int = Field(description="The change's position in the change log")


class CommandRequest(Strict):
    """What is to be done at a device, and why. The agent's interlocks may refuse."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"action": "open", "reason": "消防通道检查"}]})

    action: str = Field(pattern=r"^[a-z][a-z_]{0,31}$", description="What is to be done: open, close, stop, unlock")
    reason: Words = Field(description="Why it is done")


class Command(Strict):
    """A command. `phase`: asked, sent, done, refused, failed or no_answer; `detail` names what refused, and `detail_zh` and
    `detail_en` say it to people."""

    id: str = Field(description="Its name")
    device: str = Field(description="The device, by its id")
    action: str = Field(description="What was asked for")
    actor: str = Field(description="Who does it, as people know them")
    reason: str = Field(description="Why it is done")
    phase: Literal["asked", "sent", "done", "refused", "failed", "no_answer"] = Field(description="How far it has got")
    detail: str = Field(examples=["beam_blocked"], description="What refused it, or why it failed, a name")
    detail_zh: str = Field(examples=["对射被遮挡，禁止关闭"], description="The same for people, in Chinese")
    detail_en: str = Field(examples=["the beam is blocked: it does not close"], description="The same for people, in English")
    asked_at: Time = Field(description="When it was asked for, UTC")
    ended_at: Time | None = Field(description="When its result came, UTC; null before")


class CommandList(Strict):
    """Commands, the newest first."""

    commands: list[Command] = Field(description="The newest first")


class SnapshotOrdered(Strict):
    """The camera's agent was asked for a picture, which comes by itself. `order` is found in its `snapshot_taken` event."""

    order: str = Field(description="Its name, found in the camera's `snapshot_taken` event")


class PictureTaken(Strict):
    """A picture that was stored."""

    id: str = Field(description="Its name")
    size_bytes: int = Field(description="The file's size in bytes")


class Check(Strict):
    """One thing that the hub needs. `reason` is empty when it is well."""

    ok: bool = Field(description="It is well")
    reason: str = Field(examples=["waiting_for_lease"], description="What is not well, a name; empty when it is well")
    detail: str = Field(description="The same for people")


class Health(Strict):
    """Whether the hub does its work. `checks`: database, broker, lease and duties. `state`: `degraded` when it does, but not all
    of it: `zh` and `en` say what. Duties that a bug keeps from being judged, and `channels` behind or failing, do not make it
    unready. Somebody who has not signed in is told whether it is ready."""

    ready: bool = Field(description="The hub does its work")
    state: Literal["well", "degraded", "failed"] = Field(description="`degraded`: it does its work, but not all of it")
    zh: str = Field(description="What is wrong, in Chinese")
    en: str = Field(description="What is wrong, in English")
    site: str = Field(description="The site's id")
    checks: dict[str, Check] = Field(description="database, broker, lease and duties")
    channels: list[dict[str, Any]] = Field(description="Who is told of changes, and how far each is behind")


class ClauseView(Strict):
    """A clause of the policy in force."""

    id: str = Field(examples=["GATE-7"], description="The clause")
    zh: str = Field(description="What it asks for, in Chinese")
    en: str = Field(description="What it asks for, in English")
    numbers: dict[str, float] = Field(description="Its numbers by name; the unit is part of the name")
    legal_basis: str = Field(description="The law that a number rests on")


class PolicyView(Strict):
    """The policy in force."""

    policy: str = Field(description="The policy's id")
    clauses: list[ClauseView] = Field(description="In the file's order")
    priorities: dict[int, dict[str, str]] = Field(description="The names of the priorities 1 to 4")
    posts: dict[str, dict[str, str]] = Field(description="What somebody of the staff can be, with its names")
    place_classes: dict[str, dict[str, str]] = Field(description="What a place can be, with its names")
    device_numbers: list[str] = Field(description="Numbers that a device's options may have otherwise")
