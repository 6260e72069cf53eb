"""`watchkeeper permits`: who may go where, looked up and imported."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from watchkeeper.hub_client import HubClient, HubGroup, Wrong, hub_options
from watchkeeper.tables import NONE, Language, lang_option, language, show

PAGE_ROWS = 200
ROWS_MAX = 2_000
"""More than a terminal shows to anybody."""
FILE_BYTES_MAX = 4 * 1024 * 1024
_PERMITS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("权限", "持有人", "权限组", "有效期自", "有效期至", "凭证"),
    "en": ("permit", "holder", "groups", "from", "until", "credentials"),
}
_TABLES: Mapping[Language, tuple[str, ...]] = {
    "zh": ("采集端", "通道", "版本", "条目", "已持有", "落后(秒)"),
    "en": ("agent", "gates", "number", "entries", "held", "behind (s)"),
}
_DONE: Mapping[Language, str] = {
    "zh": "共 {rows} 行：成功 {done}，失败 {failed}{dry}",
    "en": "{rows} rows: {done} done, {failed} failed{dry}",
}
_DRY: Mapping[Language, str] = {"zh": "（试运行，未写入）", "en": " (a dry run: nothing was written)"}


@click.group(cls=HubGroup)
@hub_options
@lang_option
@click.pass_context
def permits(context: click.Context, url: str, token_file: Path | None, ca_file: Path | None, lang: Language | None) -> None:
    """Who may go where and when: permits, credentials, and what gates decide by."""
    context.obj = context.with_resource(HubClient(url, token_file, ca_file))
    context.meta["lang"] = lang or language()


@permits.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only tell what would become of it.")
@click.option("--all-or-nothing", is_flag=True, help="With one wrong row write nothing; 2,000 rows at most.")
@click.option("--reason", default="", help="Why; it stands in the history and on the audit log.")
@click.pass_context
def import_file(context: click.Context, file: Path, dry_run: bool, all_or_nothing: bool, reason: str) -> None:
    """Import permits from FILE: CSV, or a workbook (xlsx). Rows that are wrong are told on standard error, each with its column
    and what to write; exit code 1 says that there were some.

    \b
    Example:
      watchkeeper permits template > permits.csv
      watchkeeper permits import permits.csv --dry-run
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Wrong(f"{file} cannot be read: {error.strerror or error}") from None
    if len(data) > FILE_BYTES_MAX:
        raise Wrong(f"{file} has over {FILE_BYTES_MAX} bytes: split it")
    lang: Language = context.meta["lang"]
    how = {"dry_run": dry_run, "all_or_nothing": all_or_nothing, "reason": reason}
    done = context.obj.post_bytes("/access/import", data, **how)
    for one in done["wrong"]:
        click.echo(f"{file}:{_wrong(one, lang)}", err=True)
    click.echo(_DONE[lang].format(**done | {"dry": _DRY[lang] if dry_run else ""}))
    if done["failed"]:
        context.exit(1)


@permits.command("template")
@click.pass_context
def template(context: click.Context) -> None:
    """Print an empty file for an import, with one row as an example."""
    click.echo(context.obj.get("/access/template").content, nl=False)


@permits.command("list")
@click.option("--text", default="", help="In the holder's name, or in the note.")
@click.option("--group", default="", help="With that group of rights.")
@click.option("--all", "over", is_flag=True, help="Those that are over as well.")
@click.pass_context
def list_permits(context: click.Context, text: str, group: str, over: bool) -> None:
    """Show permits, by their ids."""
    hub, lang = context.obj, context.meta["lang"]
    rows: list[dict[str, Any]] = []
    after = ""
    while len(rows) < ROWS_MAX:
        page = hub.get("/access/permits", text=text, group=group, live=not over, limit=PAGE_ROWS, after=after).json()
        rows += page["permits"]
        after = page["next"] or ""
        if not after:
            break
    show([_PERMITS[lang], *(_permit(hub, row) for row in rows)])


@permits.command("tables")
@click.pass_context
def list_tables(context: click.Context) -> None:
    """Show which table of permits each agent holds, against the newest."""
    lang: Language = context.meta["lang"]
    tables = context.obj.get("/access/tables").json()["tables"]
    show([_TABLES[lang], *(_table(row, lang) for row in tables)])


def _wrong(one: dict[str, Any], lang: Language) -> str:
    column = one["column_zh"] if lang == "zh" and one["column_zh"] else one["column"]
    hint = one[f"write_{lang}"]
    return f"{one['row']}: {column}: {one[f'what_{lang}']}" + (f" ({hint})" if hint and hint not in one[f"what_{lang}"] else "")


def _permit(hub: HubClient, row: dict[str, Any]) -> tuple[str, ...]:
    found = hub.get("/access/credentials", permit=row["id"], live=True).json()["credentials"]
    shown = " ".join(f"{one['medium']}:{one['shown'] or one['name'][:6]}" for one in found)
    times = (row["valid_from"] or NONE, row["valid_until"] or NONE)
    return (row["id"], row["holder"], " ".join(row["groups"]) or NONE, *times, shown or NONE)


def _table(row: dict[str, Any], lang: Language) -> tuple[str, ...]:
    behind = NONE if row["behind_s"] is None else f"{row['behind_s']:.0f}"
    held = NONE if row["held_no"] is None else str(row["held_no"])
    return (row[f"name_{lang}"], " ".join(row["portals"]) or NONE, str(row["no"]), str(row["entries"]), held, behind)
