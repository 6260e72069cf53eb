"""Secrets of channels: in a file of their own, or in the settings file where that is well kept."""

from pathlib import Path

SECRET_BYTES_MAX = 4_096


def one_of(value: str, file: str, what: str) -> None:
    """Raises ValueError unless exactly one of the two is given."""
    if bool(value) == bool(file):
        wrong = "is given twice" if value else "is missing"
        raise ValueError(f"the {what} {wrong}: write either {what} or {what}_file")


def read_secret(value: str, file: str, what: str) -> str:
    """The secret. Raises ValueError with a message, which never holds it."""
    if not file:
        return value
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ValueError(f"{what}_file {file} cannot be read ({reason}): give a file that this user may read") from error
    if not data.strip() or len(data) > SECRET_BYTES_MAX:
        raise ValueError(f"{what}_file {file} is empty or over {SECRET_BYTES_MAX} bytes: write the secret alone into it")
    return data.decode("utf-8", errors="strict").strip()
