"""The tables. Every row carries its site. Times are UTC microseconds (`_us`); bodies are JSON in UTF-8 text.

One worker owns a site and is the only writer of its rows; each transaction checks the lease's epoch first. Accounts and sessions
are no part of what a worker holds in memory: `watchkeeper admin` writes them too, beside a running hub.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.store.access_tables import access_history, access_rule, credential, holder, household, permit, permit_table
from hub.store.audit_tables import audit_entry, audit_head, person_key
from hub.store.columns import id_column as _id
from hub.store.columns import metadata
from hub.store.columns import us_column as _us
from hub.store.desk_tables import handover, handover_item, key_item, key_move, phone_call
from hub.store.device_tables import command, device_state
from hub.store.enrolment_tables import agent_key, enrolment
from hub.store.estate_tables import estate_version, plan_drawing
from hub.store.footage_tables import footage_hour, footage_run, footage_tail, footage_track, footage_word
from hub.store.footage_view_tables import footage_export, footage_view
from hub.store.passage_tables import opening, passage, presence, watched
from hub.store.phone_tables import dispatch, phone_entry, phone_media, phone_push, phone_stream, phone_token
from hub.store.retention_tables import footage_condemned, footage_gone, footage_hold, footage_sweep
from hub.store.visit_tables import (
    delivery,
    resident_link,
    visit,
    visit_entry,
    visit_link,
    visit_looks,
    visit_notice,
    visit_route,
    visit_rules,
    visit_space,
)

__all__ = [
    "access_history", "access_rule", "agent_key", "audit_entry", "audit_head", "command", "credential", "delivery",
    "device_state", "dispatch", "enrolment", "estate_version", "footage_condemned", "footage_export", "footage_gone",
    "footage_hold", "footage_hour", "footage_run", "footage_sweep", "footage_tail", "footage_track", "footage_view",
    "footage_word", "handover", "handover_item", "holder", "household", "key_item", "key_move", "metadata", "opening",
    "passage", "permit", "permit_table", "person_key", "phone_call", "phone_entry", "phone_media", "phone_push",
    "phone_stream", "phone_token", "plan_drawing", "presence", "resident_link", "visit", "visit_entry", "visit_link",
    "visit_looks", "visit_notice", "visit_route", "visit_rules", "visit_space", "watched",
]  # fmt: skip
"""The tables that other modules declare; `metadata` knows them all."""

site = Table(
    "site",
    metadata,
    _id("site", primary_key=True),
    Column("lease_epoch", BigInteger, nullable=False, comment="fences: a worker that took the lease later has a higher one"),
    _id("lease_owner"),
    _us("lease_until_us"),
    Column("change_pos", BigInteger, nullable=False, comment="the change log's last position, counted in the transaction"),
    Column("case_no", BigInteger, nullable=False, comment="the last case number given"),
    _us("doubted_us", nullable=True, comment="hub time since when its clock is in doubt and nothing is swept; null: it is not"),
)

stream = Table(
    "stream",
    metadata,
    _id("site", primary_key=True),
    _id("stream", primary_key=True),
    _id("agent"),
    Column("mark", BigInteger, nullable=False, comment="everything up to this number is committed: the dedupe"),
    Column("epoch", BigInteger, nullable=False, comment="the highest boot epoch seen"),
    _id("boot", comment="the random name of that boot"),
    _us("heard_us", comment="hub time of the last valid batch that was no copy"),
    _us("offset_us", comment="agent's clock less the hub's, as the agent last measured it"),
    _us("sent_us", comment="when that boot sent its latest batch, by the agent's clock: a recorded one was sent before"),
)

event = Table(
    "event",
    metadata,
    _id("site", primary_key=True),
    _id("stream", primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    _id("device"),
    _id("kind"),
    _us("at_us", comment="when it happened, on the hub's time line"),
    _us("agent_at_us", comment="by the agent's clock"),
    _us("device_at_us", nullable=True, comment="by the device's own clock, where it tells"),
    _us("hub_at_us", comment="when the hub took it in"),
    _id("body", comment="the reading"),
    Index("event_by_device", "site", "device", "at_us"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    _id("site", primary_key=True),
    _id("stream", primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    _id("agent"),
    _us("hub_at_us"),
    _id("reason"),
    Column("body", LargeBinary, nullable=False, comment="the record as it came, cut to 64 KiB"),
)

watermark = Table(
    "watermark",
    metadata,
    _id("site", primary_key=True),
    _id("source", primary_key=True, comment="a device's or an agent's id"),
    _us("up_to_us", comment="everything the source had to say up to then is committed"),
)

detector_state = Table(
    "detector_state",
    metadata,
    _id("site", primary_key=True),
    _id("detector", primary_key=True),
    _id("subject", primary_key=True),
    _id("device", comment="whose row of the estate the detector is given when it is woken"),
    _id("body"),
)

deadline = Table(
    "deadline",
    metadata,
    _id("site", primary_key=True),
    _id("owner", primary_key=True, comment="detector:NAME, or case for a case's clock"),
    _id("subject", primary_key=True, comment="the detector's subject, or CASE/CLOCK"),
    _us("due_at_us"),
    Column("source", Text, nullable=True, comment="whose watermark proves it; null: the wall clock alone"),
    Column("stalled", Boolean, nullable=False, comment="it has fired unproven and waits for the source's proof"),
    Index("deadline_by_due", "site", "due_at_us"),
)

case = Table(
    "case_",
    metadata,
    _id("site", primary_key=True),
    Column("case_no", BigInteger, primary_key=True),
    _id("kind", comment="incident; later repair, complaint, visit, finding"),
    _id("detector"),
    _id("clause"),
    _id("subject"),
    _id("device"),
    _id("place"),
    _id("episode"),
    Column("priority", SmallInteger, nullable=False),
    _id("state", comment="a state of the kind's workflow table"),
    Column("active", Boolean, nullable=False, comment="the condition lasts"),
    Column("proven", Boolean, nullable=False),
    Column("late", Boolean, nullable=False, comment="came as a backlog: listed, never sounding"),
    _us("opened_us", comment="when the cause began"),
    _us("raised_us", comment="hub time when it was raised"),
    _us("returned_us", nullable=True, comment="when the condition returned to normal"),
    _us("closed_us", nullable=True),
    Column("merged", Integer, nullable=False, comment="how often the same episode was raised again"),
    _id("facts", comment="JSON object, shown to people"),
    Column("version", Integer, nullable=False, comment="compare and set: each change adds one"),
    _id("sound", default="", comment="a tone of its own, such as fire; empty: the priority's"),
    _us("acknowledged_us", nullable=True, comment="when somebody took it first"),
    _us("shelved_until_us", nullable=True),
    _id("shelf_owner", default=""),
    _id("shelf_reason", default=""),
    _id("held_by", default="", comment="the maintenance window that held it back, or empty"),
    _id("dispatch", default="", comment="how far a guard who was sent has got: sent, answered, on_spot, found, or empty"),
    Column("escalation", SmallInteger, nullable=False, default=0, comment="the level of the latest escalation"),
    Column(
        "comebacks", Integer, nullable=False, default=0, comment="how often its source came back: over 0 is a chattering case"
    ),
    Column("flood", Boolean, nullable=False, default=False, comment="it began to call in a flood"),
    UniqueConstraint("site", "kind", "detector", "subject", "episode", name="one_case_for_one_cause"),
    CheckConstraint("priority BETWEEN 1 AND 4", name="priority_is_known"),
    Index("case_by_state", "site", "kind", "state", "priority", "case_no"),
    Index("case_by_time", "site", "kind", "raised_us"),
    Index("case_by_device", "site", "kind", "device", "case_no"),
    Index("case_by_place", "site", "kind", "place", "case_no"),
    Index("case_by_detector", "site", "kind", "detector", "case_no"),
    Index(
        "case_chattering",
        "site",
        "kind",
        "case_no",
        sqlite_where=text("comebacks > 0"),
        postgresql_where=text("comebacks > 0"),
    ),
)

alarm_state = Table(
    "alarm_state",
    metadata,
    _id("site", primary_key=True),
    _id("owner", primary_key=True, comment="source:DETECTOR, silence, or flood"),
    _id("subject", primary_key=True, comment="the detector's subject, the post, or empty"),
    _id("body", comment="JSON object"),
)

alarm_flood = Table(
    "alarm_flood",
    metadata,
    _id("site", primary_key=True),
    Column("flood_no", BigInteger, primary_key=True, comment="the number of the case that it began with"),
    _us("began_us"),
    _us("ended_us", nullable=True, comment="null: it lasts"),
    Column("alarms", Integer, nullable=False, comment="those that it began with included"),
    _id("groups", comment="JSON list: cause, zone, the first case, how many; first-out first"),
    Index("alarm_flood_by_time", "site", "began_us"),
)

maintenance = Table(
    "maintenance",
    metadata,
    _id("site", primary_key=True),
    _id("window_id", primary_key=True, comment="a random name"),
    _id("place", comment="with all that lies in it; empty: every place"),
    _id("device"),
    _id("detector"),
    _us("from_us"),
    _us("until_us"),
    _id("reason"),
    _id("actor"),
    _us("made_us"),
    _us("ended_us", nullable=True, comment="null: it is to come, or lasts"),
    Column("held", Integer, nullable=False, comment="cases that it held back"),
    Column("released", Integer, nullable=False, comment="of those, the ones that still held at its end"),
    CheckConstraint("from_us < until_us", name="maintenance_is_in_order"),
    Index("maintenance_by_time", "site", "from_us"),
)

emergency_plan = Table(
    "emergency_plan",
    metadata,
    _id("site", primary_key=True),
    _id("plan", primary_key=True, comment="the kind of emergency, such as fire"),
    Column("no", Integer, primary_key=True, comment="the version: the highest counts; one that ships has no row"),
    _us("at_us"),
    _id("actor"),
    _id("reason"),
    _id("body", comment="JSON object: the whole plan"),
    CheckConstraint("no > 0", name="plan_version_is_counted"),
)

emergency_run = Table(
    "emergency_run",
    metadata,
    _id("site", primary_key=True),
    Column("case_no", BigInteger, primary_key=True, comment="the case that it was started for: one run each"),
    _id("plan"),
    Column("plan_no", Integer, nullable=False, comment="the plan's version, 0: the one that ships"),
    _us("started_us"),
    _id("state", comment="running; review: the case is closed; over; void: the case was withdrawn"),
    Column("version", Integer, nullable=False, comment="compare and set: each change adds one"),
    _id("body", comment="JSON object: the plan as it was, its steps, clocks, who was told, the review and the notice"),
    CheckConstraint("state IN ('running', 'review', 'over', 'void')", name="run_state_is_known"),
    Index("emergency_run_by_state", "site", "state", "case_no"),
    Index("emergency_run_by_time", "site", "started_us"),
)

case_entry = Table(
    "case_entry",
    metadata,
    _id("site", primary_key=True),
    Column("case_no", BigInteger, primary_key=True),
    Column("entry_no", Integer, primary_key=True),
    _us("at_us"),
    _id("act", comment="a row of the workflow's acts, or raised, merged, returned, withdrawn, proven, escalated"),
    _id("actor", comment="a person's or the hub's name"),
    _id("body", comment="JSON object: the fields the act requires"),
)

case_clock = Table(
    "case_clock",
    metadata,
    _id("site", primary_key=True),
    Column("case_no", BigInteger, primary_key=True),
    _id("clock", primary_key=True, comment="a clock of the workflow table, such as acknowledge"),
    Column("event_no", Integer, primary_key=True),
    _us("at_us"),
    _id("event", comment="start, pause, resume, stop, expire: elapsed time is a function of these"),
    CheckConstraint("event IN ('start', 'pause', 'resume', 'stop', 'expire')", name="clock_event_is_known"),
)

change = Table(
    "change",
    metadata,
    _id("site", primary_key=True),
    Column("pos", BigInteger, primary_key=True, comment="contiguous in a site"),
    _us("at_us"),
    _id("topic", comment="case, agent, device, picture"),
    _id("key", comment="the case's number, the agent's id…; one key, one thing"),
    _id("act", comment="what happened to it: raised, acknowledged, escalated…"),
    _id("body", comment="JSON object: the thing as it is after the change"),
)

reader = Table(
    "reader",
    metadata,
    _id("site", primary_key=True),
    _id("reader", primary_key=True, comment="mqtt, webhook:NAME, apprise:NAME"),
    Column("pos", BigInteger, nullable=False, comment="everything up to this position of the change log is delivered"),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    _id("site", primary_key=True),
    _id("reader", primary_key=True),
    Column("pos", BigInteger, primary_key=True),
    _us("at_us"),
    Column("tries", Integer, nullable=False),
    _id("error"),
    _id("body"),
)

picture = Table(
    "picture",
    metadata,
    _id("site", primary_key=True),
    _id(
        "picture",
        primary_key=True,
        comment="the agent's random name, also the file's name beneath the pictures' folder",
    ),
    _id("agent"),
    _id("device"),
    Column("case_no", BigInteger, nullable=True),
    _us("at_us"),
    _id("sha256"),
    Column("size_bytes", BigInteger, nullable=False),
    _us("stored_us", nullable=True, comment="when the file was synced at the hub; null: promised, not yet here"),
    _us("condemned_us", nullable=True, comment="when its days were over: the file goes, and then this row; null: kept"),
    Index("picture_by_case", "site", "case_no"),
    Index("picture_by_time", "site", "at_us"),
)

duty_plan = Table(
    "duty_plan",
    metadata,
    _id("site", primary_key=True),
    Column("plan_no", Integer, primary_key=True),
    _us("from_us", comment="in force from then on, until the next plan"),
    _us("planned_until_us", comment="windows that open before this are made"),
    _id("body", comment="JSON: the duties of the policy and the routes of the estate"),
)

window = Table(
    "duty_window",
    metadata,
    _id("site", primary_key=True),
    _id(
        "window_id",
        primary_key=True,
        comment="DUTY/ROUTE/PLACE/OPENS/N, the same each time it is planned; the episode of its gap",
    ),
    _id("duty"),
    _id("route"),
    _id("place"),
    _us("opens_us"),
    _us("due_us"),
    _us("ends_us", comment="due and the tolerance: without evidence made by then it is a gap"),
    Column("plan_no", Integer, nullable=False, comment="the plan that judges it"),
    _id("state"),
    _us("settled_us", nullable=True, comment="hub time of the last change of state"),
    _us("gap_us", nullable=True, comment="hub time when the gap was raised"),
    Column("evidence", Text, nullable=True, comment="SOURCE|KEY of the scan that filled it"),
    _id("person", comment="who kept it, or who was on duty when it ended"),
    _id("note", comment="what else is known, by name"),
    CheckConstraint("state IN ('open', 'kept', 'unproven', 'missed', 'withdrawn')", name="window_state_is_known"),
    CheckConstraint("opens_us <= due_us AND due_us <= ends_us", name="window_is_in_order"),
    Index("window_by_end", "site", "ends_us"),
    sqlite_with_rowid=False,
)

scan = Table(
    "scan",
    metadata,
    _id("site", primary_key=True),
    _id("source", primary_key=True),
    _id("key", primary_key=True, comment="the source's own name for it: what is reported twice counts once"),
    _id("place", comment="empty: the tag is not known"),
    _us("at_us", comment="when it was made, on the hub's time line"),
    _us("received_us"),
    _id("person", comment="an id of the estate's staff, or empty"),
    _id("medium"),
    _id("tag"),
    _id("person_tag", comment="the tag of whoever made it, by its keyed hash"),
    _id("duty", comment="only for answers and reports"),
    _us("device_at_us", nullable=True),
    _id("flags", comment="JSON list of names"),
    _id("fields", comment="JSON object: what a report holds"),
    Index("scan_by_place", "site", "place", "at_us"),
    Index("scan_by_time", "site", "at_us"),
    sqlite_with_rowid=False,
)

tag = Table(
    "tag",
    metadata,
    _id("site", primary_key=True),
    _id("tag", primary_key=True),
    _us("from_us", key=True),
    _id("medium"),
    _id("place", comment="the checkpoint it stands at, or empty"),
    _id("person", comment="whose it is, or empty"),
    _us("until_us", nullable=True),
    _id("reason", comment="why it ended"),
    CheckConstraint("(place = '') <> (person = '')", name="tag_is_of_a_place_or_of_a_person"),
)

roster = Table(
    "roster",
    metadata,
    _id("site", primary_key=True),
    _id("person", primary_key=True),
    _id("route", primary_key=True, comment="empty: everywhere"),
    _us("from_us", key=True),
    _us("until_us"),
    CheckConstraint("from_us < until_us", name="shift_is_in_order"),
)

occasion = Table(
    "occasion",
    metadata,
    _id("site", primary_key=True),
    _id("occasion", primary_key=True, comment="a random name"),
    _id("kind", comment="bad_weather, event…: what schedules of the type occasion name"),
    _us("from_us"),
    _us("until_us", nullable=True, comment="null: it goes on, or nobody has said"),
    _id("note"),
)

tally = Table(
    "tally",
    metadata,
    _id("site", primary_key=True),
    _id("day", primary_key=True, comment="the estate's local date, YYYY-MM-DD"),
    _id("duty", primary_key=True),
    _id("kind", primary_key=True, comment="place, route, hour or person: what `key` is"),
    _id("key", primary_key=True),
    Column("due", Integer, nullable=False, comment="windows that ended on that day"),
    Column("kept", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("unproven", Integer, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    Column("longest_s", Integer, nullable=False, comment="for places: the longest time unvisited that ended on that day"),
    CheckConstraint("due = kept + missed + unproven + withdrawn", name="tally_adds_up"),
    sqlite_with_rowid=False,
)

account = Table(
    "account",
    metadata,
    _id("site", primary_key=True),
    _id("account", primary_key=True, comment="the name without case and width"),
    _id("name", comment="as it is written; the actor of acts"),
    _id("role"),
    _id("password_hash", comment="Argon2; empty: no password fits"),
    _us("created_us"),
    _us("disabled_us", nullable=True, comment="null: in use"),
    _id("subject", comment="who it is at the OIDC provider; empty: known here alone"),
    _id("person", default="", comment="who of the estate's staff it stands for, or empty"),
)

session = Table(
    "session",
    metadata,
    _id("site", primary_key=True),
    _id("digest", primary_key=True, comment="SHA-256 of the token, which is nowhere kept"),
    _id("session", comment="a random public name"),
    _id("account"),
    _id("kind", comment="cookie: a sign-in; token: a program's"),
    _id("label", comment="what a token is for, or which browser it is"),
    _us("created_us"),
    _us("used_us", comment="to about a minute"),
    _us("expires_us", comment="the end, used or not"),
    CheckConstraint("kind IN ('cookie', 'token')", name="session_kind_is_known"),
    Index("session_by_account", "site", "account"),
)
