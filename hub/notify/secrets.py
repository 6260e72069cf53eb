"""Secrets of channels stand in files of their own, so that settings can be shown and copied."""

import stat
from pathlib import Path

SECRET_BYTES_MAX = 4_096


def read_secret(file: Path, what: str) -> str:
    """The one line in the file. Raises ValueError with a message, which never holds it."""
    try:
        open_to_all = bool(file.stat().st_mode & stat.S_IROTH)
        data = file.read_bytes()
        text = data.decode("utf-8").strip()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ValueError(f"{what}: {file} cannot be read ({reason}): give a file that this user may read") from error
    except UnicodeDecodeError:
        raise ValueError(f"{what}: {file} is not text: write the secret alone into it, in one line") from None
    if open_to_all:
        raise ValueError(f"{what}: everybody may read {file}: chmod o= {file}")
    if not text or len(data) > SECRET_BYTES_MAX or len(text.splitlines()) > 1:
        raise ValueError(f"{what}: {file} is empty, too long or has several lines: write the secret alone into it, in one line")
    return text
