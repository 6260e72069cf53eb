"""`watchkeeper hub SETTINGS`: run the hub until it is asked to stop."""

import logging
import signal
from pathlib import Path
from threading import Event

import click

from contract.clock import SystemClock
from contract.settings import BadSettings
from hub import logs
from hub.config import load_config
from hub.loopback import is_loopback
from hub.main import DataFolderTaken, Hub, NoAccounts

STOPPED, FAILED, WRONG = 0, 1, 2
_LOOK_S = 1.0
_log = logging.getLogger("hub.run")


@click.command()
@click.argument("settings", type=click.Path(path_type=Path))
def hub(settings: Path) -> None:
    """Run the hub of the SETTINGS file until SIGTERM or Ctrl-C.

    Exit code 2: the settings, or a file they name, are wrong, another hub has the data folder, or
    others could reach the hub and it has no accounts; nothing was started.
    1: the database, the port or a channel cannot be had, or the worker or the
    connection to the broker had to stop.
    """
    raise SystemExit(run_hub(settings, _stop_at_signals()))


def run_hub(settings: Path, stop: Event) -> int:
    """Run until `stop` is set. Returns the exit code; what went wrong stands on standard error."""
    try:
        config = load_config(settings)
    except BadSettings as error:
        click.echo("\n".join(error.messages), err=True)
        return WRONG
    logs.configure()
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with Hub(config, SystemClock()) as running:
            reach = "this machine only" if is_loopback(config.settings.http.host) else "the network"
            _log.info("listening", extra={"url": running.url, "site": config.estate.site, "reach": reach})
            return _wait(running, stop)
    except (DataFolderTaken, NoAccounts, BadSettings) as error:
        click.echo(str(error), err=True)
        return WRONG
    except (SQLAlchemyError, OSError, ValueError, RuntimeError) as error:
        click.echo(f"{settings}: {error}", err=True)
        return FAILED


def _wait(running: Hub, stop: Event) -> int:
    """Until it is asked to stop, or the worker or the broker's client is gone for good: a supervisor then starts it again."""
    while not stop.wait(_LOOK_S):
        state = running.worker.state
        if state.reason in {"lease_lost", "stopped"}:
            _log.error("worker_ended", extra={"reason": state.reason, "detail": state.detail})
            return FAILED
        if running.broker.died:
            _log.error("broker_client_died", extra={"detail": "an error ended the thread of the connection to the broker"})
            return FAILED
    return STOPPED


def _stop_at_signals() -> Event:
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop
