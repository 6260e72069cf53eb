"""What an installer may set for a camera that speaks HTTP; the drivers add their own."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.readings import MAX_TEXT
from contract.topics import is_id
from drivers.cameras.words import Way
from drivers.http.callers import CALLERS_MAX, Caller, check_callers

NAMES_MAX = 64

Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Names = Annotated[dict[str, Text], Meta(max_length=NAMES_MAX)]


class HttpOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`coming`: whether a vehicle that comes towards the camera goes in or out; empty: no direction is told. `utc_offset_h`: how
    far the camera's local time is ahead of UTC. `doubtful_below`: a plate read with less confidence is told as doubtful, and
    opens nothing. `channels`: the devices that a recorder's channels are, by the channel's number. `inputs`: what the installer
    calls the alarm inputs, by their number.

    Where the agent calls the camera: `password_file` holds the password, unless the address does; `auth`:
    how it is shown; `verify_tls`: whether the
    camera's certificate must be one that this machine trusts; `open_s` and `silent_s`: how long it may take to answer, and be
    silent then; `picture_wait_s`: how long a plate waits for its picture.

    Where the camera calls: `hosts` and `callers` say who may; `silent_s` counts there too, 0: silence means nothing."""

    coming: Way = "in"
    utc_offset_h: Annotated[float, Meta(ge=-14, le=14)] = 8.0
    doubtful_below: Annotated[float, Meta(ge=0, le=1)] = 0.0
    channels: Names = {}
    inputs: Names = {}
    password_file: Annotated[str, Meta(max_length=1000)] = ""
    auth: Literal["digest", "basic"] = "digest"
    verify_tls: bool = True
    open_s: Annotated[float, Meta(ge=1, le=60)] = 10.0
    silent_s: Annotated[float, Meta(ge=0, le=604_800)] = 60.0
    picture_wait_s: Annotated[float, Meta(ge=0, le=5)] = 0.5
    hosts: Annotated[tuple[str, ...], Meta(max_length=CALLERS_MAX)] = ()
    callers: Annotated[tuple[Caller, ...], Meta(max_length=CALLERS_MAX)] = ()

    def __post_init__(self) -> None:
        check_callers(self.callers)
        check_devices("channels", self.channels)

    @property
    def calling(self) -> frozenset[str]:
        """The devices that call by themselves, each with a name of its own."""
        return frozenset(one.device for one in self.callers if one.device)

    @property
    def brings(self) -> tuple[str, ...]:
        """Other devices whose readings come by this one."""
        return (*self.channels.values(), *sorted(self.calling))


def check_devices(field: str, devices: Mapping[str, str]) -> None:
    """Raises ValueError where a value is no device's id."""
    for device in devices.values():
        if not is_id(device):
            raise ValueError(f"{field}: {device[:63]!r} is not a device's id: small letters, digits, _ and -, 63 at most")
