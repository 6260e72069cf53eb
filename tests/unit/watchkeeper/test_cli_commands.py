"""The command line as an installer uses it."""

import json
import shutil
import socket
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner

from contract.clock import SystemClock
from hub.config import load_config
from hub.main import Hub
from hub.policy.load import RESIDENTIAL
from hub.store.backup import backup
from watchkeeper.cli import COMMANDS, main
from watchkeeper.run_hub import run_hub

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"


def run(*args, stdin=None):
    return CliRunner().invoke(main, args, input=stdin)


@pytest.fixture
def settings(tmp_path):
    """A hub's settings on a free port, with a broker that is not there."""
    shutil.copy(DEPLOY / "estate.example.yaml", tmp_path / "estate.yaml")
    (tmp_path / "secrets").mkdir()
    key = tmp_path / "secrets" / "gate-east.key"
    key.write_text("cd" * 32)
    key.chmod(0o600)
    file = tmp_path / "hub.yaml"
    file.write_text("estate: estate.yaml\nbroker: {url: 'mqtt://127.0.0.1:9'}\nhttp: {port: 0}\n")
    return file


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command):
    shown = run(command, "--help")
    assert shown.exit_code == 0, shown.output
    assert len(shown.output.splitlines()) > 4


def test_the_whole_lists_every_command_and_the_exit_codes():
    shown = run("--help")
    assert all(f"  {command} " in shown.output for command in COMMANDS)
    assert "Exit codes" in shown.output


def test_an_unknown_command_is_refused_with_two():
    assert run("dcode").exit_code == 2


def test_decode_prints_a_card_as_one_line():
    shown = run("decode", "wiegand", stdin="00101101000000001010001000\n")
    assert shown.exit_code == 0
    assert json.loads(shown.stdout) == {"reading": "card_read", "facility": 90, "number": 324, "bits": 26, "parity": "ok"}


def test_decode_takes_hex_with_the_bit_count_before_a_colon():
    assert run("decode", "wiegand", "--hex", stdin="26:0B40288\n").stdout == run("decode", "wiegand", stdin="26:0B40288\n").stdout


def test_bad_bytes_are_findings_and_no_failure():
    shown = run("decode", "wiegand", stdin="10101101000000001010001000\nhello\n\n")
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert shown.exit_code == 0
    assert [set(line) for line in lines] == [{"finding", "offset", "bytes_hex"}] * len(lines)
    assert lines[0]["finding"] == "parity"


def test_decode_lists_its_drivers_with_their_units():
    lines = [json.loads(line) for line in run("decode", "--list").stdout.splitlines()]
    assert {line["driver"] for line in lines} == {
        "wiegand", "em_ascii", "patrol_wand", "barrier_modbus", "contacts_modbus", "rtsp_camera", "mqtt_json",
        "sia_dc09", "gb26875", "isapi", "dahua", "zhenshi", "http_push", "gb28181", "osdp",
    }  # fmt: skip
    assert all(line["unit"] and line["readings"] for line in lines)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("decode",), "name a driver"),
        (("decode", "wiegnd"), "wiegand"),
        (("decode", "wiegand", "--options", "{"), "is not JSON"),
        (("decode", "wiegand", "--options", "[]"), "no JSON object"),
        (("decode", "wiegand", "--options", '{"formts": []}'), "formts"),
    ],
)
def test_what_decode_is_given_wrong_is_said(args, said):
    shown = run(*args, stdin="")
    assert shown.exit_code == 2
    assert said in shown.stderr


def test_a_policy_that_is_right_is_not_talked_about():
    shown = run("policy", "check", str(RESIDENTIAL))
    assert (shown.exit_code, shown.output) == (0, "")


