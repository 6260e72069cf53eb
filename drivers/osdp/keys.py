"""A reader's own key, from its file."""

from pathlib import Path

from drivers.osdp.secure import KEY_BYTES, SCBK_D

_FILE_BYTES_MAX = 4096


def read_key(named: str) -> bytes:
    """The key in a file of 32 hex digits that not everybody may read. Raises ValueError with `what: what to do`, never with
    what stands in the file."""
    path = Path(named)
    try:
        mode = path.stat().st_mode
        with path.open("rb") as file:
            data = file.read(_FILE_BYTES_MAX)
    except OSError as error:
        raise ValueError(f"{named} cannot be read ({error.strerror}): give a file that is there and may be read") from None
    if mode & 0o007:
        raise ValueError(f"{named} may be read by everybody: run chmod o= {named}")
    try:
        key = bytes.fromhex(data.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"{named} holds no key: write {2 * KEY_BYTES} hex digits into it, as openssl rand -hex 16 does")
    if key == SCBK_D or not any(key):
        raise ValueError(f"{named} holds a key that everybody knows: write the one that openssl rand -hex 16 makes")
    return key
