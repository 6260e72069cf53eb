"""Each bench runs with small counts and gives rows of the promised shape. What the figures are depends on the machine."""

import json

import pytest
from click.testing import CliRunner

from contract.readings import ArmState
from watchkeeper.bench import machine
from watchkeeper.bench.command import BENCHES, bench, table
from watchkeeper.bench.mix import AGENTS, CYCLE, devices, said
from watchkeeper.bench.plate import NoPlates, folder
from watchkeeper.bench.rows import Figures, quantile, row, spread
from watchkeeper.cli import COMMANDS

KEYS = {"name", "unit", "ours", "limit", "ratio", "machine"}
NAMES = {
    "ingest": ["ingest singles", "ingest batched", "hub cpu, batched"],
    "alert": ["event to incident at 1000/s", "event to incident at 200/s"],
    "serial": ["card bytes to appended", "cpu of the reading thread"],
    "gate": [
        "card's bytes to relay's bytes", "cpu of a gate", "memory of 100,000 credentials", "change of a permit to in force",
        "decisions that are not the model's",
    ],
    "memory": ["memory of hub and agent, idle"],
    "duties": [
        "gap with 100,000 windows open", "worst gap of them", "start with 100,000 windows", "a year of 1,000 places made",
        "72 h of 10,000 scans judged", "a year's compliance of 1,000 places", "a year's longest times unvisited",
    ],
    "index": [
        "index: a segment's bytes on SQLite", "index: point look-up", "index: point look-up in a hole",
        "index: a day's timeline of a camera", "index: a camera's holes over all days",
        "index: 100 M segments, told from fewer", "index: sweep of the oldest day", "index: longest insert beside the sweep",
    ],
    "console": [
        "console: first load", "console: device's bytes to visible row", "console: frames dropped, 50 rows, 50/s",
        "console: browser's cpu at that", "console: frames dropped, plan with 1,200 devices zooms",
        "console: list with 1,000 incidents",
    ],
    "plate": [
        *(f"plates: {name} {what}" for name in ("EasyPR", "CCPD", "LPRNet crops")
          for what in ("exact", "but province", "sure", "sure and wrong")),
        "plates: a 720p frame found and read",
    ],
    "camera": [
        "recording one camera for a minute", "recording each of 4 cameras for a minute",
        "camera: motion on the second stream", "camera: movers it missed", "camera: still seconds called motion",
        "camera: the same where nothing moves", "camera: motion on a main stream alone", "camera: until its event",
        "camera: calibrated after a cold start",
    ],
    "kill": ["kill: lost", "kill: doubled", "kill: missing from the store", "kill: first new incident after a restart"],
}  # fmt: skip


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_prints_rows_with_the_promised_keys(name):
    if name == "plate":
        try:
            folder()
        except NoPlates as error:
            pytest.skip(str(error))
    result = CliRunner().invoke(bench, [name, "--json", "--scale", "0.001"])
    assert result.exit_code == 0, result.output + repr(result.exception)
    rows = json.loads(result.stdout)
    assert [one["name"] for one in rows] == NAMES[name]
    for one in rows:
        assert set(one) == KEYS
        assert set(one["ours"]) == set(one["limit"]) == {"p50", "p99", "rate"}
        assert any(value is not None for value in one["ours"].values())
        assert one["machine"]["cores"] >= 1
        assert one["machine"]["fdatasync_p50_ms"] > 0
    if name == "kill":
        assert [one["ours"]["p50"] for one in rows[:3]] == [0, 0, 0]


def test_every_bench_is_asked_for_by_its_name():
    assert set(NAMES) == set(BENCHES)
    assert COMMANDS["bench"] == "watchkeeper.bench.command:bench"


def test_the_mix_is_what_it_says():
    made = said(AGENTS[0])
    cycles = [[next(made) for _ in range(CYCLE)] for _ in range(4)]
    kinds = [one.reading.kind for cycle in cycles for one in cycle]
    percent = {kind: kinds.count(kind) * 100 // len(kinds) for kind in set(kinds)}
    assert percent["card_read"] + percent["access_decided"] + percent["door_contact"] == 60
    assert percent["measurement"] == 20
    assert percent["object_seen"] == 15
    assert percent["arm_state"] == 1
    arms = [one.reading for cycle in cycles for one in cycle if isinstance(one.reading, ArmState)]
    assert [arm.attached for arm in arms] == [False, True, False, True]


def test_the_mix_comes_from_fifty_devices_or_more():
    known = {device for agent in AGENTS for device, _, _ in devices(agent)}
    assert len(known) >= 50
    made = said(AGENTS[1])
    assert {next(made).device for _ in range(20 * CYCLE)} <= known


@pytest.mark.parametrize(("share", "wanted"), [(0.5, 2), (0.99, 4), (1.0, 4), (0.25, 1)])
def test_a_quantile_is_a_sample(share, wanted):
    assert quantile([4, 1, 3, 2], share) == wanted


def test_a_ratio_is_ours_to_the_limit():
    looked = machine.look()
    assert row("a", "events/s", Figures(rate=30.0), Figures(rate=20.0), looked).ratio == 1.5
    assert row("a", "ms", spread([3.0, 3.0, 9.0]), spread([2.0]), looked).ratio == 1.5
    assert row("a", "events", Figures(p50=0), Figures(), looked).ratio is None


def test_the_table_shows_both_sides_and_the_machine():
    looked = machine.look()
    text = table([row("a name", "ms", spread([1.0, 2.0, 8.0]), spread([1.0]), looked)])
    assert "a name" in text
    assert "2 (p99 8)" in text
    assert looked.python in text
