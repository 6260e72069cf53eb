"""`watchkeeper duties roster` and `duties occasion`: who is on duty, and what schedules go by that comes when it comes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, get_args
from urllib.parse import quote
from zoneinfo import ZoneInfo

import click

from contract.clock import SystemClock, rfc3339
from hub.duties.schedule import OccasionKind
from watchkeeper.daytime import DAY_OR_TIME, DayType, begin_us, end_us
from watchkeeper.hub_client import HubClient
from watchkeeper.tables import NONE, Language, local_time, show

PAGE_ROWS = 500
ROWS_MAX = 10_000
"""More than a terminal shows to anybody."""


class _TimeType(DayType):
    """A time as RFC 3339 alone: a shift or a warning begins at a moment, not on a day."""

    def __init__(self) -> None:
        super().__init__(or_time=True)
        self.name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | int:
        """The time in microseconds."""
        found = super().convert(value, param, ctx)
        if isinstance(found, date):
            self.fail(f"{value}: write the time too, such as 2026-01-31T08:00:00+08:00", param, ctx)
        return found


TIME = _TimeType()
_SHIFTS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("人员", "编号", "路线", "开始", "结束"),
    "en": ("person", "id", "route", "from", "until"),
}
_OCCASIONS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("种类", "编号", "开始", "结束", "说明"),
    "en": ("kind", "id", "from", "until", "note"),
}
_KINDS: Mapping[str, tuple[str, str]] = {"bad_weather": ("恶劣天气", "bad weather"), "event": ("活动", "event")}
_EVERYWHERE = ("全部路线", "every route")


@click.group()
def roster() -> None:
    """Who is on duty on which route, and when."""


@roster.command("list")
@click.option("--person", default="", help="Of one person.")
@click.option("--route", default="", help="On one route.")
@click.option("--from", "from_", type=DAY_OR_TIME, help="Those that end later: a local day, or RFC 3339.")
@click.option("--to", type=DAY_OR_TIME, help="Those that begin before this, a day included.")
@click.pass_context
def list_shifts(context: click.Context, person: str, route: str, from_: date | int | None, to: date | int | None) -> None:
    """Show the shifts, the one that begins last first."""
    hub, lang, zone = context.obj, context.meta["lang"], _zone(context.obj)
    times = ({} if from_ is None else {"from": rfc3339(begin_us(from_, zone))}) | (
        {} if to is None else {"to": rfc3339(end_us(to, zone))}
    )
    rows = _pages(hub, "/roster", "shifts", person=person, route=route, **times)
    show([_SHIFTS[lang], *(_shift(row, lang, zone) for row in rows)])


@roster.command("set")
@click.argument("person")
@click.option("--route", default="", help="On which route; on every one, where nothing is said.")
@click.option("--from", "from_", type=TIME, required=True, help="When it begins, as RFC 3339.")
@click.option("--until", type=TIME, required=True, help="When it ends.")
@click.pass_context
def set_shift(context: click.Context, person: str, route: str, from_: int, until: int) -> None:
    """Put PERSON on the roster. A shift of the same person and route that begins at the same time is replaced.

    \b
    Example:
      watchkeeper duties roster set li-wei --route night-round \\
        --from 2026-01-01T20:00:00+08:00 --until 2026-01-02T08:00:00+08:00
    """
    body = {"person": person, "route": route, "from": rfc3339(from_), "until": rfc3339(until)}
    done = context.obj.post("/roster", body)
    _tell(context, ("已排班", "on the roster:"), _shift(done, context.meta["lang"], _zone(context.obj)))


@roster.command("remove")
@click.argument("person")
@click.option("--route", default="", help="As it was set; leave it out for a shift on every route.")
@click.option("--from", "from_", type=TIME, required=True, help="When it begins, as RFC 3339.")
@click.pass_context
def remove_shift(context: click.Context, person: str, route: str, from_: int) -> None:
    """Take the shift of PERSON that begins at that moment off the roster."""
    done = context.obj.delete("/roster", person=person, route=route, **{"from": rfc3339(from_)})
    _tell(context, ("已取消排班", "off the roster:"), _shift(done["removed"], context.meta["lang"], _zone(context.obj)))


@click.group()
def occasion() -> None:
    """Warnings of bad weather, and events: schedules of the type `occasion` go by them."""


@occasion.command("list")
@click.pass_context
def list_occasions(context: click.Context) -> None:
    """Show what was announced, the one that begins last first."""
    hub, lang, zone = context.obj, context.meta["lang"], _zone(context.obj)
    rows = _pages(hub, "/occasions", "occasions")
    show([_OCCASIONS[lang], *(_occasion(row, lang, zone) for row in rows)])


@occasion.command()
@click.argument("kind", type=click.Choice(get_args(OccasionKind)))
@click.option("--id", "name", default="", help="A name of one's own, by which it is ended: typhoon-3. One is made up otherwise.")
@click.option("--from", "from_", type=TIME, help="When it begins, as RFC 3339; now, where nothing is said.")
@click.option("--until", type=TIME, help="When it ends, where that is known.")
@click.option("--note", default="", help="What is to be known about it.")
@click.pass_context
def start(context: click.Context, kind: str, name: str, from_: int | None, until: int | None, note: str) -> None:
    """Announce an occasion of this KIND, or with --id change one that is there. Its windows are made at once.

    \b
    Example:
      watchkeeper duties occasion start bad_weather --id typhoon-3 --note 台风橙色预警
    """
    begins_us = SystemClock().now_us() if from_ is None else from_
    body = {"kind": kind, "from": rfc3339(begins_us), "note": note}
    _announce(context, body | ({"id": name} if name else {}), until)


@occasion.command()
@click.argument("name", metavar="ID")
@click.option("--until", type=TIME, help="When it ended, as RFC 3339; now, where nothing is said.")
@click.pass_context
def end(context: click.Context, name: str, until: int | None) -> None:
    """End the occasion ID: what is due after it goes by this end."""
    row = next((one for one in _pages(context.obj, "/occasions", "occasions") if one["id"] == name), None)
    if row is None:
        raise click.UsageError(f"there is no occasion {name}: see `watchkeeper duties occasion list`")
    body = {key: row[key] for key in ("id", "kind", "from", "note")}
    _announce(context, body, SystemClock().now_us() if until is None else until)


@occasion.command()
@click.argument("name", metavar="ID")
@click.pass_context
def cancel(context: click.Context, name: str) -> None:
    """Call the occasion ID off, as if it had never been announced. One that was there is ended with `end` instead."""
    _told(context, ("已取消", "called off:"), context.obj.delete(f"/occasions/{quote(name, safe='')}"))


def _announce(context: click.Context, body: dict[str, Any], until_us: int | None) -> None:
    done = context.obj.post("/occasions", body | ({} if until_us is None else {"until": rfc3339(until_us)}))
    _told(context, ("已登记", "announced:"), done)


def _told(context: click.Context, what: tuple[str, str], done: dict[str, Any]) -> None:
    lang = context.meta["lang"]
    _tell(context, what, _occasion(done["occasion"], lang, _zone(context.obj)))
    windows = done["windows"]
    click.echo(f"涉及 {windows} 个时段" if lang == "zh" else f"{windows} windows were made or taken back")


def _tell(context: click.Context, what: tuple[str, str], cells: Iterable[str]) -> None:
    zh, en = what
    click.echo("  ".join((zh if context.meta["lang"] == "zh" else en, *cells)).rstrip())


def _pages(hub: HubClient, path: str, name: str, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for offset in range(0, ROWS_MAX, PAGE_ROWS):
        page = hub.get(path, limit=PAGE_ROWS, offset=offset, **query).json()[name]
        rows += page
        if len(page) < PAGE_ROWS:
            return rows
    click.echo(f"… 仅前 {ROWS_MAX} 条 / only the first {ROWS_MAX}", err=True)
    return rows


def _zone(hub: HubClient) -> ZoneInfo:
    return ZoneInfo(hub.get("/duties/windows", limit=1).json()["timezone"])


def _shift(row: dict[str, Any], lang: Language, zone: ZoneInfo) -> Sequence[str]:
    route = row["route"] or _EVERYWHERE[lang == "en"]
    return (row[f"person_{lang}"], row["person"], route, local_time(row["from"], zone), local_time(row["until"], zone))


def _occasion(row: dict[str, Any], lang: Language, zone: ZoneInfo) -> Sequence[str]:
    kind = _KINDS[row["kind"]][lang == "en"] if row["kind"] in _KINDS else row["kind"]
    return (kind, row["id"], local_time(row["from"], zone), local_time(row["until"], zone), row["note"] or NONE)
