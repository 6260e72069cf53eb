"""The driver for Dahua cameras: it calls them for their events or snapshots, or they push to its port."""

from typing import Final
from urllib.parse import quote

from contract.clock import Clock
from contract.readings import AlarmInput, CameraLink, ObjectSeen, PictureDark, PlateRead, SnapshotTaken
from drivers.cameras.address import SCHEMES, CameraAddress, parse_camera
from drivers.cameras.decoder import UNIT
from drivers.cameras.driver import called_driver, pushed_driver
from drivers.dahua.decode import Dahua, decoder_of
from drivers.dahua.settings import DahuaOptions
from drivers.http.requests import Reply
from drivers.port import Driver, DriverKind

HEARTBEAT_S: Final = 5
REPLY: Final = Reply(body=b'{"Result":true}')
"""A camera that gets none says the same again."""


def target_of(options: DahuaOptions) -> str:
    """What is asked of the camera."""
    codes = quote(",".join(options.codes), safe=",")
    if options.stream == "events":
        return f"/cgi-bin/eventManager.cgi?action=attach&codes=[{codes}]&heartbeat={HEARTBEAT_S}"
    flags = f"channel={options.channel}&heartbeat={HEARTBEAT_S}&Flags[0]=Event&Events=[{codes}]"
    return f"/cgi-bin/snapManager.cgi?action=attachFileProc&{flags}"


def make(address: str, options: DahuaOptions, clock: Clock | None = None) -> Driver:
    """See `DriverKind.make`."""
    where = parse_camera(address, options.password_file)
    if isinstance(where, CameraAddress):
        return called_driver(where, target_of(options), Dahua(options), options, clock)
    return pushed_driver(where, Dahua(options), options, REPLY, clock)


KIND = DriverKind(
    name="dahua",
    unit=UNIT,
    readings=(PlateRead, ObjectSeen, AlarmInput, CameraLink, PictureDark, SnapshotTaken),
    options=DahuaOptions,
    schemes=SCHEMES,
    make=make,
    decoder=decoder_of,
    secret_bytes=True,
    remembers=lambda options: options.calling,
)
