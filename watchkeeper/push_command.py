"""`watchkeeper push`: what it takes to push to guards' phones."""

from pathlib import Path

import click

from hub.keyfile import BadKeyFile
from hub.push_outward import make_key
from watchkeeper.hub_client import Wrong


@click.group()
def push() -> None:
    """Make what it takes to push to guards' phones."""


@push.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default=Path("vapid.key"))
def init(file: Path) -> None:
    """Make the hub's push key (VAPID) in FILE, for its owner alone. One that is there stays: phones have subscribed to it.

    \b
    Example:
      watchkeeper push init vapid.key
    """
    there = file.exists()
    try:
        make_key(file)
    except BadKeyFile as error:
        raise Wrong(str(error)) from None
    click.echo(f"{file}: {'is there already, and stays' if there else 'made'}")
    click.echo("in the hub's settings, and start it anew:")
    click.echo(f"push:\n  key_file: {file}\n  contact: mailto:NAME@HOST")
