"""`watchkeeper estate`: check a file, and import, compare and export the estate of a running hub."""

from pathlib import Path
from typing import Any

import click

from hub.estate import EstateFile, check_estate
from hub.estates.document import plain_of
from hub.policy.check import check_file
from hub.policy.load import RESIDENTIAL, Policy
from watchkeeper.hub_client import HubClient, Wrong, hub_options
from watchkeeper.tables import language

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_KINDS = ("devices", "places", "staff", "routes", "phones")
_kind = click.option("--kind", type=click.Choice(_KINDS), help="One table, CSV or YAML; none: the whole estate file.")


@click.group()
def estate() -> None:
    """The estate: its places, devices, people, routes and plan; as a file, and at a running hub."""


@estate.command("check")
@_FILE
@click.option(
    "--policy", "rules", type=click.Path(path_type=Path), default=RESIDENTIAL, help="The estate's policy, if it has its own."
)
def estate_check(file: Path, rules: Path) -> None:
    """Say nothing and exit 0 when FILE is right and fits the policy; else name each mistake with its line and exit 2."""
    messages = check_file(rules) or check_estate(file, Policy.load(rules)).messages
    for message in messages:
        click.echo(message, err=True)
    if messages:
        raise SystemExit(2)


@estate.command("import")
@_FILE
@_kind
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--replace", is_flag=True, help="With --kind: rows that FILE does not name are removed.")
@click.option("--reason", default="", help="Why; it stands beside the version.")
@hub_options
def estate_import(
    file: Path,
    kind: str | None,
    dry_run: bool,
    replace: bool,
    reason: str,
    url: str,
    token_file: Path | None,
    ca_file: Path | None,
) -> None:
    """Put the estate of FILE in force at a running hub, without a restart, with the drawings that it names.

    With --kind FILE is one table: rows take the place of those with their ids. Keys are not sent: the hub has those of its own
    estate file, and of each key_file beside that.
    """
    with HubClient(url, token_file, ca_file) as hub:
        if kind is not None:
            query = {"kind": kind, "apply": not dry_run, "replace": replace, "reason": reason}
            outcome = hub.post_bytes("/estate/import", _bytes(file), **query)
            _tell(outcome, file)
            return
        read = _read(file)
        document = plain_of(read)
        if dry_run:
            _tell(hub.post("/estate/check", {"document": document}), file)
            return
        seen = hub.get("/estate").json()["version"]
        body = {"seen": seen, "document": document, "reason": reason, "origin": "file"}
        _tell(hub.put("/estate", json=body), file)
        for floor in read.floors:
            if floor.drawing is not None:
                taken = hub.put(f"/estate/drawings/{floor.id}", content=_bytes(file.parent / floor.drawing))
                dropped = taken["dropped"]
                click.echo(_say(f"平面图 {floor.id}：略去 {dropped} 处", f"drawing {floor.id}: {dropped} parts left out"))


@estate.command("export")
@_FILE
@_kind
@click.option("--csv", "as_csv", is_flag=True, help="With --kind: as CSV that Excel opens; else YAML.")
@hub_options
def estate_export(file: Path, kind: str | None, as_csv: bool, url: str, token_file: Path | None, ca_file: Path | None) -> None:
    """Write the estate that a running hub goes by, or one table of it, into FILE. It holds no keys."""
    if as_csv and kind is None:
        raise click.UsageError("--csv is for one table: name it with --kind")
    with HubClient(url, token_file, ca_file) as hub:
        reply = hub.get("/estate/export", kind=kind or "", format="csv" if as_csv else "yaml")
    try:
        file.write_bytes(reply.content)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror or error}") from None
    click.echo(_say(f"已写入 {file}", f"wrote {file}"))


def _read(file: Path) -> EstateFile:
    checked = check_estate(file)
    if checked.value is None:
        raise Wrong("\n".join(checked.messages))
    return checked.value


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Wrong(f"{file} cannot be read ({error.strerror or error}): name a file that is there") from None


def _tell(outcome: dict[str, Any], file: Path) -> None:
    """The changes and what follows; mistakes, and exit code 2."""
    lang = language()
    for row in (*outcome["changes"], *outcome["consequences"]):
        click.echo(row[f"text_{lang}"])
    for wrong in outcome["errors"]:
        where = ":".join(str(part) for part in (file, wrong["row"], wrong["column"]) if part) if wrong["row"] else wrong["at"]
        click.echo(f"{where}: {wrong['message_zh']} / {wrong['message_en']}", err=True)
    if not outcome["good"]:
        raise SystemExit(2)
    version = outcome["version"]
    click.echo(
        _say(f"第 {version} 版已生效", f"version {version} is in force")
        if outcome["applied"]
        else _say("仅检查，未作修改", "checked; nothing was changed")
    )


def _say(zh: str, en: str) -> str:
    return zh if language() == "zh" else en
