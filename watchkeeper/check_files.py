"""`watchkeeper estate check` and `watchkeeper policy check`: is this file right, and if not, what to write instead."""

from collections.abc import Callable
from pathlib import Path

import click

from hub.estate import check_estate
from hub.policy.check import check_file
from hub.policy.load import RESIDENTIAL, Policy


@click.group()
def estate() -> None:
    """The estate file: places, devices, agents."""


@click.group()
def policy() -> None:
    """The policy file: every number of the estate, under its clause."""


def _report(path: Path, find: Callable[[Path], list[str]]) -> None:
    messages = find(path)
    for message in messages:
        click.echo(message, err=True)
    if messages:
        raise SystemExit(2)


_FILE = click.argument("file", type=click.Path(path_type=Path))


@estate.command("check")
@_FILE
@click.option(
    "--policy", "rules", type=click.Path(path_type=Path), default=RESIDENTIAL, help="The estate's policy, if it has its own."
)
def estate_check(file: Path, rules: Path) -> None:
    """Say nothing and exit 0 when FILE is right and fits the policy; else name each mistake with its line and exit 2."""
    _report(rules, check_file)
    _report(file, lambda path: check_estate(path, Policy.load(rules)).messages)


@policy.command("check")
@_FILE
def policy_check(file: Path) -> None:
    """Say nothing and exit 0 when FILE is right; else name each mistake, FILE:LINE: CLAUSE: what: what instead, and exit 2."""
    _report(file, check_file)
