"""The table of drivers: a name, and the folder that has it. A folder is imported when its driver is asked for, so that an agent
without cameras loads no video library."""

from difflib import get_close_matches
from importlib import import_module

from drivers.port import DriverKind

DRIVERS: tuple[str, ...] = (
    "wiegand",
    "em_ascii",
    "patrol_wand",
    "barrier_modbus",
    "contacts_modbus",
    "rtsp_camera",
    "mqtt_json",
    "sia_dc09",
    "gb26875",
    "isapi",
    "dahua",
    "zhenshi",
    "http_push",
    "gb28181",
    "osdp",
)
"""Each name is a folder of `drivers` whose `driver.py` has a `KIND`."""


class UnknownDriver(LookupError):
    """No driver has this name. The message lists the names there are."""


def driver_kind(name: str) -> DriverKind:
    """The row of the driver `name`. Raises UnknownDriver; ImportError when a library that the driver needs is not installed."""
    if name not in DRIVERS:
        close = get_close_matches(name, DRIVERS, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise UnknownDriver(f"there is no driver {name[:60]!r}: {hint}the drivers are {', '.join(DRIVERS)}")
    kind: DriverKind = import_module(f"drivers.{name}.driver").KIND
    return kind
