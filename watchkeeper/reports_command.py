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
_LISTED: Mapping[str, Pair] = {
    "no": ("事件号", "incident"),
    "detector": ("报警", "alarm"),
    "device": ("设备", "device"),
    "since": ("起始时间", "since"),
    "comebacks": ("反复次数", "came back"),
}
_ALARMS: Mapping[str, Mapping[str, Pair]] = {
    "figures": {
        "name": ("指标", "figure"),
        "value": ("数值", "value"),
        "unit": ("单位", "unit"),
        "definition": ("含义", "what it counts"),
    },
    "top": {
        "detector": ("报警", "alarm"),
        "device": ("设备", "device"),
        "alarms": ("次数", "alarms"),
        "share_percent": ("占比%", "share, %"),
    },
    "chattering": _LISTED,
    "stale": _LISTED,
}
"""What a row has, and its heading."""


@click.group(cls=HubGroup)
@hub_options
@click.pass_context
def reports(context: click.Context, url: str, token_file: Path | None, ca_file: Path | None) -> None:
    """How duties were kept and alarms were dealt with, which places stayed unvisited, and the daily record of patrols, from a
    running hub."""
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
@click.option("--from", "first", type=DAY_OF, required=True, help="The first local day, or a time of it as RFC 3339.")
@click.option("--to", "last", type=DAY_OF, help="The last local day, included; as --from where nothing is said.")
@click.option("--show", "part", type=click.Choice(list(_ALARMS)), default="figures", show_default=True, help="What is listed.")
@click.option("--lang", type=LANGS, help="Chinese, unless the locale is of another language.")
@click.option("-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write here: .json, else CSV.")
@click.pass_obj
def alarms(hub: HubClient, first: date, last: date | None, part: str, lang: Lang | None, file: Path | None) -> None:
    """Figures of alarms: rates, floods, times to acknowledge, the worst sources, what chatters and what is stale.

    \b
    Each figure says what it counts. Where nothing is known there is none, and that is never good.
    Example:
      watchkeeper reports alarms --from 2026-01-01 --to 2026-01-31 --show top -o worst.csv
    """
    found = hub.get("/alarms/kpi", **_days(first, last)).json()
    lang, zone = lang or language(), ZoneInfo(found["timezone"])
    rows = [_alarm_row(row, lang, zone) for row in found[part]]
    _show(found, _headed(_ALARMS[part], lang), rows, file, lang)


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


def _alarm_row(row: dict[str, Any], lang: Lang, zone: ZoneInfo) -> dict[str, Any]:
    """What is told in both languages, in the one that is asked for; what is not known, as a dash."""
    said = {name[:-3]: say((row[name], row[name[:-3] + "_en"]), lang) for name in row if name.endswith("_zh")}
    if "since" in row:
        said["since"] = local_time(row["since"], zone)
    return {name: NONE if value in (None, "") else value for name, value in (row | said).items()}


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
