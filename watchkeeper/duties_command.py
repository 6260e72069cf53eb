"""`watchkeeper duties`: what was to be done, whether it was, and why the hub says so; and what the desk has to report."""

import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote
from zoneinfo import ZoneInfo

import click

from contract.clock import SystemClock, rfc3339
from hub.duties.types import HUB_SOURCE, WindowState
from hub.duties.words import STATES
from watchkeeper.daytime import DAY_OR_TIME, begin_us, end_us
from watchkeeper.hub_client import HubClient, Wrong, hub_options
from watchkeeper.import_command import import_dump
from watchkeeper.roster_command import occasion, roster
from watchkeeper.tables import LANGUAGES, lang_option, language, local_time, show

PAGE_ROWS = 500
_HEADS = {"zh": ("状态", "职责", "位置", "开始", "截止", "编号"), "en": ("state", "duty", "place", "opens", "ends", "id")}


def _entry(command: Callable[..., None]) -> Callable[..., None]:
    """What every entry of the desk has."""
    person = click.option("--by", "person", default="", metavar="PERSON", help="Whose answer it is: an id of the estate's staff.")
    key = click.option("--key", default="", help="A name of one's own for the entry: given twice, it counts once.")
    fields = click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="A field; may be given several times.")
    place, duty = click.argument("place"), click.argument("duty")
    return duty(place(person(fields(key(click.pass_obj(command))))))


@click.group()
@hub_options
@lang_option
@click.pass_context
def duties(context: click.Context, url: str, token_file: Path | None, ca_file: Path | None, lang: str | None) -> None:
    """List windows of duties, explain one, and enter what the desk has to say, at a running hub."""
    context.obj = context.with_resource(HubClient(url, token_file, ca_file))
    context.meta["lang"] = lang or language()


@duties.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(get_args(WindowState)), help="May be given several times.")
@click.option("--duty", default="", help="Of one duty.")
@click.option("--place", default="", help="At one place.")
@click.option("--from", "from_", type=DAY_OR_TIME, help="Those that end later: a local day, or RFC 3339.")
@click.option("--to", type=DAY_OR_TIME, help="Those that open before this, a day included; now, where nothing is said.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="How many at most.")
@click.pass_context
def list_windows(
    context: click.Context,
    states: tuple[str, ...],
    duty: str,
    place: str,
    from_: date | int | None,
    to: date | int | None,
    limit: int,
) -> None:
    """Show windows, newest first. The last column is what `explain` takes."""
    lang, hub = context.meta["lang"], context.obj
    times = _times(hub, from_, to)
    rows: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        size = min(PAGE_ROWS, limit - len(rows))
        page = hub.get("/duties/windows", state=list(states), duty=duty, place=place, limit=size, **times, **cursor).json()
        rows += page["windows"]
        if page["next"] is None or len(rows) >= limit:
            break
        cursor = {"cursor": page["next"]}
    show([_HEADS[lang], *(_row(row, lang, ZoneInfo(page["timezone"])) for row in rows)])
    if page["next"] is not None:
        click.echo(f"… 仅前 {limit} 条：用 --limit / only the first {limit}: see --limit", err=True)


def _times(hub: HubClient, from_: date | int | None, to: date | int | None) -> dict[str, str]:
    """What the API takes for both ends. A day is the estate's: the hub knows where that is."""
    zone = ZoneInfo("UTC")
    if isinstance(from_, date) or isinstance(to, date):
        zone = ZoneInfo(hub.get("/duties/windows", limit=1).json()["timezone"])
    until_us = SystemClock().now_us() if to is None else end_us(to, zone)
    return {"to": rfc3339(until_us)} | ({} if from_ is None else {"from": rfc3339(begin_us(from_, zone))})


@duties.command("explain")
@click.argument("window", metavar="ID")
@click.pass_context
def explain_window(context: click.Context, window: str) -> None:
    """Say why the window ID is what it is, in both languages, and what became of each scan near it."""
    lang: str = context.meta["lang"]
    found = context.obj.get(f"/duties/windows/{quote(window)}").json()
    zone = ZoneInfo(found["timezone"])
    for one in sorted(LANGUAGES, key=lambda one: one != lang):
        click.echo(found[f"explanation_{one}"])
    if found["incident"] is not None:
        click.echo(f"{'事件' if lang == 'zh' else 'incident'} {found['incident']}")
    show([_weighed(row, lang, zone) for row in found["scans"]])


@duties.command()
@_entry
def answer(hub: HubClient, duty: str, place: str, person: str, fields: tuple[str, ...], key: str) -> None:
    """Answer for DUTY at PLACE, now, at the hub itself.

    \b
    Example:
      watchkeeper duties answer post-check-in monitor-room --by li-wei
    """
    _enter(hub, "answer", duty, place, person, fields, key)


@duties.command()
@_entry
def report(hub: HubClient, duty: str, place: str, person: str, fields: tuple[str, ...], key: str) -> None:
    """Report DUTY at PLACE as done, now, at the hub itself, with the fields that the duty requires.

    \b
    Example:
      watchkeeper duties report letters-delivered office --by li-wei --field slips_counted=3 --field complaints_registered=3
    """
    _enter(hub, "report", duty, place, person, fields, key)


def _enter(hub: HubClient, kind: str, duty: str, place: str, person: str, fields: tuple[str, ...], key: str) -> None:
    now = rfc3339(SystemClock().now_us())
    item = {
        "key": key or secrets.token_hex(8),
        "kind": kind,
        "made_at": now,
        "duty": duty,
        "place": place,
        "person": person,
        "fields": dict(map(_field, fields)),
    }
    done = hub.post("/scans", {"phone": HUB_SOURCE, "sent_at": now, "items": [item]})["items"][0]
    if done["outcome"] == "refused":
        raise Wrong(f"{done['message_zh']} / {done['message_en']}")
    flags = f" ({', '.join(done['flags'])})" if done["flags"] else ""
    click.echo(f"{done['outcome']} {kind} {duty} {place} {item['key']}{flags}")
    click.echo(_effect(done, click.get_current_context().meta["lang"]))


def _effect(done: dict[str, Any], lang: str) -> str:
    """What it is good for: one that counts for nothing is stored all the same, and whoever entered it has to know."""
    if done["window"] is not None:
        return f"{'计入时段' if lang == 'zh' else 'It keeps'} {done['window']}"
    why = done[f"why_{lang}"] or ("记录过旧" if lang == "zh" else "it is too old")
    return f"{'不计入任何时段：' if lang == 'zh' else 'It keeps no window: '}{why}"


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--field {text}: write it as NAME=VALUE")
    return name, value


def _row(row: dict[str, Any], lang: str, zone: ZoneInfo) -> tuple[str, ...]:
    zh, en = STATES[row["state"]]
    state = zh if lang == "zh" else en
    opens, ends = (local_time(row[name], zone) for name in ("opens_at", "ends_at"))
    return (state, row[f"duty_{lang}"], row[f"place_{lang}"], opens, ends, row["id"])


def _weighed(row: dict[str, Any], lang: str, zone: ZoneInfo) -> tuple[str, ...]:
    scan = row["scan"]
    made = local_time(scan["at"], zone, "%m-%d %H:%M:%S")
    who = scan["person"] or _quoted(scan["person_told"]) or "-"
    return ("*" if row["keeps"] else "-", made, scan["source"], who, row[f"why_{lang}"])


def _quoted(told: str) -> str:
    """Somebody whom the staff does not know."""
    return f"“{told}”?" if told else ""


for _command in (import_dump, roster, occasion):
    duties.add_command(_command)
