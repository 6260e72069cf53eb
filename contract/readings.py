"""What a driver or an agent understood: typed facts, one struct a kind.

On the wire a reading is a JSON object whose `kind` names the struct. Unknown fields are ignored, so that a newer agent
can speak to an older hub; an unknown kind is quarantined by the hub, and the stream goes on.
"""

from typing import Annotated, Literal

import msgspec

from contract.camera_readings import (
    CameraLink,
    MotionSeen,
    ObjectSeen,
    PictureBlinded,
    PictureDark,
    PictureDefocused,
    PictureFrozen,
    PictureMoved,
    PictureOccluded,
    SnapshotTaken,
)
from contract.footage import FootageDeleted, FootageDisk, FootageKept, RecorderState, SegmentRecorded
from contract.names import Medium
from contract.reading import MAX_TEXT, Reading, Sort  # noqa: F401  # the base's names belong to this module too

# Access


class CardRead(Reading, frozen=True):
    """A credential was presented. A driver fills `facility` and `number`; the agent replaces both by `card`, a keyed hash,
    before the reading leaves it. `parity` is always "ok": a frame with a wrong parity bit is a finding and never a card."""

    bits: int
    parity: Literal["ok"] = "ok"
    facility: int | None = None
    number: int | None = None
    card: str | None = None
    weak: bool = True
    """The medium can be copied or replayed (Wiegand, EM4100)."""


class CodeRead(Reading, frozen=True):
    """A code was shown or typed, or a terminal knows a face: `value` is the QR code's text, the PIN's digits, or the person's
    number at the terminal. A driver fills `value`; the agent replaces it by `code`, a keyed hash, before the reading leaves it.
    `score`: how sure a face terminal is, 0 to 1."""

    medium: Literal["qr", "pin", "face"]
    value: str | None = None
    code: str | None = None
    score: float | None = None


PlateColour = Literal["", "blue", "green", "yellow", "yellow_green", "white", "black", "other"]


class PlateRead(Reading, frozen=True):
    """A camera saw a vehicle and read its plate. `plate` is the text as the camera tells it, MAX_TEXT characters at most, empty
    where it saw a vehicle and read nothing; contract.plates says which plate that is. `confidence`: 0 to 1, None where the camera
    says none. `doubtful`: whoever read it is not sure enough for a gate to act on it.

    `passage` is the camera's own stable name of this passage, empty where it has none: what is told again has it too. `vehicle`,
    `lane` and `brand` are the camera's words. `picture` is the name of a `snapshot_taken`. `frames`: from how many pictures."""

    plate: str
    colour: PlateColour = ""
    confidence: float | None = None
    doubtful: bool = False
    direction: Literal["", "in", "out"] = ""
    lane: str = ""
    vehicle: str = ""
    brand: str = ""
    passage: str = ""
    picture: str = ""
    frames: int = 1


class AccessDecided(Reading, frozen=True):
    """An agent let a credential through or refused it. `card` is the credential's keyed hash, whatever its `medium`, and empty
    where there was none to hash. `reason` is a name, such as `permit`, `unknown_card`, `expired`: contract.permits has them all.

    `gate`: the device that was asked to open, or would have been. `plate`: the canonical text, of a plate alone. `permit`: the
    right that was found, of this one or, where it was refused, of the one that did not suffice. `to_zone`: where it leads.
    `table_no`: the number of the table that was decided by. `picture`: that of the plate's reading."""

    card: str
    granted: bool
    reason: str
    medium: Medium = "card"
    gate: str = ""
    plate: str = ""
    permit: str = ""
    to_zone: str = ""
    table_no: int = 0
    picture: str = ""


ReaderState = Literal["secure", "plain", "install", "refused"]


class ReaderChannel(Reading, frozen=True):
    """How far a card reader's line can be trusted, told when it changes. `secure`: the secure channel is open, under the reader's
    own key; `plain`: the settings do without, and anybody on the line can say what a reader says; `install`: for ten minutes at
    most a reader that still has the factory's key may be given its own; `refused`: the reader answers and is not listened to.

    `reason` is a name: `key_set`, `settings`, `command`; `default_key`, `wrong_key`, `no_secure_channel`, `not_accepted`,
    `key_refused`, `downgrade` (it spoke plainly where the channel was open)."""

    SORT = "alarm"
    state: ReaderState
    reason: str = ""


class ExitRequested(Reading, frozen=True):
    """Somebody inside pressed the button that unlocks the door."""


class DoorContact(Reading, frozen=True):
    """The door's contact. The first reading after a start or a lost link tells the state and is no change."""

    SORT = "alarm"
    open: bool


