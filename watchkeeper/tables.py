"""What commands print for people: the reader's language, columns that stand in line behind Chinese, and local times. Pure but for
the environment."""

import os
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import click

from contract.clock import parse_rfc3339
from hub.duties.tallying import local

F = TypeVar("F", bound=Callable[..., Any])
Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LANG_HELP = "Chinese, unless the locale is of another language."
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
MINUTE = "%Y-%m-%d %H:%M"
NONE = "-"
"""What stands in a column where there is nothing."""


def language() -> Language:
    """Chinese, where the locale does not ask for another language."""
    told = next((os.environ[name] for name in _LOCALES if os.environ.get(name)), "")
    plain = told.partition(".")[0]
    return "zh" if plain in ("", "C", "POSIX") or plain.startswith("zh") else "en"


def lang_option(command: F) -> F:
    """In which language a command speaks."""
    option = click.option("--lang", type=click.Choice(LANGUAGES), help=LANG_HELP)
    return option(command)


def local_time(text: str | None, zone: ZoneInfo, form: str = MINUTE) -> str:
    """A time of the API as a clock in the estate shows it."""
    return NONE if text is None else local(parse_rfc3339(text), zone).strftime(form)


def show(rows: Sequence[Sequence[str]]) -> None:
    """In columns; a Chinese character is as wide as two letters."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if letter >= "\u2e80" else 1 for letter in text)
