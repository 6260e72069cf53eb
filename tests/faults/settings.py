"""Wrong settings, and ports that are taken: nothing starts, the exit code says so, and each mistake has its line."""

import socket
import subprocess
import sys
from pathlib import Path
from random import Random

from tests.faults.row import Row, Tally
from tests.support.fault_stand import ESTATE

HUB_MISTAKES = (
    "colour: red",
    "http: {host: 0.0.0.0}",
    "broker: {url: 'http://x'}",
    "database: mysql://x/y",
    "data: [1, 2]",
    "policy: 7",
    "notify: 5",
)
AGENT_MISTAKES = (
    "colour: red",
    "site: Two Words",
    "agent: ÄÖÜ",
    "broker: {url: 'http://x'}",
    "spool: {path: s.db, bytes_max: 1}",
    "hub_url: ftp://x",
)
_AGENT = {"site": "site: a", "agent": "agent: b", "broker": "broker: {url: 'mqtt://h:1'}", "spool": "spool: {path: s.db}"}


def _run(command: str, settings: Path) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", "from watchkeeper.cli import main; main()", command, str(settings)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, [line for line in done.stderr.splitlines() if line.strip()]


def bad_settings(folder: Path, tries: int, random: Random) -> Tally:
    """Some mistakes at once, in the hub's file or in an agent's: exit code 2, and each of them told with its line."""
    violations: list[str] = []
    (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
    for number in range(tries):
        command, table = (("hub", HUB_MISTAKES), ("edge", AGENT_MISTAKES))[number % 2]
        wrong = random.sample(table, random.randint(1, len(table)))
        keys = {line.split(":")[0] for line in wrong}
        right = (
            {"estate": "estate: estate.yaml"} if command == "hub" else _AGENT | {"k": f"key: {'ab' * 32}\ncard_key: {'ab' * 32}"}
        )
        lines = [*(line for key, line in right.items() if key not in keys), *wrong]
        file = folder / f"{command}-{number}.yaml"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        file.chmod(0o600)
        code, told = _run(command, file)
        text = file.read_text(encoding="utf-8").splitlines()
        untold = [line for line in wrong if not any(one.startswith(f"{file}:{text.index(line) + 1}:") for one in told)]
        if code != 2 or untold or len(told) != len(wrong):
            violations.append(f"{command} with {wrong}: exit code {code}, untold {untold}, told {told[:10]}")
    return Tally(tries, violations)


def taken_port(folder: Path, tries: int, random: Random) -> Tally:
    """The API's port belongs to somebody else: exit code 1 and a message with the port."""
    violations: list[str] = []
    (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
    for number in range(tries):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            file = folder / f"hub-{number}.yaml"
            file.write_text(
                f"estate: estate.yaml\ndata: data-{number}\nbroker: {{url: 'mqtt://127.0.0.1:1'}}\nhttp: {{port: {port}}}\n",
                encoding="utf-8",
            )
            code, told = _run("hub", file)
        if code != 1 or not any(str(port) in line for line in told):
            violations.append(f"port {port} was taken: exit code {code}, told {told[-3:]}")
    return Tally(tries, violations)


ROWS = (
    Row("start", "wrong settings of hub and agent", 400, 6, bad_settings),
    Row("start", "the API's port is taken", 20, 1, taken_port),
)
