"""`watchkeeper bench NAME`: measure this machine, beside what the bare libraries do on it."""

from collections.abc import Callable, Sequence

import click
import msgspec

from watchkeeper.bench.alert import alert
from watchkeeper.bench.camera import camera
from watchkeeper.bench.console import console
from watchkeeper.bench.console_rig import NoChromium
from watchkeeper.bench.duties import duties
from watchkeeper.bench.gate import gate
from watchkeeper.bench.index import index
from watchkeeper.bench.ingest import ingest
from watchkeeper.bench.kill import kill
from watchkeeper.bench.memory import memory
from watchkeeper.bench.plate import NoPlates, plate
from watchkeeper.bench.rows import Figures, Row
from watchkeeper.bench.serial import serial

Bench = Callable[[float], list[Row]]
BENCHES: dict[str, Bench] = {
    "ingest": ingest,
    "alert": alert,
    "serial": serial,
    "gate": gate,
    "memory": memory,
    "kill": kill,
    "duties": duties,
    "index": index,
    "console": console,
    "plate": plate,
    "camera": camera,
}
"""Each takes a scale, 1 for the whole measurement."""


@click.command()
@click.argument("name", type=click.Choice([*BENCHES, "all"]))
@click.option("--json", "as_json", is_flag=True, help="Print a list of rows as JSON instead of a table.")
@click.option(
    "--scale", type=click.FloatRange(0.001, 10), default=1.0, help="How much to measure: 0.1 is a tenth, and less exact."
)
def bench(name: str, as_json: bool, scale: float) -> None:
    """Measure NAME, or all of them. 性能测量。

    A row's ratio is ours to the bare limit, which runs in the same minute on the same broker and disk: as a rate for throughput
    (more is better), as the median for times and amounts (less is better). Let nothing else run meanwhile.
    """
    rows: list[Row] = []
    for one in BENCHES if name == "all" else (name,):
        click.echo(f"{one} …", err=True)
        try:
            rows += BENCHES[one](scale)
        except NoChromium as error:
            raise click.ClickException(str(error)) from None
        except NoPlates as error:
            if name != "all":
                raise click.ClickException(str(error)) from None
            click.echo(f"{one}: left out: {error}", err=True)
    click.echo(msgspec.json.encode(rows).decode() if as_json else table(rows))


def table(rows: Sequence[Row]) -> str:
    """Rows for people, and the machine below."""
    lines = [f"{'':<34}{'ours':>26}{'limit':>26}{'ratio':>8}  unit"]
    lines += [
        f"{one.name:<34}{_figures(one.ours):>26}{_figures(one.limit):>26}{_number(one.ratio):>8}  {one.unit}" for one in rows
    ]
    if rows:
        lines.append(", ".join(f"{name} {value}" for name, value in msgspec.structs.asdict(rows[0].machine).items()))
    return "\n".join(lines)


def _figures(figures: Figures) -> str:
    if figures.rate is not None:
        return _number(figures.rate)
    if figures.p99 is None or figures.p99 == figures.p50:
        return _number(figures.p50)
    return f"{_number(figures.p50)} (p99 {_number(figures.p99)})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
