"""`watchkeeper keys`: the register of keys and equipment, as an installer fills it from a list."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from hub.desk.keys import ITEMS_MAX, KINDS
from watchkeeper.hub_client import HubClient, HubGroup, Wrong, hub_options, hub_zone
from watchkeeper.tables import NONE, Language, lang_option, language, local_time, show

COLUMNS = ("id", "kind", "name_zh", "name_en", "place")
FILE_BYTES_MAX = 1024 * 1024
PAGE_ROWS = 500
_HEADS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("编号", "种类", "名称", "存放", "状态", "持有人", "应还"),
    "en": ("id", "kind", "name", "place", "state", "holder", "due"),
}


class Line(NamedTuple):
    """A line of the file."""

    number: int
    fields: dict[str, str]


@click.group(cls=HubGroup)
@hub_options
@lang_option
@click.pass_context
def keys(context: click.Context, url: str, token_file: Path | None, ca_file: Path | None, lang: Language | None) -> None:
    """Keys, radios, torches, batons and recorders: list them, and bring a list of them to a running hub."""
    context.obj = context.with_resource(HubClient(url, token_file, ca_file))
    context.meta["lang"] = lang or language()


@keys.command("list")
@click.option("--out", is_flag=True, help="Only what is out.")
@click.pass_obj
def list_keys(hub: HubClient, out: bool) -> None:
    """Show the register: where each item is, who has it, and until when."""
    lang: Language = click.get_current_context().meta["lang"]
    zone, rows = hub_zone(hub), list[dict[str, Any]]()
    for offset in range(0, ITEMS_MAX + PAGE_ROWS, PAGE_ROWS):
        query: dict[str, Any] = {"state": "out"} if out else {}
        page = hub.get("/keys", limit=PAGE_ROWS, offset=offset, **query).json()["keys"]
        rows += page
        if len(page) < PAGE_ROWS:
            break
    lines = [
        (
            row["id"],
            row[f"kind_{lang}"],
            row[f"name_{lang}"],
            row[f"place_{lang}"],
            row[f"state_{lang}"],
            row[f"holder_{lang}"] or NONE,
            local_time(row["due_at"], zone),
        )
        for row in rows
    ]
    show([_HEADS[lang], *lines])


@keys.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def import_keys(context: click.Context, file: Path) -> None:
    """Bring the items in FILE to the register: CSV in UTF-8 with the columns id, kind, name_zh, name_en, place. An item that is
    there already stays as it is, so that a file that was mended may be imported again.

    \b
    Example of FILE:
      id,kind,name_zh,name_en,place
      K-12,key,水泵房钥匙,pump room's key,monitor-room
    \b
    Exit codes: 0 all of it is at the hub; 1 some lines were refused: mend them and import the file again; 2 the file cannot be
    read, and nothing was sent.
    """
    lines = list(_lines(file))
    chinese = context.meta["lang"] == "zh"
    added = known = refused = 0
    for line in lines:
        wrong = _wrong(line)
        if not wrong:
            try:
                context.obj.post("/keys", line.fields)
                added += 1
                continue
            except Wrong as error:
                wrong = error.message
        if "the id " in wrong and "is taken" in wrong:
            known += 1
            continue
        refused += 1
        click.echo(f"{file}:{line.number}: {wrong}", err=True)
    click.echo(
        f"{added} 件已登记, {known} 件已有, {refused} 行被拒绝" if chinese else f"{added} added, {known} known, {refused} refused"
    )
    if refused:
        context.exit(1)


def _lines(file: Path) -> Iterator[Line]:
    """The file's lines. Raises Wrong where it is none of this kind."""
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise Wrong(f"{file} has over {FILE_BYTES_MAX} bytes: import a part at a time")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Wrong(f"{file} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Wrong(f"{file} is no UTF-8: save it as CSV UTF-8") from None
    rows = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise Wrong(f"{file}:1: the columns {', '.join(missing)} are missing: the first line names {', '.join(COLUMNS)}")
    for row in rows:
        yield Line(rows.line_num, {name: (row[name] or "").strip() for name in COLUMNS})


def _wrong(line: Line) -> str:
    """What can be told without asking the hub."""
    empty = [name for name in COLUMNS if not line.fields[name]]
    if empty:
        return f"{', '.join(empty)} 未填写 / {', '.join(empty)} is empty: fill it in"
    kind = line.fields["kind"]
    return "" if kind in KINDS else f"没有种类“{kind}” / {kind!r} is no kind: write one of {', '.join(KINDS)}"
