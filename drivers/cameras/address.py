"""Where a camera that speaks HTTP is, or where it calls; and how an address is shown without its password."""

import re
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from drivers.transports import Address, parse_address

SCHEMES: Final = ("http", "https", "listen")
ADDRESS_CHARS_MAX: Final = 500
SECRET_BYTES_MAX: Final = 1000

_PLAIN: Final = re.compile(r"[A-Za-z0-9._~:/?@!$&()*+,;=%\[\]-]+")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_EXAMPLE: Final = "write it like http://admin@192.168.1.64, with the password in password_file"


class CameraAddress(NamedTuple):
    """A camera that is called. `origin` is its address without a login. Neither is shown with the password."""

    origin: str
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"<camera {self.origin}>"


def parse_camera(text: str, password_file: str = "") -> CameraAddress | Address:
    """The camera's address, or this machine's port that it calls. Raises ValueError with a message for an installer; it never
    holds the password."""
    if text.startswith("listen:"):
        return parse_address(text, schemes=("listen",))
    wrong = _fault(text)
    if wrong:
        raise ValueError(f"camera address {masked(text)!r}: {wrong}: {_EXAMPLE}")
    parts = urlsplit(text)
    password = unquote(parts.password or "")
    if password_file:
        if password:
            raise ValueError("the address and password_file both have a password: take it out of the address")
        password = read_password(password_file)
    host = parts.netloc.rpartition("@")[2]
    return CameraAddress(f"{parts.scheme}://{host}", unquote(parts.username or ""), password)


def masked(address: str) -> str:
    """`address` with the user and password replaced by `***`, cut to fit a message."""
    head, mark, rest = address.partition("://")
    if not mark:
        head, rest = "", address
    user_end = rest.rfind("@")
    return f"{head}{mark}{rest if user_end < 0 else '***@' + rest[user_end + 1 :]}"[:120]


def read_password(path: str) -> str:
    """The one line of a file that not everybody may read. Raises ValueError."""
    file = Path(path)
    try:
        if file.stat().st_mode & 0o007:
            raise ValueError(f"password_file may be read by everybody: run chmod o= {path}")
        text = file.read_bytes()[: SECRET_BYTES_MAX + 1].decode().strip()
    except OSError as error:
        raise ValueError(f"password_file: {error.strerror or error}: write the camera's password into {path}") from None
    except UnicodeDecodeError:
        raise ValueError(f"password_file is not UTF-8 text: write the camera's password into {path}") from None
    if not text or len(text) > SECRET_BYTES_MAX or "\n" in text:
        raise ValueError(f"password_file does not hold one line: write the camera's password into {path}")
    return text


def _fault(text: str) -> str:
    if len(text) > ADDRESS_CHARS_MAX or not _PLAIN.fullmatch(text):
        return "an address is short, without blanks, and with signs that no address has as %XX"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "the port is 1 to 65535"
    if parts.scheme not in ("http", "https"):
        return "only http://, https:// and listen:// addresses are taken"
    if port == 0:
        return "the port is 1 to 65535"
    return _part_fault(parts)


def _part_fault(parts: SplitResult) -> str:
    if not parts.hostname or not _HOST.fullmatch(parts.hostname):
        return "it names no host"
    if parts.netloc.count("@") > 1:
        return "an @ in the user or password is written as %40"
    return "nothing stands behind the host" if parts.path not in ("", "/") or parts.query or parts.fragment else ""
