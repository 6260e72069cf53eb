"""`watchkeeper duties import`: the scans of a wand that was read out by its maker's program, not in a cradle."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import click

from contract.clock import US_PER_S, SystemClock, parse_rfc3339, rfc3339
from contract.names import guard_name
from contract.settings import check
from drivers.patrol_wand.csvdump import Row
from drivers.patrol_wand.decode import PatrolWandOptions
from edge.config_files import read_key
from hub.duties.explain import WORDS
from hub.duties.words import STATES
from watchkeeper.daytime import TIME, TIMES, Told, begin_us
from watchkeeper.hub_client import HubClient, Wrong, hub_zone
from watchkeeper.tables import local_time
from watchkeeper.wand_dump import (
    FILE_BYTES_MAX,
    FINDINGS,
    ROWS_MAX,
    WHY_UNPROVEN,
    Dump,
    chunks,
    item_of,
    of_wand,
    proof,
    read_dump,
)

CHUNK_ROWS = 200
"""Scans in one request."""
PAGE_ROWS, PAGES_MAX = 500, 200
"""Of the wand's own events, and how many pages are looked through."""
TOLD_MAX = 50
"""Lines, or windows, that are told one by one; the others are counted."""
_FILE = click.Path(path_type=Path, dir_okay=False)


class Order(NamedTuple):
    """What was asked for."""

    file: Path
    wand: str
    number: str
    options: PatrolWandOptions
    off_us: int
    guard: Callable[[str], str] | None
    whole_until_us: int | None


class Sent(NamedTuple):
    """A scan, and what became of it."""

    row: Row
    outcome: dict[str, Any]


@click.command("import")
@click.argument("file", type=_FILE)
@click.option("--wand", required=True, metavar="ID", help="The wand, a device of the estate.")
@click.option(
    "--number", default="", help="The wand's own number, such as A1B2C3D4: where the file names several wands, or none."
)
@click.option("--layout", type=_FILE, help="A YAML file with the wand's options, as in an agent's settings: csv, zone, medium.")
@click.option("--clock-off", "off_s", type=click.FloatRange(-1e7, 1e7), default=0.0, help="Seconds that its clock is ahead.")
@click.option("--card-key", type=_FILE, help="The agents' card_key_file: guards' tags are sent as hashes under it.")
@click.option("--without-guards", is_flag=True, help="Leave out who carried the wand.")
@click.option(
    "--whole-until",
    type=TIME,
    help=f"When the wand was read out: {TIMES}. By this you vouch that FILE has all that it stored by then.",
)
@click.pass_context
def import_dump(
    context: click.Context,
    *,
    file: Path,
    wand: str,
    number: str,
    layout: Path | None,
    off_s: float,
    card_key: Path | None,
    without_guards: bool,
    whole_until: Told | None,
) -> None:
    """Bring the scans in FILE, a CSV of the maker's program, to the hub as late evidence of a wand. Twice changes nothing.

    \b
    Example:
      watchkeeper duties import dump.csv --wand wand-east --layout wand.yaml --card-key secrets/card.key
    \b
    Exit codes: 0 all of it is at the hub; 1 some lines could not be read or were refused, or it failed on the way: mend them and
    import the file again; 2 what was given is wrong, and nothing was sent.
    """
    options = _options(layout)
    dump = _read(file, options)
    number = number.upper() or _only(dump, file)
    rows = of_wand(dump, number)
    guard = _guard(rows, card_key, without_guards)
    whole_until_us = None if whole_until is None else begin_us(whole_until, hub_zone(context.obj))
    order = Order(file, wand, number, options, round(off_s * US_PER_S), guard, whole_until_us)
    if whole_until is not None and dump.findings:
        _tell_findings(dump, file)
        raise Wrong(
            f"{file}: {len(dump.findings)} lines cannot be read, so it is not whole: mend them, or leave out --whole-until"
        )
    _bring(context, order, dump, rows)


