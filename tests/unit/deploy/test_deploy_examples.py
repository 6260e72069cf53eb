"""The files that an installer begins with are right."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from edge.config import load_config as load_agent
from edge.config import spoken_for
from hub.config import load_config as load_hub

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"


@pytest.fixture
def folder(tmp_path):
    """The examples, with the secrets that they name."""
    for name in ("hub", "estate", "agent"):
        shutil.copy(DEPLOY / f"{name}.example.yaml", tmp_path / f"{name}.yaml")
    (tmp_path / "secrets").mkdir()
    for name in ("gate-east", "card"):
        file = tmp_path / "secrets" / f"{name}.key"
        file.write_text("ab" * 32)
        file.chmod(0o600)
    return tmp_path


def test_the_example_hub_and_its_estate_are_right(folder):
    config = load_hub(folder / "hub.yaml")
    assert config.estate.key_of("gate-east") == bytes.fromhex("ab" * 32)
    assert config.estate.cameras_at("gate-east") == ("camera-east",)


def test_the_example_agent_is_right_and_is_the_estates(folder):
    agent = load_agent(folder / "agent.yaml")
    estate = load_hub(folder / "hub.yaml").estate
    assert agent.site == estate.site
    assert agent.key == estate.key_of(agent.agent)
    assert {name for device in agent.devices for name in (device.id, *spoken_for(device))} == set(estate.devices)


def test_compose_accepts_the_file():
    compose = shutil.which("docker-compose")
    assert compose, "docker-compose is missing: make setup installs it where it may"
    done = subprocess.run(
        [compose, "-f", str(ROOT / "docker-compose.yml"), "config", "--services"],
        env=os.environ | {"WATCHKEEPER_DB_PASSWORD": "x"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"broker", "database", "hub", "agent"}


def test_compose_asks_for_the_password():
    compose = shutil.which("docker-compose")
    assert compose, "docker-compose is missing: make setup installs it where it may"
    env = {name: value for name, value in os.environ.items() if name != "WATCHKEEPER_DB_PASSWORD"}
    done = subprocess.run(
        [compose, "-f", str(ROOT / "docker-compose.yml"), "config", "-q"], env=env, check=False, capture_output=True, timeout=120
    )
    assert done.returncode != 0
    assert b"password" in done.stderr


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("watchkeeper-[eh]*.service"), key=str), ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_there_is_and_does_not_repeat_a_mistake(unit):
    from watchkeeper.cli import COMMANDS

    text = unit.read_text(encoding="utf-8")
    command = text.split("ExecStart=", 1)[1].split()
    assert command[0].endswith("/watchkeeper")
    assert command[1] in COMMANDS
    assert "RestartPreventExitStatus=2" in text
