"""`watchkeeper audit`: verify the log by code that shares nothing with what writes it, read it, erase a person from it."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from watchkeeper.audit_verify.form import BadWitness
from watchkeeper.audit_verify.read import Unreadable
from watchkeeper.audit_verify.run import WrongUse
from watchkeeper.audit_verify.run import verify as verify_log
from watchkeeper.hub_client import HubClient, Wrong, hub_options
from watchkeeper.tables import show

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def audit() -> None:
    """The audit log: who did what, when and why. 审计日志。"""


@audit.command()
@click.argument("database", default="data/hub.db")
@click.option(
    "--witness", "witnesses", type=_FILE, multiple=True, help="What an agent has kept: `watchkeeper edge heads CONFIG`."
)
@click.option("--public-key", type=_FILE, help="The hub's audit.pub, as you have kept it; absent: the one beside the database.")
@click.option("--site", help="This site alone.")
def verify(database: str, witnesses: tuple[Path, ...], public_key: Path | None, site: str | None) -> None:
    """Check every entry of DATABASE, a SQLite file or a postgresql:// URL, its signed heads and those that agents have kept.

    Prints one JSON object: checked, problems, and what else was seen. Exit code 0: no problems; 1: problems; 2: it could not be
    checked. The hub may run.

    \b
    Example:
      watchkeeper edge heads gatehouse.yaml > gatehouse.jsonl
      watchkeeper audit verify data/hub.db --witness gatehouse.jsonl --public-key kept-elsewhere.pub
    """
    try:
        told = verify_log(database, witnesses, public_key, site)
    except (WrongUse, BadWitness, Unreadable) as error:
        raise Wrong(str(error)) from None
    click.echo(json.dumps(told, ensure_ascii=False))
    raise SystemExit(1 if told["problems"] else 0)


@audit.command("list")
@hub_options
@click.option("--actor", default="", help="Who did it: a name, or person:ID.")
@click.option("--subject", default="", help="To what it was done.")
@click.option("--act", default="", help="What was done, such as case.acknowledge.")
@click.option("--from", "from_", help="RFC 3339 with an offset.")
@click.option("--to", help="RFC 3339 with an offset.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_entries(url: str, token_file: Path | None, ca_file: Path | None, as_json: bool, **wanted: Any) -> None:
    """The newest entries of a running hub first, for administrators and auditors; only an auditor sees who people are."""
    wanted["from"] = wanted.pop("from_")
    with HubClient(url, token_file, ca_file) as hub:
        found = hub.get("/audit", **{name: value for name, value in wanted.items() if value}).json()["entries"]
    if as_json:
        for entry in found:
            click.echo(json.dumps(entry, ensure_ascii=False))
        return
    columns = ("no", "at", "actor", "role", "act", "topic", "subject", "reason")
    show([columns, *([str(entry[name]) for name in columns] for entry in found)])


@audit.command("show")
@hub_options
@click.argument("no", type=click.IntRange(1))
def show_entry(url: str, token_file: Path | None, ca_file: Path | None, no: int) -> None:
    """One entry with what was before and after, as JSON."""
    with HubClient(url, token_file, ca_file) as hub:
        click.echo(json.dumps(hub.get(f"/audit/{no}").json(), ensure_ascii=False, indent=2))


@audit.command("erase")
@hub_options
@click.argument("person")
@click.option("--reason", required=True, help="Why; it stands in the log.")
def erase_person(url: str, token_file: Path | None, ca_file: Path | None, person: str, reason: str) -> None:
    """Throw the key away of PERSON, a name or person:ID: nobody can read any more who it was. The log stays whole."""
    with HubClient(url, token_file, ca_file) as hub:
        done = hub.post(f"/audit/people/{quote(person, safe='')}/erase", {"reason": reason})
    click.echo(f"erased {done['person']}")