def _bring(context: click.Context, order: Order, dump: Dump, rows: Sequence[Row]) -> None:
    hub, say = context.obj, _sayer(context)
    device = hub.get(f"/devices/{quote(order.wand)}").json()["device"]
    if device["kind"] != "wand":
        raise Wrong(f"{order.wand} is a {device['kind']}: write a device of the kind wand")
    _tell_findings(dump, order.file)
    sent = [one for part in chunks(rows, CHUNK_ROWS) for one in _send(hub, order, part)]
    refused = [one for one in sent if one.outcome["outcome"] == "refused"]
    for one in refused[:TOLD_MAX]:
        click.echo(f"{order.file}:{one.row.line}: {one.outcome['message_zh']} / {one.outcome['message_en']}", err=True)
    counts = Counter(one.outcome["outcome"] for one in sent)
    others = len(dump.rows) - len(rows)
    words = (
        (counts["new"], "新记录", "new"),
        (counts["duplicate"], "已有", "known already"),
        (counts["altered"], "与已有记录不符，另存", "known with another content, kept beside it"),
        (len(refused), "被拒绝", "refused"),
        (len(dump.findings), "行无法读取", "lines that cannot be read"),
        (others, "属于其他巡更棒", "of other wands"),
    )
    click.echo(", ".join(say(f"{count} {zh}", f"{count} {en}") for count, zh, en in words))
    _tell_effects(hub, sent, say)
    _tell_mark(hub, order, sent, device["reported_up_to"], say)
    if refused or dump.findings:
        context.exit(1)


def _send(hub: HubClient, order: Order, rows: Sequence[Row]) -> Iterator[Sent]:
    items = [item_of(row, order.options.medium, order.guard) for row in rows]
    taken = hub.post("/scans", _request(order) | {"items": items})["items"]
    return (Sent(row, outcome) for row, outcome in zip(rows, taken, strict=True))


def _request(order: Order) -> dict[str, Any]:
    return {"phone": order.wand, "sent_at": rfc3339(SystemClock().now_us()), "clock_off_s": order.off_us / US_PER_S}


def _tell_effects(hub: HubClient, sent: Sequence[Sent], say: Callable[[str, str], str]) -> None:
    """Which windows the new scans keep, and why others keep none."""
    new = [one.outcome for one in sent if one.outcome["outcome"] in ("new", "altered")]
    windows = list(dict.fromkeys(one["window"] for one in new if one["window"]))
    for window in windows[:TOLD_MAX]:
        state = hub.get(f"/duties/windows/{quote(window)}").json()["window"]["state"]
        click.echo(f"{say(*STATES[state])} {window}")
    if len(windows) > TOLD_MAX:
        more = len(windows) - TOLD_MAX
        click.echo(say(f"… 另有 {more} 个时段", f"… and {more} more windows"))
    idle = Counter(one["why"] or "" for one in new if not one["window"])
    for why, count in idle.most_common():
        zh, en = WORDS.get(why, ("记录过旧", "it is too old"))
        click.echo(say(f"{count} 条不计入任何时段：{zh}", f"{count} keep no window: {en}"))


def _tell_mark(hub: HubClient, order: Order, sent: Sequence[Sent], reported: str | None, say: Callable[[str, str], str]) -> None:
    """Move the wand's watermark as far as the file proves, or as somebody vouches for, and say so."""
    whole = all(one.outcome["outcome"] != "refused" for one in sent)
    if order.whole_until_us is not None and whole:
        up_to_us: int | None = order.whole_until_us + order.off_us
        why = ""
    else:
        reported_us = None if reported is None else parse_rfc3339(reported) + order.off_us
        taken = [one for one in sent if one.outcome["outcome"] != "refused"]
        dumped = _dumped(hub, order.wand, min(one.row.at_us for one in taken) - order.off_us) if reported and taken else set()
        known = [one.outcome["outcome"] == "duplicate" and one.outcome["key"] not in dumped for one in taken]
        up_to_us, why = proof([one.row for one in taken], known, reported_us)
    if up_to_us is None:
        click.echo(
            say(f"上报截止时间未变：{WHY_UNPROVEN[why][0]}", f"how far it has reported stays as it was: {WHY_UNPROVEN[why][1]}")
        )
        return
    hub.post("/scans", _request(order) | {"up_to": rfc3339(up_to_us), "items": []})
    device = hub.get(f"/devices/{quote(order.wand)}").json()["device"]
    zone = hub_zone(hub)
    shown = local_time(device["reported_up_to"], zone, "%Y-%m-%d %H:%M:%S")
    click.echo(say(f"已上报至 {shown}", f"it has reported up to {shown}"))


