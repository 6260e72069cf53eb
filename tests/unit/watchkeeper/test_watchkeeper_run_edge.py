"""`watchkeeper edge`: a real process with a real driver on a TCP line, and its exit codes."""

import json
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.clock import SystemClock
from contract.envelope import decode_record
from contract.names import card_name
from edge.spool import Spool, SpoolLimits
from tests.support.agent_rig import wait_for

KEY = "ab" * 32


def write(tmp_path, port, broker="mqtt://127.0.0.1:1"):
    (tmp_path / "k").write_text(KEY, encoding="utf-8")
    (tmp_path / "k").chmod(0o600)
    path = tmp_path / "agent.yaml"
    path.write_text(
        f"""site: lake
agent: gate
key_file: k
card_key_file: k
broker: {{url: "{broker}"}}
spool: {{path: spool.db}}
devices:
  - {{id: reader, driver: wiegand, address: "tcp://127.0.0.1:{port}"}}
""",
        encoding="utf-8",
    )
    return path


@contextmanager
def process(config: Path):
    command = [sys.executable, "-c", "from watchkeeper.cli import main; main()", "edge", str(config)]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=Path(__file__).parents[3])
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate(timeout=30)


@pytest.fixture
def reader():
    """A listening socket in a reader's place."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


def records(tmp_path):
    spool = Spool.open(tmp_path / "spool.db", "gate", SpoolLimits(), SystemClock())
    try:
        return [decode_record(body) for body in spool.page(1, 1_000_000, 1_000).records], spool.unclean
    finally:
        spool.close()


def test_an_agent_reads_its_device_until_sigterm_and_says_goodbye(tmp_path, reader):
    with process(write(tmp_path, reader.getsockname()[1])) as child:
        line, _ = reader.accept()
        with line:
            line.sendall(b"00000110000001101100000001\r\n")  # 26 bits: facility 12, number 3456
            wal = tmp_path / "spool.db-wal"
            wait_for(lambda: wal.exists() and b"card_read" in wal.read_bytes(), "the card's reading")
            child.send_signal(signal.SIGTERM)
            _, stderr = child.communicate(timeout=60)
    assert child.returncode == 0, stderr.decode()
    found, unclean = records(tmp_path)
    assert not unclean
    assert [r.reading.kind for r in found if r.device == "reader"] == ["device_link", "card_read"]
    card = next(r.reading for r in found if r.reading.kind == "card_read")
    assert card.card == card_name(bytes.fromhex(KEY), 12, 3456, 26)
    assert KEY.encode() not in stderr


def test_a_second_agent_on_the_same_spool_is_refused(tmp_path, reader):
    config = write(tmp_path, reader.getsockname()[1])
    with process(config) as first:
        reader.accept()[0].close()
        with process(config) as second:
            _, stderr = second.communicate(timeout=60)
        assert second.returncode == 2
        assert b"another agent is running on this spool" in stderr
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)
        assert first.returncode == 0


def test_wrong_settings_are_told_line_by_line_and_nothing_is_started(tmp_path):
    config = write(tmp_path, 1)
    config.write_text(config.read_text(encoding="utf-8").replace("wiegand", "wiegant").replace("lake", "La"), encoding="utf-8")
    with process(config) as child:
        _, stderr = child.communicate(timeout=60)
    assert child.returncode == 2
    told = stderr.decode().splitlines()
    assert len(told) == 2
    assert told[0].startswith(f"{config}:1: site: ")
    assert told[1].startswith(f"{config}:8: devices[0].driver: ")
    assert not (tmp_path / "spool.db").exists()


def test_a_spool_of_another_agent_is_told_and_left_alone(tmp_path):
    config = write(tmp_path, 1)
    Spool.open(tmp_path / "spool.db", "other", SpoolLimits(), SystemClock()).close()
    with process(config) as child:
        _, stderr = child.communicate(timeout=60)
    assert child.returncode == 1
    assert b"is the spool of agent other, not of gate" in stderr


def test_a_spool_path_that_is_a_folder_is_told_in_one_line(tmp_path):
    (tmp_path / "spool.db").mkdir()
    with process(write(tmp_path, 1)) as child:
        _, stderr = child.communicate(timeout=60)
    assert child.returncode == 1
    folder = tmp_path / "spool.db"
    assert stderr.decode().splitlines() == [f"{folder} is a folder: give the path of a file in it, such as {folder / 'spool.db'}"]


def test_sighup_has_the_permits_read_again_and_a_wrong_file_changes_nothing(tmp_path, reader):
    config = write(tmp_path, reader.getsockname()[1])
    rule = "access: [{reader: reader, opens: {device: barrier, action: open}, permits_file: permits.yaml}]\n"
    barrier = '  - {id: barrier, driver: barrier_modbus, address: "tcp://127.0.0.1:1"}\n'
    config.write_text(config.read_text(encoding="utf-8") + barrier + rule, encoding="utf-8")
    permits, log = tmp_path / "permits.yaml", tmp_path / "log"
    permits.write_text("permits: []\n", encoding="utf-8")

    def told(event):
        whole = log.read_bytes().split(b"\n")[:-1]
        return [line for line in map(json.loads, whole) if line["event"] == event]

    command = [sys.executable, "-c", "from watchkeeper.cli import main; main()", "edge", str(config)]
    with log.open("wb") as stderr, subprocess.Popen(command, stderr=stderr, cwd=Path(__file__).parents[3]) as child:
        try:
            wait_for(lambda: told("permits_read"), "the start")
            child.send_signal(signal.SIGHUP)
            wait_for(lambda: len(told("permits_read")) == 2, "another reading of the same file")
            permits.write_text("permits:\n  - card: xyz\n", encoding="utf-8")
            child.send_signal(signal.SIGHUP)
            (refused, *_) = wait_for(lambda: told("permits_refused"), "the refusal")
            assert "permits.yaml:2: permits[0].card: is text" in refused["mistakes"][0]
            child.send_signal(signal.SIGTERM)
            assert child.wait(60) == 0
        finally:
            if child.poll() is None:
                child.kill()
