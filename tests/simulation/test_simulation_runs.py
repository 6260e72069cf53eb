"""Whole days of faults, from seeds. CI runs a tenth; WATCHKEEPER_TRIES=full runs all that the promises ask for."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from watchkeeper.simulation.command import simulate as command
from watchkeeper.simulation.plants import PLANTS
from watchkeeper.simulation.run import simulate

FULL = os.environ.get("WATCHKEEPER_TRIES") == "full"
SEEDS, DAYS = (range(1, 21), 3.0) if FULL else (range(1, 3), 0.5)
PLANT_SEEDS_MAX = 3
KEYS = ["seed", "days", "events", "incidents", "crashes", "violations", "hash"]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_accepted_event_is_lost_and_each_cause_has_one_incident(seed):
    result = simulate(seed, DAYS)
    assert not result.violations, "\n".join(f"seed {seed}, {one.at}: {one.words}" for one in result.violations)
    assert result.events > 5_000 * DAYS
    assert result.incidents > 20 * DAYS
    assert result.crashes > 100 * DAYS
    for fault in ("lost", "doubled", "splits", "clock_steps", "backups"):
        assert result.faults[fault] > 0, f"{fault} never happened"


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_bug_is_found(name):
    plant = PLANTS[name]
    for seed in range(1, PLANT_SEEDS_MAX + 1):
        result = simulate(seed, plant.days, plant.parts, scale=plant.faults)
        if any(one.words.startswith(plant.promise) for one in result.violations):
            return
    pytest.fail(f"{name} was not found in {PLANT_SEEDS_MAX} runs of {plant.days} days")


@pytest.mark.parametrize("scale", sorted({plant.faults for plant in PLANTS.values()}))
def test_without_a_bug_the_same_faults_find_nothing(scale):
    """A plant that is found proves nothing where the same run is red without it."""
    result = simulate(1, 0.25 if FULL else 0.1, scale=scale)
    assert not result.violations, result.violations


def test_the_same_seed_gives_the_same_hash_whatever_the_process():
    """Another process has other hashes of texts, and so another order of sets."""
    hashes = set()
    for hash_seed in ("1", "2"):
        code = "from watchkeeper.simulation.command import simulate; simulate()"
        command = [sys.executable, "-c", code, "--seed", "7", "--days", "0.1", "--json"]
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        ran = subprocess.run(command, capture_output=True, env=environment, timeout=300, check=False, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        hashes.add(json.loads(ran.stdout)["hash"])
    assert len(hashes) == 1


def test_another_seed_gives_another_hash():
    assert simulate(8, 0.02).hash != simulate(9, 0.02).hash


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--seed", "3", "--days", "0.02"], 0), (["--plant", "every_report_a_cause", "--days", "0.1"], 1)]
)
def test_the_command_says_what_it_found_and_exits_accordingly(arguments, status, quiet_again):
    ran = CliRunner().invoke(command, [*arguments, "--json"])
    assert ran.exit_code == status, ran.output
    told = json.loads(ran.stdout)
    assert list(told) == KEYS
    assert bool(told["violations"]) == bool(status)
    for violation in told["violations"]:
        assert list(violation) == ["at", "seed", "words"]


def test_the_command_lists_the_plants_and_refuses_another():
    listed = CliRunner().invoke(command, ["--plant", "list"])
    assert [line.split()[0] for line in listed.stdout.splitlines()] == list(PLANTS)
    refused = CliRunner().invoke(command, ["--plant", "greenfly"])
    assert refused.exit_code == 2
    assert "greenfly" in refused.stderr
    assert "list" in refused.stderr