def _dumped(hub: HubClient, wand: str, since_us: int) -> set[str]:
    """The names of the wand's scans that came by dumps that proved nothing: that they are known says nothing of their numbers."""
    proven = {one["seq"]: one["reading"]["up_to_us"] for one in _events(hub, wand, "wand_read", since_us)}
    return {
        one["reading"]["scan"]
        for one in _events(hub, wand, "tag_scanned", since_us)
        if not any(seq > one["seq"] and up_to_us >= parse_rfc3339(one["at"]) for seq, up_to_us in proven.items())
    }


def _events(hub: HubClient, wand: str, kind: str, since_us: int) -> Iterator[dict[str, Any]]:
    """What came of the wand by dumps."""
    query: dict[str, Any] = {"device": wand, "kind": kind, "since": rfc3339(since_us), "limit": PAGE_ROWS}
    for _ in range(PAGES_MAX):
        page = hub.get("/events", **query).json()
        yield from (one for one in page["events"] if one["stream"].startswith("dump:"))
        if page["next"] is None:
            return
        query["cursor"] = page["next"]
    raise click.ClickException(f"{wand} has too many events since {rfc3339(since_us)}: import a smaller part")


def _options(layout: Path | None) -> PatrolWandOptions:
    if layout is None:
        return PatrolWandOptions()
    checked = check(layout, PatrolWandOptions)
    if checked.value is None:
        raise Wrong("\n".join(checked.messages))
    return checked.value


def _read(file: Path, options: PatrolWandOptions) -> Dump:
    try:
        size = file.stat().st_size
        if size > FILE_BYTES_MAX:
            raise Wrong(f"{file} has {size} bytes: import {FILE_BYTES_MAX} at most, a part at a time")
        data = file.read_bytes()
    except OSError as error:
        raise Wrong(f"{file} cannot be read: {error.strerror or error}") from None
    dump = read_dump(data, options)
    if len(dump.rows) > ROWS_MAX:
        raise Wrong(f"{file} has {len(dump.rows)} scans: import {ROWS_MAX} at most, a part at a time")
    header = next((one for one in dump.findings if one.reason == "no_column"), None)
    if header is not None or not dump.rows:
        _tell_findings(dump, file)
        raise Wrong(f"{file} has no scan that can be read: see --layout, and docs/wands.md")
    return dump


def _only(dump: Dump, file: Path) -> str:
    """The wand that the file names. Raises Wrong where it names several."""
    if len(dump.wands) > 1:
        shown = ", ".join(dump.wands[:10])
        raise Wrong(f"{file} has the scans of {len(dump.wands)} wands ({shown}): say which one this is with --number")
    if not dump.wands and any(row.number is not None for row in dump.rows):
        raise Wrong(f"{file} does not say which wand it is of: write its own number with --number, such as A1B2C3D4")
    return dump.wands[0] if dump.wands else ""


def _guard(rows: Sequence[Row], card_key: Path | None, without: bool) -> Callable[[str], str] | None:
    """How a guard's tag is told: as the agents tell it, or not at all."""
    if without or (card_key is None and not any(row.guard for row in rows)):
        return None
    if card_key is None:
        raise Wrong("the file says who carried the wand: give --card-key, the agents' card_key_file, or --without-guards")
    try:
        return partial(guard_name, read_key(card_key))
    except OSError as error:
        raise Wrong(f"{card_key} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise Wrong(f"{card_key} {error}") from None


def _tell_findings(dump: Dump, file: Path) -> None:
    for one in dump.findings[:TOLD_MAX]:
        zh, en = FINDINGS.get(one.reason, (one.reason, one.reason))
        where = f"{file}:{one.line}: " + (f"{one.column}: " if one.column else "")
        click.echo(f"{where}{one.reason}: {zh} / {en}", err=True)
    if len(dump.findings) > TOLD_MAX:
        click.echo(f"… {len(dump.findings) - TOLD_MAX} more", err=True)


def _sayer(context: click.Context) -> Callable[[str, str], str]:
    chinese = context.meta["lang"] == "zh"
    return lambda zh, en: zh if chinese else en
