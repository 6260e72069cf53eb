"""The driver: starts the child that watches the camera, hands on what it says, and asks it for pictures.

The child reconnects by itself; a lost stream is `camera_link`. Only the child's death ends a run.
"""

from collections.abc import Mapping
from queue import Empty, Queue
from threading import Event, Lock

import msgspec

from contract.readings import (
    CameraLink,
    MotionSeen,
    ObjectSeen,
    PictureBlinded,
    PictureDark,
    PictureDefocused,
    PictureFrozen,
    PictureMoved,
    PictureOccluded,
    PlateRead,
    Reading,
    SnapshotTaken,
)
from drivers.analysis import objects
from drivers.plates.models import fault as plate_models_fault
from drivers.port import CommandFailed, DeviceLost, DriverKind, Finding, Sink
from drivers.rtsp_camera.address import SCHEMES, check_address, masked, sub_stream
from drivers.rtsp_camera.decode import FileDecoder
from drivers.rtsp_camera.messages import (
    MAX_WAITING_SNAPSHOTS,
    Alive,
    Passage,
    Received,
    Shot,
    Snapshot,
    Trouble,
    Watch,
)
from drivers.rtsp_camera.process import Child, ChildDied
from drivers.rtsp_camera.settings import Options

SNAPSHOT_S = 5.0
MAX_ORDER_CHARS = 64
_TURN_S = 0.2
_DONE = ""


class CameraDriver:
    """One camera. The address has been checked; see `make`."""

    def __init__(self, address: str, options: Options) -> None:
        self._watch = Watch(address, options)
        self._lock = Lock()
        self._child: Child | None = None
        self._connected = False
        self._waiting: dict[str, Queue[str]] = {}
        """Who waits for which order's picture; the queue takes one word: _DONE, or why not."""

    def __repr__(self) -> str:
        return f"<camera {masked(self._watch.address)}>"

    @property
    def child_pid(self) -> int | None:
        """The process id of the child that watches, while `run` runs."""
        with self._lock:
            return self._child.pid if self._child else None

    def run(self, sink: Sink, stop: Event) -> None:
        """See `drivers.port.Driver`. `up` says that the camera is being watched, and comes with the first word about it;
        whether it is there is `camera_link`, at once."""
        try:
            child = Child(self._watch)
        except (OSError, ChildDied) as error:
            raise DeviceLost("child_died") from error
        try:
            with self._lock:
                self._child = child
            self._pump(child, sink, stop)
        finally:
            with self._lock:
                self._child, self._connected = None, False
            self._fail_all("the camera is no longer watched")
            child.stop()

    def act(self, action: str, args: Mapping[str, str]) -> None:
        """Carry out `snapshot` for `args["order"]`. Raises CommandFailed within SNAPSHOT_S."""
        if action != "snapshot":
            raise CommandFailed(f"a camera cannot {action}")
        order = args.get("order", "")
        if len(order) > MAX_ORDER_CHARS:
            raise CommandFailed(f"an order's id has at most {MAX_ORDER_CHARS} characters")
        outcome: Queue[str] = Queue(maxsize=1)
        child = self._enlist(order, outcome)
        try:
            child.send(Snapshot(order))
            said = outcome.get(timeout=SNAPSHOT_S)
        except Empty:
            raise CommandFailed(f"no picture within {SNAPSHOT_S:.0f} s") from None
        except (ChildDied, OSError, ValueError) as error:
            raise CommandFailed("the camera is no longer watched") from error
        finally:
            with self._lock:
                self._waiting.pop(order, None)
        if said != _DONE:
            raise CommandFailed(said)

    def _enlist(self, order: str, outcome: Queue[str]) -> Child:
        with self._lock:
            if self._child is None:
                raise CommandFailed("the camera is not being watched")
            if not self._connected:
                raise CommandFailed("the camera is not connected")
            if order in self._waiting or len(self._waiting) >= MAX_WAITING_SNAPSHOTS:
                raise CommandFailed("other pictures are still waited for")
            self._waiting[order] = outcome
            return self._child

    def _pump(self, child: Child, sink: Sink, stop: Event) -> None:
        up = False
        while not stop.is_set():
            try:
                received = child.receive(_TURN_S)
            except ChildDied as error:
                raise DeviceLost(str(error)) from error
            if received and not up:
                up = True
                sink.up()
            for one in received:
                self._hand_on(one, sink)

    def _hand_on(self, one: Received, sink: Sink) -> None:
        match one.report:
            case Alive():
                sink.alive()
            case Shot():
                self._deliver(one.report, one.body, sink)
            case Passage():
                self._passed(one.report, one.body, sink)
            case Trouble():
                sink.finding(Finding(one.report.reason, one.report.offset, one.body))
            case CameraLink(connected=connected):
                with self._lock:
                    self._connected = connected
                sink.reading(one.report)
                if not connected:
                    self._fail_all("the camera was lost")
            case Reading():
                sink.reading(one.report)

    def _deliver(self, shot: Shot, jpeg: bytes, sink: Sink) -> None:
        with self._lock:
            outcome = self._waiting.get(shot.order)
        if outcome is None:
            return  # whoever asked was told that it took too long
        sink.picture(jpeg, shot.width, shot.height, shot.order)
        outcome.put_nowait(_DONE)

    def _passed(self, passage: Passage, jpeg: bytes, sink: Sink) -> None:
        """The picture goes first, so that the reading can name it to whoever is asked about a doubtful plate."""
        name = sink.picture(jpeg, passage.width, passage.height, "") if jpeg else ""
        sink.reading(msgspec.structs.replace(passage.reading, picture=name))

    def _fail_all(self, why: str) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for outcome in waiting.values():
            outcome.put_nowait(why)


def make(address: str, options: Options) -> CameraDriver:
    """A driver for a checked address. Raises ValueError with a message for an installer."""
    if options.plates is not None:
        wrong = plate_models_fault()
        if wrong:
            raise ValueError(wrong)
    checked = check_address(address)
    if options.sub_address:
        options = msgspec.structs.replace(options, sub_address=sub_stream(checked, options.sub_address))
    if options.objects is not None:
        objects.check_file(options.objects)
    return CameraDriver(checked, options)


KIND = DriverKind(
    name="rtsp_camera",
    unit="the bytes of one whole video file (MP4, AVI, MKV, MPEG-TS, plain H.264…), 64 MiB at most",
    readings=(
        CameraLink,
        PictureDark,
        PictureFrozen,
        PictureBlinded,
        PictureDefocused,
        PictureMoved,
        PictureOccluded,
        MotionSeen,
        ObjectSeen,
        PlateRead,
        SnapshotTaken,
    ),
    options=Options,
    schemes=SCHEMES,
    make=make,
    decoder=FileDecoder,
    actions=frozenset(("snapshot",)),
    secret_bytes=True,  # a packet is part of a picture that may show a plate
)