def test_each_mistake_of_a_policy_has_its_line_and_clause(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(RESIDENTIAL.read_text(encoding="utf-8").replace("held_s: 30", "held_s: -1").replace("left_open_s", "left_s"))
    shown = run("policy", "check", str(file))
    assert shown.exit_code == 2
    assert shown.stdout == ""
    said = shown.stderr.splitlines()
    assert any(line.startswith(f"{file}:") and ": GATE-7: held_s" in line for line in said)
    assert any(": VEH-6: " in line and "left_s" in line for line in said)


def test_an_estate_is_checked_whole(tmp_path, settings):
    assert run("estate", "check", str(settings.with_name("estate.yaml"))).exit_code == 0
    file = tmp_path / "other.yaml"
    text = (DEPLOY / "estate.example.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("agent: gate-east", "agent: gate-west").replace("timezone: Asia/Shanghai", "timezone: Shanghai"))
    shown = run("estate", "check", str(file))
    assert shown.exit_code == 2
    assert "Shanghai" in shown.stderr
    assert "gate-west" in shown.stderr


def test_an_estate_is_held_against_the_policy_that_ships_or_against_its_own(tmp_path, settings):
    file, own = settings.with_name("estate.yaml"), tmp_path / "own.yaml"
    text = RESIDENTIAL.read_text(encoding="utf-8")
    own.write_text(text.replace("duty: patrol-night", "duty: night-walk"), encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace("duty: patrol-night", "duty: night-walk"), encoding="utf-8")
    shown = run("estate", "check", str(file))
    assert shown.exit_code == 2
    assert "night-walk is no duty of the policy residential: write one of" in shown.stderr
    assert run("estate", "check", str(file), "--policy", str(own)).exit_code == 0
    own.write_text(text.replace("held_s: 30", "held_s: -1"), encoding="utf-8")
    shown = run("estate", "check", str(file), "--policy", str(own))
    assert shown.exit_code == 2
    assert shown.stderr.startswith(f"{own}:")


def test_a_hub_with_wrong_settings_starts_nothing(settings, capsys):
    settings.write_text("estate: estate.yaml\nhttp: {host: 0.0.0.0, prt: 1}\n")
    assert run_hub(settings, Event()) == 2
    said = capsys.readouterr().err
    assert "hub.yaml:2: http.host" in said
    assert "hub.yaml:2: http.prt" in said
    assert not settings.with_name("data").exists()


def test_a_hub_whose_port_is_taken_says_so_and_fails(settings, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.write_text(settings.read_text().replace("port: 0", f"port: {taken.getsockname()[1]}"))
        assert run_hub(settings, Event()) == 1
    assert "is taken" in capsys.readouterr().err


def test_a_second_hub_on_the_same_folder_is_refused(settings, capsys):
    stop = Event()
    codes = []
    first = Thread(target=lambda: codes.append(run_hub(settings, stop)))
    first.start()
    try:
        lock = settings.with_name("data") / "hub.lock"
        for _ in range(3_000):
            if lock.exists():
                break
            stop.wait(0.01)
        assert run_hub(settings, Event()) == 2
    finally:
        stop.set()
        first.join(60)
    assert codes == [0]
    assert "another hub runs" in capsys.readouterr().err


def test_a_database_goes_out_and_comes_back_by_the_command_line(settings, tmp_path):
    stop = Event()
    stop.set()
    assert run_hub(settings, stop) == 0
    file = tmp_path / "copy.zip"
    assert not {"picture", "label"} & set(run("backup", str(settings), str(file)).output.split())
    (settings.with_name("data") / "label.key").write_text("ab" * 32)
    pictures = settings.with_name("data") / "pictures"
    pictures.mkdir(exist_ok=True)
    for name in ("p1.jpg", "p2.jpg", "p3.part"):
        (pictures / name).write_bytes(b"x")
    told = run("backup", str(settings), str(file))
    assert told.exit_code == 0
    assert f"2 picture files are not in it: copy {pictures}" in told.output
    assert f"keep a copy of {settings.with_name('data') / 'label.key'}" in told.output
    refused = run("restore", str(settings), str(file))
    assert refused.exit_code == 2
    assert "--force" in refused.output
    shown = run("restore", str(settings), str(file), "--force")
    assert shown.exit_code == 0, shown.output
    again = tmp_path / "again.zip"
    backup(f"sqlite:///{settings.with_name('data') / 'hub.db'}", again)
    assert again.stat().st_size > 0


def test_what_is_no_backup_is_not_restored(settings, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("not a backup")
    shown = run("restore", str(settings), str(file))
    assert shown.exit_code == 2
    assert "cannot be read as a backup" in shown.output
    nowhere = run("restore", str(settings), str(tmp_path / "no.zip"))
    assert (nowhere.exit_code, "Errno" in nowhere.output) == (2, False)


def test_nothing_is_restored_under_a_running_hub(settings, tmp_path):
    with Hub(load_config(settings), SystemClock()):
        file = tmp_path / "copy.zip"
        assert run("backup", str(settings), str(file)).exit_code == 0
        shown = run("restore", str(settings), str(file), "--force")
        assert shown.exit_code == 2
        assert "stop it, restore, and start it again" in shown.output
    assert run("restore", str(settings), str(file), "--force").exit_code == 0
