"""The driver for devices that speak ISAPI: it calls them for their alert stream, or they push to its port."""

from typing import Final

from contract.clock import Clock
from contract.readings import (
    AccessDecided,
    AlarmInput,
    CameraLink,
    CardRead,
    CodeRead,
    DoorContact,
    ExitRequested,
    FireInput,
    ObjectSeen,
    PanicPressed,
    PictureDark,
    PlateRead,
    SnapshotTaken,
    TamperContact,
)
from drivers.cameras.address import SCHEMES, CameraAddress, parse_camera
from drivers.cameras.decoder import UNIT
from drivers.cameras.driver import called_driver, pushed_driver
from drivers.http.requests import Reply
from drivers.isapi.decode import Isapi, decoder_of
from drivers.isapi.settings import IsapiOptions
from drivers.port import Driver, DriverKind

TARGET: Final = "/ISAPI/Event/notification/alertStream"


def make(address: str, options: IsapiOptions, clock: Clock | None = None) -> Driver:
    """See `DriverKind.make`."""
    where = parse_camera(address, options.password_file)
    if isinstance(where, CameraAddress):
        return called_driver(where, TARGET, Isapi(options), options, clock)
    return pushed_driver(where, Isapi(options), options, Reply(), clock)


KIND = DriverKind(
    name="isapi",
    unit=UNIT,
    readings=(
        PlateRead, CodeRead, CardRead, AccessDecided, DoorContact, ExitRequested, TamperContact, AlarmInput, FireInput,
        PanicPressed, ObjectSeen, CameraLink, PictureDark, SnapshotTaken,
    ),
    options=IsapiOptions,
    schemes=SCHEMES,
    make=make,
    decoder=decoder_of,
    secret_bytes=True,
    remembers=lambda options: options.calling,
)  # fmt: skip
