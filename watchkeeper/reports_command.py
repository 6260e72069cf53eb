"""`watchkeeper reports`: what a manager asks of a hub, on the terminal or into a file."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import click

from hub.reports.csvfile import csv_bytes
from hub.reports.figures import By, in_words
from watchkeeper.hub_client import DEFAULT_URL, HubClient
from watchkeeper.tables import NONE

DAY = click.DateTime(["%Y-%m-%d"])
LANGS = click.Choice(["zh", "en", "both"])
_COMPLIANCE = ("key", "name", "due", "kept", "withdrawn", "missed", "unproven", "rate", "percent")
_UNVISITED = ("place", "name", "longest", "ended", "ongoing", "last_visit_at")


@click.group()
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the hub answers.")
@click.pass_context
def reports(context: click.Context, url: str) -> None:
    """How duties were kept, which places stayed unvisited, and the daily record of patrols, from a running hub."""
    context.obj = context.with_resource(HubClient(url))


def _common(command: Any) -> Any:
    options = (
        click.option("--from", "first", type=DAY, required=True, help="The first local day, such as 2026-01-01."),
        click.option("--to", "last", type=DAY, help="The last local day, included; as --from where nothing is said."),
        click.option("--duty", "duties", multiple=True, help="This duty alone; may be given several times."),
        click.option("--lang", type=LANGS, default="both", show_default=True, help="The language of names."),
        click.option(
            "-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write here: .json, else CSV."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@reports.command()
@_common
@click.option("--by", type=click.Choice(get_args(By)), default="place", show_default=True, help="What a row is.")
@click.pass_obj
def compliance(
    hub: HubClient, first: datetime, last: datetime | None, duties: tuple[str, ...], lang: str, file: Path | None, by: str
) -> None:
    """Windows due, kept, missed, unproven, withdrawn, and the rate as an exact fraction: the worst first.

    \b
    Example:
      watchkeeper reports compliance --from 2026-01-01 --to 2026-01-31 --by person -o january.csv
    """
    found = hub.get("/reports/compliance", by=by, duty=list(duties), **_days(first, last)).json()
    rows = [
        row | {"name": _name(row, lang), "rate": row["rate"] or NONE, "percent": row["percent"] or NONE} for row in found["rows"]
    ]
    # A fraction such as 1/4 is a date to a spreadsheet: there the percentage is enough, beside the counts that it is made of.
    columns = _COMPLIANCE if file is None else tuple(name for name in _COMPLIANCE if name != "rate")
    _show(found, columns, rows, file)


@reports.command()
@_common
@click.option("--limit", type=click.IntRange(1, 1_000), default=10, show_default=True, help="How many places at most.")
@click.pass_obj
def unvisited(
    hub: HubClient, first: datetime, last: datetime | None, duties: tuple[str, ...], lang: str, file: Path | None, limit: int
) -> None:
    """The longest times that places stayed unvisited, up to now, in hours and minutes: the worst first."""
    found = hub.get("/reports/unvisited", duty=list(duties), limit=limit, **_days(first, last)).json()
    rows = [
        row
        | {name: NONE if row[f"{name}_s"] is None else in_words(row[f"{name}_s"]) for name in ("longest", "ended", "ongoing")}
        | {"name": _name(row, lang), "last_visit_at": row["last_visit_at"] or "never"}
        for row in found["rows"]
    ]
    _show(found, _UNVISITED, rows, file)


@reports.command()
@click.argument("day", type=DAY)
@click.option("--lang", type=LANGS, default="both", show_default=True, help="In which language it is written.")
@click.option("--route", "routes", multiple=True, help="This route alone; may be given several times.")
@click.option(
    "-o", "--output", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="FILE.pdf or FILE.csv."
)
@click.pass_obj
def record(hub: HubClient, day: datetime, lang: str, routes: tuple[str, ...], file: Path) -> None:
    """Write the record of patrols of a local DAY: as a PDF to sign, or as CSV.

    \b
    Example:
      watchkeeper reports record 2026-01-01 --lang zh -o 2026-01-01.pdf
    """
    if file.suffix not in (".pdf", ".csv"):
        raise click.UsageError(f"{file} is neither .pdf nor .csv: end its name in one of them")
    _write(file, hub.get(f"/reports/patrol/{day:%Y-%m-%d}{file.suffix}", lang=lang, route=list(routes)).content)


def _days(first: datetime, last: datetime | None) -> dict[str, date]:
    return {"from": first.date(), "to": (last or first).date()}


def _name(row: dict[str, str], lang: str) -> str:
    names = (row["name_zh"], row["name_en"])
    return " ".join(dict.fromkeys(names)) if lang == "both" else names[lang == "en"]


def _show(found: Any, columns: Sequence[str], rows: Sequence[dict[str, Any]], file: Path | None) -> None:
    cells = [[str(row[name]) for name in columns] for row in rows]
    if file is not None:
        is_json = file.suffix == ".json"
        _write(file, json.dumps(found, ensure_ascii=False, indent=1).encode() if is_json else csv_bytes(columns, _empty(cells)))
        return
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for line in (list(columns), *cells):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _empty(cells: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """In a spreadsheet where there is nothing a cell is empty."""
    return (["" if cell == NONE else cell for cell in row] for row in cells)


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror or error}") from None
    click.echo(f"wrote {len(data)} bytes: {file}")
