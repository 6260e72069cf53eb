"""The command."""

import json
from pathlib import Path

import click

from watchkeeper.footage_verify.at_agent import Unreadable
from watchkeeper.hub_client import Wrong


@click.command()
@click.argument("where")
@click.option("--samples", type=click.IntRange(0, 10_000), default=20, show_default=True, help="So many segments are played.")
@click.option("--site", help="Of a hub's database: this site alone.")
def verify(where: str, samples: int, site: str | None) -> None:
    """Compare the index and the files of WHERE, an agent's footage folder, both ways, and play samples of them; or, where WHERE
    is a hub's database (a SQLite file or a postgresql:// URL), its index with what it says is covered. Either may run.

    Prints one JSON object: checked, problems. Exit code 0: no problems; 1: problems; 2: it could not be checked.

    \b
    Examples:
      watchkeeper footage verify /var/lib/watchkeeper/footage
      watchkeeper footage verify data/hub.db
    """
    try:
        if Path(where).is_dir():
            from watchkeeper.footage_verify import at_agent

            told = at_agent.verify(Path(where), samples)
        else:
            from watchkeeper.footage_verify import at_hub

            if "://" not in where and not Path(where).is_file():
                raise Unreadable(
                    f"{where} is neither a folder nor a database: give an agent's footage folder, or the hub's database"
                )
            told = at_hub.verify(where if "://" in where else f"sqlite:///{where}", site)
    except Unreadable as error:
        raise Wrong(str(error)) from None
    click.echo(json.dumps(told, ensure_ascii=False))
    raise SystemExit(1 if told["problems"] else 0)
