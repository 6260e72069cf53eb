"""`watchkeeper demo`: a live estate of twins."""

import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click
from rich.console import Console

from contract.clock import SystemClock
from watchkeeper.broker import BrokerFailed, Program
from watchkeeper.demo.children import ChildFailed
from watchkeeper.demo.life import Curtain
from watchkeeper.demo.policy import DEFAULT_SPEED, SPEED_MAX
from watchkeeper.demo.run import Demo, NotStarted, Options
from watchkeeper.demo.screen import Lines, Pages, Screen
from watchkeeper.demo.summary import Summary

EXACT, DIFFERS = 0, 1


@click.command()
@click.option("--headless", is_flag=True, help="No screen: what happens as lines on standard error, the summary as JSON.")
@click.option("--seconds", type=click.FloatRange(5, 7 * 86_400), help="How long life goes on; until Ctrl-C if not given.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the summary to this file.")
@click.option("--speed", type=click.FloatRange(1, SPEED_MAX), default=DEFAULT_SPEED, show_default=True, help="Divides all times.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the script of life.")
@click.option("--video", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What the cameras see.")
@click.option("--broker", type=click.Choice(["auto", "mosquitto", "nats"]), default="auto", show_default=True)
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep databases, settings and logs here.")
@click.option("--http-port", type=click.IntRange(0, 65535), default=0, help="Of the API; any free one if not given.")
def demo(
    headless: bool,
    seconds: float | None,
    json_file: Path | None,
    speed: float,
    seed: int,
    video: Path | None,
    broker: str,
    keep: Path | None,
    http_port: int,
) -> None:
    """Live through a busy day at an estate of twins. 模拟小区。

    Real agents and a real hub run on this machine; twins at the far ends of their wires do what residents, couriers,
    strangers and broken devices do. At the end what was done is held against what the hub found.

    Exit code 0: nothing lost, nothing doubled, and exactly the expected incidents. 1: something differs, or went wrong.
    """
    program: Program | None = "mosquitto" if broker == "mosquitto" else "nats" if broker == "nats" else None
    screen = _screen(headless)
    try:
        with _folder(keep) as folder:
            options = Options(folder, seconds, speed, seed, video, program, http_port)
            summary = _run(options, screen)
    except Curtain:
        click.echo("已中止 ended before life began", err=True)
        sys.exit(EXACT)
    except (BrokerFailed, ChildFailed, NotStarted, OSError, RuntimeError, ValueError) as error:
        click.echo(f"demo: {error}", err=True)
        sys.exit(DIFFERS)
    _tell(summary, headless, json_file)
    sys.exit(DIFFERS if summary.differences() else EXACT)


def _run(options: Options, screen: Screen) -> Summary:
    running = Demo(options, SystemClock(), on_look=screen.look)

    def asked(_number: int, _frame: FrameType | None) -> None:
        running.interrupt()

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with screen.live(), running:
            running.live()
            return running.finish()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _screen(headless: bool) -> Screen:
    if headless:
        return Lines(Console(stderr=True))
    console = Console()
    return Pages(console) if console.is_terminal else Lines(console)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """A folder of the run's own; removed at the end unless it is to be kept. Raises ValueError for one that holds something."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise ValueError(f"{keep} is not empty: give --keep a new folder")
        yield keep.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="watchkeeper-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tell(summary: Summary, headless: bool, json_file: Path | None) -> None:
    content: dict[str, Any] = summary.as_json()
    text = json.dumps(content, ensure_ascii=False, indent=2)
    if json_file is not None:
        json_file.write_text(text + "\n", encoding="utf-8")
    if headless and json_file is None:
        click.echo(text)
    click.echo("\n".join(summary.lines()), err=headless)
