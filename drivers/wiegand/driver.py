"""The Wiegand driver: a converter on a serial port or TCP, one frame a line."""

from contract.readings import CardRead
from drivers.port import DriverKind
from drivers.reader import ListeningDriver
from drivers.transports import parse_address
from drivers.wiegand.decode import WiegandDecoder, WiegandOptions

SCHEMES = ("serial", "tcp", "null")


def make(address: str, options: WiegandOptions) -> ListeningDriver:
    """See `DriverKind.make`."""
    return ListeningDriver(parse_address(address, schemes=SCHEMES), lambda: WiegandDecoder(options))


KIND = DriverKind(
    name="wiegand",
    unit="a line with one frame: its bits as 0 and 1, first bit first, or the bit count, a colon and hex, such as 26:0B40288",
    readings=(CardRead,),
    options=WiegandOptions,
    schemes=SCHEMES,
    make=make,
    decoder=WiegandDecoder,
    secret_bytes=True,
    lines=True,
)
