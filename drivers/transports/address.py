"""Device addresses: a URL becomes its parts, or an error that says what to write instead. Pure."""

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple, NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

Scheme = Literal["serial", "tcp", "null", "listen", "listen-udp"]
Parity = Literal["N", "E", "O", "M", "S"]

EXAMPLES: dict[str, str] = {
    "serial": "serial:///dev/ttyUSB0?baud=9600&parity=N&stop=1",
    "tcp": "tcp://192.168.1.50:4001",
    "null": "null:door-1",
    "listen": "listen://0.0.0.0:9000",
    "listen-udp": "listen-udp://0.0.0.0:9000",
}
NETWORK = frozenset(("tcp", "listen", "listen-udp"))
SERIAL_KEYS = frozenset(("baud", "parity", "stop", "bits"))
STOP_BITS: dict[str, float] = {"1": 1, "1.5": 1.5, "2": 2}
PARITIES: dict[str, Parity] = {"N": "N", "E": "E", "O": "O", "M": "M", "S": "S"}
BAUD_MIN, BAUD_MAX = 50, 4_000_000
MAX_ADDRESS = 500


class Address(NamedTuple):
    """A parsed address. `path` is the port's file for serial and the name for null; `host` and `port` are for tcp and, as this
    machine's own, for listening.
    `extra` holds the query keys that the driver asked for."""

    scheme: Scheme
    path: str = ""
    host: str = ""
    port: int = 0
    baud: int = 9600
    parity: Parity = "N"
    stop: float = 1
    bits: int = 8
    extra: Mapping[str, str] = {}


def parse_address(text: str, *, schemes: Collection[str] = ("serial", "tcp", "null"), extra: Collection[str] = ()) -> Address:
    """The parts of `text`. `extra` names the query keys that the driver itself understands, besides the transport's own.
    Raises ValueError with a message for an installer: what is wrong, and an example."""
    if len(text) > MAX_ADDRESS or not text.isprintable():
        raise ValueError(f"a device address is printable text of {MAX_ADDRESS} characters at most")
    try:
        url = urlsplit(text)
        query = parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a device address ({error}): {_examples(schemes)}") from None
    if url.scheme not in schemes or url.scheme not in EXAMPLES:
        raise ValueError(f"{text!r} does not begin with a scheme that this driver takes: {_examples(schemes)}")
    if url.fragment:
        _wrong(text, url.scheme, "a # has no place in it")
    keys = _unique(text, url.scheme, query, (SERIAL_KEYS if url.scheme == "serial" else frozenset()) | set(extra))
    own = {key: value for key, value in keys.items() if key in extra}
    if url.scheme == "serial":
        return _serial(text, url, keys)._replace(extra=own)
    if url.scheme in NETWORK:
        return _network(text, url)._replace(extra=own)
    name = unquote(url.path)
    if url.netloc or not name:
        _wrong(text, "null", "a name follows the colon")
    return Address("null", path=name, extra=own)


def _serial(text: str, url: SplitResult, keys: Mapping[str, str]) -> Address:
    path = unquote(url.path)
    if url.netloc:
        _wrong(text, "serial", "three slashes come before the port's file")
    if not path.startswith("/") or path.endswith("/"):
        _wrong(text, "serial", "the port's file is missing")
    baud = keys.get("baud", "9600")
    if not (baud.isascii() and baud.isdigit() and len(baud) <= 7 and BAUD_MIN <= int(baud) <= BAUD_MAX):
        _wrong(text, "serial", f"baud is a whole number from {BAUD_MIN} to {BAUD_MAX}")
    parity = keys.get("parity", "N").upper()
    if parity not in PARITIES:
        _wrong(text, "serial", "parity is one of N, E, O, M, S")
    stop = keys.get("stop", "1")
    if stop not in STOP_BITS:
        _wrong(text, "serial", "stop is 1, 1.5 or 2")
    bits = keys.get("bits", "8")
    if bits not in ("5", "6", "7", "8"):
        _wrong(text, "serial", "bits is 5, 6, 7 or 8")
    return Address("serial", path=path, baud=int(baud), parity=PARITIES[parity], stop=STOP_BITS[stop], bits=int(bits))


def _network(text: str, url: SplitResult) -> Address:
    scheme: Scheme = "tcp" if url.scheme == "tcp" else "listen" if url.scheme == "listen" else "listen-udp"
    if url.username is not None or url.path not in ("", "/"):
        _wrong(text, scheme, f"only a host and a port stand after {scheme}://")
    try:
        port = url.port
    except ValueError:
        port = None
    if not port or not url.hostname:
        _wrong(text, scheme, "a host and a port from 1 to 65535 are needed")
    return Address(scheme, host=url.hostname, port=port)


def _unique(text: str, scheme: str, query: list[tuple[str, str]], known: Collection[str]) -> dict[str, str]:
    keys = dict(query)
    for key in keys:
        if key not in known:
            _wrong(text, scheme, f"{key!r} is not a known key ({', '.join(sorted(known)) or 'there are none'})")
    if len(keys) != len(query):
        _wrong(text, scheme, "a key stands in it twice")
    return keys


def _wrong(text: str, scheme: str, what: str) -> NoReturn:
    raise ValueError(f"{text!r}: {what}: write for example {EXAMPLES[scheme]}")


def _examples(schemes: Collection[str]) -> str:
    return "write for example " + " or ".join(EXAMPLES[s] for s in schemes if s in EXAMPLES)
