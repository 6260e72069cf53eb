"""`watchkeeper edge CONFIG`: run one agent until it is asked to stop."""

import gc
import signal
import sys
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random, SystemRandom
from secrets import token_hex
from threading import Event, Thread
from types import FrameType
from typing import NamedTuple

import click

from contract.clock import Clock, SystemClock
from contract.settings import BadSettings
from drivers.table import driver_kind
from edge import logs
from edge.agent import Agent, Ports
from edge.config import Config, load_config
from edge.heads import kept_heads
from edge.line import line_maker
from edge.permits.fetching import http_get
from edge.pictures import http_post
from edge.spool import Spool, SpoolBusy, SpoolFailed, SpoolFull, SpoolLimits

STOPPED, FAILED, WRONG = 0, 1, 2
SWITCH_S = 0.0005
"""How long a thread that computes keeps a card's thread waiting; with Python's own 5 ms a poll may cost a card that."""


class Asked(NamedTuple):
    """What others want of a running agent: to stop, to read its files of permits again."""

    stop: Event
    reread: Event


def run_edge(config_path: Path, stop: Event | None = None) -> int:
    """Run the agent of the settings file until `stop` is set, or until SIGTERM or SIGINT where none is given; SIGHUP then has its
    files of permits read again. Returns the exit code. 2: the settings are wrong, or another agent has the spool; nothing was
    started. 1: the log failed."""
    try:
        config = load_config(config_path)
    except BadSettings as error:
        for message in error.messages:
            print(message, file=sys.stderr)
        return WRONG
    logs.configure()
    sys.setswitchinterval(SWITCH_S)
    clock = SystemClock()
    try:
        spool = open_spool(config, clock)
    except SpoolBusy:
        path = config.spool_path
        print(f"{path}: another agent is running on this spool: stop it, or give this one a path of its own", file=sys.stderr)
        return WRONG
    except SpoolFailed as error:  # it names the file
        print(error, file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"{config.spool_path}: {error}", file=sys.stderr)
        return FAILED
    return _run(config, spool, clock, Asked(stop, Event()) if stop is not None else _asked_by_signals())


def open_spool(config: Config, clock: Clock) -> Spool:
    """The agent's log, opened for this boot. Raises SpoolBusy, SpoolFailed, OSError."""
    limits = SpoolLimits(bytes_max=config.spool_bytes_max, age_us_max=config.spool_age_us_max)
    return Spool.open(config.spool_path, config.agent, limits, clock)


def system_ports(clock: Clock, random: Random | None = None, hub_ca_file: Path | None = None) -> Ports:
    """What a real agent is given."""
    chance = random or SystemRandom()
    return Ports(
        clock=clock,
        random=chance,
        token=lambda: token_hex(16),
        kinds=driver_kind,
        line=line_maker(clock, chance),
        post=partial(http_post, ca_file=hub_ca_file),
        version=_version(),
        get=partial(http_get, ca_file=hub_ca_file),
    )


def _run(config: Config, spool: Spool, clock: Clock, asked: Asked) -> int:
    try:
        agent = Agent(config, spool, system_ports(clock, hub_ca_file=config.hub_ca_file))
    except (OSError, ValueError) as error:  # a CA file that is none
        spool.close()
        print(f"{config.broker.url}: {error}", file=sys.stderr)
        return WRONG
    try:
        agent.start()
        gc.collect()
        gc.freeze()  # modules, settings and the table: a collection that walks them takes longer than a card may
        code = agent.run_until(asked.stop, asked.reread)
    except (SpoolFailed, SpoolFull, OSError) as error:
        print(f"{config.spool_path}: {error}", file=sys.stderr)
        code = FAILED
    finally:
        agent.stop()
    if agent.failed is not None:
        print(f"{config.spool_path}: {agent.failed}", file=sys.stderr)
        return FAILED
    return code


def _asked_by_signals() -> Asked:
    asked = Asked(Event(), Event())
    events = {signal.SIGTERM: asked.stop, signal.SIGINT: asked.stop, signal.SIGHUP: asked.reread}

    def on_signal(number: int, _frame: FrameType | None) -> None:
        # In a thread: the handler may have interrupted the very code that holds the event's lock.
        Thread(target=events[signal.Signals(number)].set, name="signal").start()

    for number in events:
        signal.signal(number, on_signal)
    return asked


def _version() -> str:
    try:
        return version("watchkeeper")
    except PackageNotFoundError:
        return "0"


class _Edge(click.Group):
    """A settings file where a command would stand runs its agent; a file that is named like a command is written `./enrol`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As of click."""
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "run", _run_command, args


@click.group(cls=_Edge, subcommand_metavar="CONFIG | enrol CONFIG | heads CONFIG", options_metavar="")
def edge() -> None:
    """Run the agent that CONFIG describes, until SIGTERM or SIGINT. SIGHUP: read its permits again. 运行边缘代理。

    An agent that has no key yet enrols first: see `watchkeeper edge enrol --help`.
    """


@click.command("run")
@click.argument("config", type=click.Path(path_type=Path))
def _run_command(config: Path) -> None:
    """Run the agent that CONFIG describes."""
    sys.exit(run_edge(config))


@edge.command()
@click.argument("config", type=click.Path(path_type=Path))
def heads(config: Path) -> None:
    """Print the heads of the hub's audit log that the agent of CONFIG, which may be running, has kept.

    One JSON object a line, which `watchkeeper audit verify --witness` takes.
    """
    sys.exit(print_heads(config))


@edge.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option("--hub", "url", required=True, help="Where the hub answers: https://HOST:PORT.")
@click.option("--token-file", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The one-time token.")
@click.option("--ca-file", type=click.Path(path_type=Path, dir_okay=False), help="The ca.pem of the hub's `tls init`.")
def enrol(config: Path, url: str, token_file: Path, ca_file: Path | None) -> None:
    """Have the hub know the agent of CONFIG: bring its one-time token, and keep key, certificate and CA beside its settings.

    The token comes from `watchkeeper agents invite AGENT`, is good for 15 minutes, and once. An agent that runs goes on with
    its old key until it is started anew, for 10 minutes at most.
    """
    from watchkeeper.edge_enrol import enrol as enrol_agent
    from watchkeeper.edge_enrol import read_token
    from watchkeeper.hub_client import HubClient, check_clear

    check_clear(url)
    with HubClient(url, None, ca_file, local=False) as hub:
        lines = enrol_agent(config, hub, read_token(token_file)).lines
    click.echo(
        f"已登记，请在 {config} 中填写以下内容，然后重启采集端 / enrolled. Write this into {config}, and start the agent anew:"
    )
    click.echo("\n".join(lines))
    click.echo(f"令牌已失效，请删除 / the token is used up: rm {token_file}")


def print_heads(config_path: Path) -> int:
    """What an agent, which may be running, has kept of the hub's audit log. Returns the exit code."""
    try:
        config = load_config(config_path)
        for line in kept_heads(config.spool_path.parent):
            print(line.decode())
    except BadSettings as error:
        for message in error.messages:
            print(message, file=sys.stderr)
        return WRONG
    except OSError as error:
        print(f"{config_path}: {error}", file=sys.stderr)
        return FAILED
    return STOPPED
