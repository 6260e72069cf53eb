"""`watchkeeper reports`: what a manager asks of a hub, on the terminal or into a file."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import click

from hub.duties.words import STATES
from hub.reports.csvfile import csv_bytes
from hub.reports.figures import By, in_words
from hub.reports.words import Lang, Pair, say
from watchkeeper.daytime import DAY, DAY_OF
from watchkeeper.hub_client import HubClient, HubGroup, hub_options
from watchkeeper.tables import NONE, language, local_time, show

LANGS = click.Choice(["zh", "en", "both"])
_COMPLIANCE: Mapping[str, Pair] = {
    "key": ("编号", "id"),
    "name": ("名称", "name"),
    "due": ("应完成", "due"),
    **{state: STATES[state] for state in ("kept", "withdrawn", "missed", "unproven")},
    "rate": ("完成率", "rate"),
    "percent": ("百分比", "percent"),
}
_UNVISITED: Mapping[str, Pair] = {
    "place": ("编号", "id"),
    "name": ("名称", "name"),
    "longest": ("最长未巡", "longest"),
    "ended": ("已结束", "ended"),
    "ongoing": ("持续中", "ongoing"),
    "last": ("最近到位", "last visit"),
}
"""What a row has, and its heading."""


@click.group(cls=HubGroup)
@hub_options
@click.pass_context
def reports(context: click.Context, url: str, token_file: Path | None, ca_file: Path | None) -> None:
    """How duties were kept, which places stayed unvisited, and the daily record of patrols, from a running hub."""
    context.obj = context.with_resource(HubClient(url, token_file, ca_file))


def _common(command: Any) -> Any:
    options = (
        click.option("--from", "first", type=DAY_OF, required=True, help="The first local day, or a time of it."),
        click.option("--to", "last", type=DAY_OF, help="The last local day, included; as --from where nothing is said."),
        click.option("--duty", "duties", multiple=True, help="This duty alone; may be given several times."),
        click.option("--lang", type=LANGS, help="Chinese, unless the locale is of another language."),
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
    hub: HubClient, first: date, last: date | None, duties: tuple[str, ...], lang: Lang | None, file: Path | None, by: str
) -> None:
    """Windows due, kept, missed, unproven, withdrawn, and the rate as an exact fraction: the worst first.

    \b
    Example:
      watchkeeper reports compliance --from 2026-01-01 --to 2026-01-31 --by person -o january.csv
    """
    found = hub.get("/reports/compliance", by=by, duty=list(duties), **_days(first, last)).json()
    lang = lang or language()
    rows = [
        row | {"name": _name(row, lang), "rate": row["rate"] or NONE, "percent": row["percent"] or NONE} for row in found["rows"]
    ]
    # A fraction such as 1/4 is a date to a spreadsheet: there the percentage is enough, beside the counts that it is made of.
    columns = {name: words for name, words in _COMPLIANCE.items() if name != "rate" or file is None}
    _show(found, _headed(columns, lang), rows, file, lang)


@reports.command()
@_common
@click.option("--limit", type=click.IntRange(1, 1_000), default=10, show_default=True, help="How many places at most.")
@click.pass_obj
def unvisited(
    hub: HubClient, first: date, last: date | None, duties: tuple[str, ...], lang: Lang | None, file: Path | None, limit: int
) -> None:
    """The longest times that places stayed unvisited, up to now, in hours and minutes: the worst first."""
    found = hub.get("/reports/unvisited", duty=list(duties), limit=limit, **_days(first, last)).json()
    lang, zone = lang or language(), ZoneInfo(found["timezone"])
    rows = [
        row
        | {name: _unvisited_for(row, name) for name in ("longest", "ended", "ongoing")}
        | {"name": _name(row, lang), "last": local_time(row["last_visit_at"], zone)}
        for row in found["rows"]
    ]
    _show(found, _headed(_UNVISITED, lang), rows, file, lang)


@reports.command()
@click.argument("day", metavar="DAY", type=DAY)
@click.option("--lang", type=LANGS, default="both", show_default=True, help="In which language it is written.")
@click.option("--route", "routes", multiple=True, help="This route alone; may be given several times.")
@click.option(
    "-o", "--output", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="FILE.pdf or FILE.csv."
)
@click.pass_obj
def record(hub: HubClient, day: date, lang: Lang, routes: tuple[str, ...], file: Path) -> None:
    """Write the record of patrols of a local DAY: as a PDF to sign, or as CSV.

    \b
    Example:
      watchkeeper reports record 2026-01-01 --lang zh -o 2026-01-01.pdf
    """
    if file.suffix not in (".pdf", ".csv"):
        raise click.UsageError(f"{file} is neither .pdf nor .csv: end its name in one of them")
    _write(file, hub.get(f"/reports/patrol/{day:%Y-%m-%d}{file.suffix}", lang=lang, route=list(routes)).content, language())


def _unvisited_for(row: dict[str, Any], name: str) -> str:
    """How long; where no visit is on record, the time that goes on is at least so long, and with it the longest may be."""
    seconds = row[f"{name}_s"]
    if seconds is None:
        return NONE
    is_least = row["at_least"] and name != "ended" and seconds == row["ongoing_s"]
    return f"{'≥ ' if is_least else ''}{in_words(seconds)}"


def _days(first: date, last: date | None) -> dict[str, date]:
    return {"from": first, "to": last or first}


def _name(row: dict[str, str], lang: Lang) -> str:
    return say((row["name_zh"], row["name_en"]), lang)


def _headed(columns: Mapping[str, Pair], lang: Lang) -> dict[str, str]:
    return {name: say(words, lang) for name, words in columns.items()}


def _show(found: Any, columns: Mapping[str, str], rows: Sequence[dict[str, Any]], file: Path | None, lang: Lang) -> None:
    cells = [[str(row[name]) for name in columns] for row in rows]
    if file is not None:
        told = json.dumps(found, ensure_ascii=False, indent=1).encode()
        _write(file, told if file.suffix == ".json" else csv_bytes(list(columns.values()), _empty(cells)), lang)
        return
    show([list(columns.values()), *cells])
    if not cells:
        click.echo(say(("这些日子没有应完成的时段", "nothing was due on these days"), lang), err=True)


def _empty(cells: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """In a spreadsheet where there is nothing a cell is empty."""
    return (["" if cell == NONE else cell for cell in row] for row in cells)


def _write(file: Path, data: bytes, lang: Lang) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror or error}") from None
    click.echo(say((f"已写入：{file}", f"wrote {file}"), lang))
