"""`watchkeeper simulate`: the whole system through days of faults, from a seed."""

import json
import logging
import sys

import click
import structlog

from watchkeeper.simulation.parts import Parts
from watchkeeper.simulation.plants import PLANTS
from watchkeeper.simulation.run import Progress, Result
from watchkeeper.simulation.run import simulate as run

PROGRESS_HOURS = 6


@click.command()
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed gives the same run.")
@click.option("--days", type=click.FloatRange(min=0.01, max=400.0), default=None, help="Virtual days: 1, or for a plant its own.")
@click.option("--faults", type=click.FloatRange(min=0.0, max=100.0), default=None, help="How many times as many as on a bad day.")
@click.option("--plant", default=None, help="Run with a planted bug, which must be found; `list` names them.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
def simulate(seed: int, days: float | None, faults: float | None, plant: str | None, *, as_json: bool) -> None:
    """模拟：整个系统在一个进程里经历数日故障 / the whole system through days of faults, on a manual clock, from a seed.

    Exit code 1 where a promise was not kept.
    """
    if plant == "list":
        for one in PLANTS.values():
            click.echo(f"{one.name:36} {one.promise}  {one.says}")
        return
    planted = PLANTS.get(plant) if plant is not None else None
    if plant is not None and planted is None:
        raise click.UsageError(f"没有“{plant}”/ there is no plant {plant!r}: write one of {', '.join(PLANTS)}, or list")
    _quiet()
    parts = Parts() if planted is None else planted.parts
    days = days or (1.0 if planted is None else planted.days)
    scale = faults if faults is not None else 1.0 if planted is None else planted.faults
    result = run(seed, days, parts, scale=scale, progress=_progress(days))
    click.echo(json.dumps(_plain(result), ensure_ascii=False) if as_json else _words(result))
    sys.exit(1 if result.violations else 0)


def _quiet() -> None:
    """What the product says about faults that are meant is of no interest."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _progress(days: float) -> Progress:
    def told(hours: float, events: int) -> None:
        if int(hours) % PROGRESS_HOURS == 0:
            click.echo(f"{hours:.0f} h / {days * 24:.0f} h, {events} events", err=True)

    return told


def _plain(result: Result) -> dict[str, object]:
    """What stands on standard output is a contract: no key more, no key less."""
    fields = result._asdict() | {"violations": [violation._asdict() for violation in result.violations]}
    del fields["faults"]
    return fields


def _words(result: Result) -> str:
    counts = f"{result.events} events, {result.incidents} incidents, {result.crashes} crashes"
    head = f"seed {result.seed}, {result.days:g} days: {counts}"
    found = [f"{violation.at}  {violation.words}" for violation in result.violations]
    faults = ", ".join(f"{name} {count}" for name, count in result.faults.items())
    return "\n".join([head, faults, *found, f"violations {len(found)}, hash {result.hash}"])
