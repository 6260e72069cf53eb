"""The driver for EM4100 readers that send ASCII over a serial port or TCP."""

from contract.readings import CardRead
from drivers.em_ascii.decode import EmAsciiDecoder, EmAsciiOptions
from drivers.port import DriverKind
from drivers.reader import ListeningDriver
from drivers.transports import parse_address

SCHEMES = ("serial", "tcp", "null")


def make(address: str, options: EmAsciiOptions) -> ListeningDriver:
    """See `DriverKind.make`."""
    return ListeningDriver(parse_address(address, schemes=SCHEMES), lambda: EmAsciiDecoder(options))


KIND = DriverKind(
    name="em_ascii",
    unit="the bytes of a frame: STX, ten hex digits, two of checksum, CR and LF or not, ETX",
    readings=(CardRead,),
    options=EmAsciiOptions,
    schemes=SCHEMES,
    make=make,
    decoder=EmAsciiDecoder,
    secret_bytes=True,
)
