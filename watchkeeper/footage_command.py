"""`watchkeeper footage`: what is checked of footage without a running hub."""

import hashlib
import json
import re
from pathlib import Path

import click

from watchkeeper.export_verify.check import Unreadable, check
from watchkeeper.footage_verify.command import verify
from watchkeeper.hub_client import Wrong

_FILE = click.Path(path_type=Path, dir_okay=False)
_HEX = re.compile(r"[0-9a-f]{64}")


@click.group()
def footage() -> None:
    """Footage: whether index and files agree, and whether what was exported is as it was sealed. 录像核验。"""


footage.add_command(verify)


@footage.command("verify-export")
@click.argument("file", type=_FILE)
@click.option("--fingerprint", "fingerprints", multiple=True, help="Of the key that must have sealed it: SHA-256, 64 hex digits.")
@click.option("--public-key", type=_FILE, help="The hub's export.pub, as you have kept it.")
def verify_export(file: Path, fingerprints: tuple[str, ...], public_key: Path | None) -> None:
    """Check an archive of exported footage: its seal, every byte of every file, the mark in every clip. Needs no hub.

    Without a fingerprint or a key it is checked against the key that it brings, which whoever made a forgery could have made too:
    compare `key` with what the estate has told you by another way.

    Prints one JSON object: checked, problems, and who exported it. Exit code 0: no problems; 1: problems; 2: it could not be
    checked.

    \b
    Example:
      watchkeeper footage verify-export footage-0f3a.zip --public-key export.pub
    """
    pinned = {one.strip().lower().replace(":", "") for one in fingerprints}
    for one in pinned:
        if not _HEX.fullmatch(one):
            raise Wrong(f"{one!r} is no fingerprint: write 64 hex digits")
    if public_key is not None:
        pinned.add(_fingerprint(public_key))
    try:
        told = check(file, frozenset(pinned))
    except Unreadable as error:
        raise Wrong(str(error)) from None
    click.echo(json.dumps(told, ensure_ascii=False))
    raise SystemExit(1 if told["problems"] else 0)


def _fingerprint(path: Path) -> str:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise Wrong(f"{path} cannot be read as a public key: {error}") from None
    if len(key) != 32:
        raise Wrong(f"{path} holds no public key of 64 hex digits: give the hub's export.pub")
    return hashlib.sha256(key).hexdigest()
