"""`watchkeeper backup` and `watchkeeper restore`: the hub's database, whole, in one portable file."""

from pathlib import Path

import click

from contract.clock import SystemClock
from contract.settings import BadSettings
from hub.audit.keyfile import KEY_FILE as HEAD_KEY_FILE
from hub.audit.keyfile import BadHeadKey, HeadKey
from hub.config import HubConfig, load_config
from hub.enrolment.vault import KEY_FILE as AGENTS_KEY_FILE
from hub.main import DataFolderTaken, FolderLock
from hub.store.backup import BadBackup, DatabaseInUse, Summary
from hub.store.backup import backup as write_backup
from hub.store.backup import restore as restore_backup
from hub.tags.keyfile import KEY_FILE
from watchkeeper.hub_client import Wrong

_SETTINGS = click.argument("settings", type=click.Path(path_type=Path))
_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@_SETTINGS
@_FILE
def backup(settings: Path, file: Path) -> None:
    """Write everything in the database of the hub's SETTINGS into FILE, as of one moment; the hub may go on meanwhile.

    The file also fits the other kind of database: one written from SQLite can be restored into PostgreSQL. Pictures are files
    in the hub's data folder; copy that folder as well to keep them.
    """
    config = _config(settings)
    try:
        summary = write_backup(config.database, file)
        pictures = config.data / "pictures"
        left_out = count_pictures(pictures)
    except (BadBackup, OSError) as error:
        raise click.ClickException(str(error)) from None
    _say("wrote", summary, file)
    if left_out:
        click.echo(f"{left_out} picture files are not in it: copy {pictures} as well")
    if (head_key := config.data / HEAD_KEY_FILE).exists():
        click.echo(f"the key of the audit log's heads is not in it: keep a copy of {head_key}, as secret as the agents' keys")
    if (agents_key := config.data / AGENTS_KEY_FILE).exists():
        click.echo(f"the key that agents' keys are sealed under is not in it: keep a copy of {agents_key}, where nobody reads it")
    if (label_key := config.data / KEY_FILE).exists():
        click.echo(f"the key of the QR labels is not in it: keep a copy of {label_key}, as secret as the agents' keys")


@click.command()
@_SETTINGS
@_FILE
@click.option("--force", is_flag=True, help="Throw away what the database holds now.")
def restore(settings: Path, file: Path, force: bool) -> None:
    """Put the backup FILE into the database of the hub's SETTINGS. No hub may run on it: stop it first.

    Agents are asked to send again what the backup lacks, as far back as their logs reach. What phones and people reported since
    is lost: duties of that time stay unproven.
    """
    config = _config(settings)
    try:
        with FolderLock(config.data):
            key = HeadKey(config.data / HEAD_KEY_FILE)
            summary = restore_backup(file, config.database, SystemClock().now_us(), force=force, head_key=key)
    except DataFolderTaken:
        raise Wrong(f"a hub runs on {config.data}: stop it, restore, and start it again") from None
    except (BadBackup, DatabaseInUse, BadHeadKey) as error:
        raise Wrong(str(error)) from None
    except OSError as error:
        raise click.ClickException(str(error)) from None
    _say("restored", summary, file)


def count_pictures(folder: Path) -> int:
    """How many whole pictures lie beneath the folder; what is still being written ends in `.part`."""
    return sum(1 for path in folder.rglob("*") if path.is_file() and path.suffix != ".part")


def _config(settings: Path) -> HubConfig:
    try:
        return load_config(settings)
    except BadSettings as error:
        click.echo("\n".join(error.messages), err=True)
        raise SystemExit(2) from None


def _say(what: str, summary: Summary, file: Path) -> None:
    click.echo(f"{what} {summary.total} rows of {len(summary.rows)} tables: {file}")
