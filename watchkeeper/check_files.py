"""`watchkeeper policy check`: is this file right, and if not, what to write instead."""

from pathlib import Path

import click

from hub.policy.check import check_file


@click.group()
def policy() -> None:
    """The policy file: every number of the estate, under its clause."""


@policy.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def policy_check(file: Path) -> None:
    """Say nothing and exit 0 when FILE is right; else name each mistake, FILE:LINE: CLAUSE: what: what instead, and exit 2."""
    messages = check_file(file)
    for message in messages:
        click.echo(message, err=True)
    if messages:
        raise SystemExit(2)