class TamperContact(Reading, frozen=True):
    """The housing's contact: `active` while it is open. `name`: which of a panel's housings; empty: the device's own."""

    SORT = "alarm"
    active: bool
    name: str = ""


class AlarmInput(Reading, frozen=True):
    """A wired alarm input (panic button, intruder zone). `name` is the installer's name of the zone."""

    SORT = "alarm"
    active: bool
    name: str = ""


class FireInput(Reading, frozen=True):
    """The fire panel's wired contact, or a part of the panel that tells of itself. The certified panel stays the authority."""

    SORT = "alarm"
    active: bool
    name: str = ""


class PanelFault(Reading, frozen=True):
    """A part of an intruder or fire panel is (no longer) out of order: mains, a battery, a detector. `name`: which."""

    SORT = "alarm"
    active: bool
    name: str = ""


class PanelEvent(Reading, frozen=True):
    """Something else that an intruder or fire panel told, such as that it was armed. `code`: a SIA code such as `CL`, where there
    is one; `E704` and `R704` for a Contact ID event without; a word for what a fire panel tells. `name`: the zone, the user or
    the part."""

    code: str
    name: str = ""
    area: str = ""
    text: str = ""


# Barrier


class BarrierState(Reading, frozen=True):
    """What the limit switches say. `unknown`: neither or both switches are closed for longer than a movement takes."""

    SORT = "alarm"
    position: Literal["open", "closed", "moving", "unknown"]


class ArmState(Reading, frozen=True):
    """The switch that notices an arm that was knocked off."""

    SORT = "alarm"
    attached: bool


class LoopState(Reading, frozen=True):
    """The induction loop under the barrier. `faulty` counts as occupied wherever it matters."""

    occupied: bool
    faulty: bool = False


class BeamState(Reading, frozen=True):
    """The photo beam across the lane. `faulty` counts as blocked wherever it matters."""

    blocked: bool
    faulty: bool = False


# Rounds


class TagScanned(Reading, frozen=True):
    """A tag was held to a device, or a device to a tag, such as a patrol wand to a checkpoint.

    A wand keeps its scans for hours. The record's `at_us` is when the agent appended this one, and `device_at_us` is the wand's
    own time of the scan. `made_at_us` is when it was made by the agent's wall clock: `device_at_us` less `clock_off_s`. It is
    what counts, on the hub's time line once the agent's offset is taken off, as from an `at_us`; where it is None the scan was
    made at `at_us`. A decoder alone knows no offset, and puts the device's own time there.

    A scan that is read out again has the same `scan`, `tag`, `guard` and `device_at_us`; `made_at_us` and `clock_off_s` are
    measured anew and may differ by a second, and the first to arrive count.
    """

    STORED = True
    tag: str
    """As read: upper-case hex, or text."""
    medium: Literal["nfc", "rfid", "ibutton", "qr", "card", "hand"] = "rfid"
    scan: str = ""
    """The device's own stable name of this scan; empty where it has none."""
    guard: str | None = None
    """The tag of whoever carried the device. The agent replaces it by a keyed hash before the reading leaves it."""
    made_at_us: int | None = None
    clock_off_s: float | None = None
    """The device's clock minus the agent's at read-out."""


class WandRead(Reading, frozen=True):
    """A wand was read out whole: every scan that it made up to `up_to_us` stands in the log before this record. `up_to_us` is by
    the agent's wall clock, `up_to_device_us` the same moment by the wand's.

    `scans` were told in this read-out, and `bad` records had nothing in them that could be told. `clock_set`: nothing was left to
    read, and the wand's clock, which was off by `clock_off_s`, has been set.
    """

    STORED = True
    scans: int
    up_to_us: int
    up_to_device_us: int | None = None
    clock_off_s: float | None = None
    memory_used: float | None = None
    """Before anything was cleared: 0 to 1."""
    bad: int = 0
    clock_set: bool = False


class Observed(Reading, frozen=True):
    """Somebody on a round saw something and wrote it down. `severity` rises from 1 to 4; `picture` is the name of a
    `snapshot_taken`."""

    category: str
    note: str = ""
    severity: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1
    place: str = ""
    picture: str = ""


# Somebody who works alone


class GuardSign(Reading, frozen=True):
    """A sign of life: the device was `moved`, or the guard `answered` when asked. `place`: where, where that is known."""

    moved: bool = False
    answered: bool = False
    place: str = ""


class LoneWatch(Reading, frozen=True):
    """Somebody began to work alone, or no longer does. `silent_s`: after how long without a sign of life it is an alarm, where
    the device says."""

    on: bool
    silent_s: float | None = None


class PanicPressed(Reading, frozen=True):
    """Somebody calls for help, or has taken it back."""

    SORT = "alarm"
    active: bool = True
    note: str = ""
    place: str = ""


