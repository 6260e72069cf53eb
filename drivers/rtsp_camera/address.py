"""Which camera addresses are taken, and how one is shown without its password."""

import re
from urllib.parse import SplitResult, urlsplit

SCHEMES = ("rtsp", "rtsps")
MAX_ADDRESS_CHARS = 500

_PLAIN = re.compile(r"[A-Za-z0-9._~:/?@!$&()*+,;=%\[\]-]+")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_CONTROL = re.compile(r"%[01][0-9A-Fa-f]|%7[Ff]")
_LIBRARY_OPTIONS = frozenset(("tcp", "udp", "multicast", "filter_src", "http", "https"))
"""Words in a query that the RTSP library takes as orders to itself and does not send to the camera."""

_EXAMPLE = "write it like rtsp://user:password@192.168.1.20:554/stream1"


def check_address(address: str) -> str:
    """`address` as it is, when it is an RTSP address and nothing else. Raises ValueError with a message for an installer;
    the message never holds the password."""
    wrong = _fault(address)
    if wrong:
        raise ValueError(f"camera address {masked(address)!r}: {wrong}; {_EXAMPLE}")
    return address


def sub_stream(address: str, sub_address: str) -> str:
    """The checked address of the small stream: as it is given, or on the host and with the login of the main one. Raises as
    `check_address` does."""
    if not sub_address.startswith("/"):
        return check_address(sub_address)
    parts = urlsplit(address)
    return check_address(f"{parts.scheme}://{parts.netloc}{sub_address}")


def masked(address: str) -> str:
    """`address` with the user and password replaced by `***`, cut to fit a message."""
    head, mark, rest = address.partition("://")
    if not mark:
        head, rest = "", address
    user_end = rest.rfind("@")
    shown = rest if user_end < 0 else "***@" + rest[user_end + 1 :]
    return f"{head}{mark}{shown}"[:120]


def _fault(address: str) -> str:
    if not 1 <= len(address) <= MAX_ADDRESS_CHARS:
        return f"an address has 1 to {MAX_ADDRESS_CHARS} characters"
    if not _PLAIN.fullmatch(address) or _CONTROL.search(address):
        return "it has a blank, a control character or a sign that no address has (write such a sign as %XX)"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in SCHEMES or not address.lower().startswith(f"{parts.scheme}://"):
        return "only rtsp:// and rtsps:// addresses are taken"
    return "the port is 1 to 65535" if port == 0 else _part_fault(parts)


def _part_fault(parts: SplitResult) -> str:
    if not parts.hostname or not _HOST.fullmatch(parts.hostname):
        return "it names no host"
    if parts.netloc.count("@") > 1:
        return "an @ in the user or password is written as %40"
    words = {word.partition("=")[0].lower() for word in re.split(r"[?&]", parts.query)}
    if words & _LIBRARY_OPTIONS:
        return f"the query may not hold {min(words & _LIBRARY_OPTIONS)!r}"
    return ""
