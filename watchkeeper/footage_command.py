"""`watchkeeper footage`: what is checked of footage without a running hub."""

import click

from watchkeeper.footage_verify.command import verify


@click.group()
def footage() -> None:
    """Footage: whether the index and the files agree. 录像核验。"""


footage.add_command(verify)