# Measurements


class Measurement(Reading, frozen=True):
    """A quantity in its SI or customary unit: `water_flow` l/min, `water_pressure` kPa, `power` W, `temperature` °C,
    `humidity` %, `battery` %, `illuminance` lx, `rssi` dBm."""

    SORT = "measurement"
    quantity: str
    value: float
    unit: str = ""


# About the devices themselves


class DeviceLink(Reading, frozen=True):
    """The agent reaches the device, or has lost it. `reason` is a name: `opened`, `unplugged`, `timeout`, `driver_died`…
    `by`: the device that speaks for it, such as the board that its contact is wired to. Empty: the link is its own."""

    SORT = "alarm"
    up: bool
    reason: str = ""
    by: str = ""


class BadBytes(Reading, frozen=True):
    """Bytes that no decoder could understand, counted over a while so that noise cannot flood a spool.
    `bytes_hex` is the first example, 64 bytes at most."""

    SORT = "measurement"
    reason: str
    count: int = 1
    bytes_hex: str = ""


class CommandDone(Reading, frozen=True):
    """What became of a command. `outcome`: `done`, or `refused` with the interlock's or the check's name, or `failed`."""

    nonce: str
    action: str
    outcome: Literal["done", "refused", "failed"]
    reason: str = ""
    actor: str = ""


# About the agent; the record's device is the agent's id


class AgentStarted(Reading, frozen=True):
    """An agent began a boot epoch. `unclean`: the one before did not say goodbye."""

    SORT = "alarm"
    version: str
    unclean: bool = False


class PermitsHeld(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Which table of permits an agent holds, whole: see contract.permits. `at_us`: when the hub made its last change, by its own
    clock; `heard_us`: when the agent last heard of the table, by its own."""

    epoch: str
    no: int
    hash: str
    entries: int
    at_us: int
    heard_us: int


class Heartbeat(Reading, frozen=True):
    """Every 10 s, and when the hub asks for a flush. `sources`: for each device, and the agent under its own id, the agent's time
    up to which everything it had to say stands in the log before this record (its watermark)."""

    SORT = "measurement"
    sources: dict[str, int]
    spool_bytes: int = 0
    spool_rows: int = 0
    dropped_rows: int = 0
    flush: str = ""
    """The order that asked for this heartbeat, or empty."""
    permits: PermitsHeld | None = None
    """The table of permits that the agent decides by; None: none that the hub gave."""


class Dropped(Reading, frozen=True):
    """A full spool dropped the records from this record's own `seq` to `last_seq`; the numbers are counts by sort."""

    SORT = "alarm"
    last_seq: int
    measurements: int = 0
    events: int = 0
    alarms: int = 0

    def rest_from(self, first: int) -> "Dropped":
        """The part from `first` on, where the hub holds what lies before. Which readings those were is not known: they are
        taken from the measurements first, so that the count of alarms is never too low."""
        room = self.last_seq - first + 1
        alarms = min(self.alarms, room)
        events = min(self.events, room - alarms)
        return Dropped(self.last_seq, min(self.measurements, room - alarms - events), events, alarms)


class AuditHeadConflict(Reading, frozen=True):
    """The hub told of a head of its audit log that does not fit those which the agent has kept: the log was put back, forked or
    signed by another key. `reason`: `older`, `differs` or `other_key`. `kept_no`: the newest that is kept."""

    SORT = "alarm"
    reason: str
    no: int
    hash: str
    kept_no: int
    epoch: int = 0


AnyReading = (
    CardRead
    | CodeRead
    | PlateRead
    | AccessDecided
    | ReaderChannel
    | ExitRequested
    | DoorContact
    | TamperContact
    | AlarmInput
    | FireInput
    | PanelFault
    | PanelEvent
    | BarrierState
    | ArmState
    | LoopState
    | BeamState
    | CameraLink
    | PictureDark
    | PictureFrozen
    | PictureBlinded
    | PictureDefocused
    | PictureMoved
    | PictureOccluded
    | MotionSeen
    | SnapshotTaken
    | ObjectSeen
    | SegmentRecorded
    | RecorderState
    | FootageDeleted
    | FootageKept
    | FootageDisk
    | TagScanned
    | WandRead
    | Observed
    | GuardSign
    | LoneWatch
    | PanicPressed
    | Measurement
    | DeviceLink
    | BadBytes
    | CommandDone
    | AgentStarted
    | Heartbeat
    | Dropped
    | AuditHeadConflict
)

KINDS: dict[str, type[Reading]] = {str(c.__struct_config__.tag): c for c in AnyReading.__args__}
"""Each kind's struct by its name on the wire."""
