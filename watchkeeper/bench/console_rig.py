"""What the bench of the console stands on: a hub with an agent that polls a board, a browser, and the limit's plain page."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import httpx
import msgspec

from contract.clock import SystemClock
from contract.readings import PanelFault
from drivers.contacts_modbus.decode import ContactsOptions, Input
from drivers.contacts_modbus.twin import ContactsTwin
from drivers.modbus.slave import SlaveLine
from drivers.transports.pty import PtyLine
from watchkeeper.bench.children import Counter, start_agent, start_hub, start_limit
from watchkeeper.bench.estate import SITE, key_of, write_unmerging_policy
from watchkeeper.bench.wire import Wire, publish_packet
from watchkeeper.broker import EmbeddedBroker
from watchkeeper.demo.agent_twin import AgentTwin
from watchkeeper.demo.children import free_port
from watchkeeper.demo.estate import dump
from watchkeeper.demo.known import TwinsKey
from watchkeeper.demo.people import INSTALLER, make_accounts

CHROMIUM = (Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser"))
BOARD, YARD = "board", "yard"
INPUTS = 16
POLL_MS = 50
_BAUD = 38_400
_NAMES = {"name_zh": "名", "name_en": "name"}
_START_S = 60.0
_OPTIONS = ContactsOptions(
    inputs=tuple(Input(number=at, role="alarm", name=f"zone-{at}") for at in range(INPUTS)),
    poll_ms=POLL_MS,
    debounce_ms=POLL_MS // 2,
    timeout_ms=1_000,
)
PLAIN_TOPIC = "bare/rows"


class NoChromium(RuntimeError):
    """There is no browser, or nothing to drive it. The message says what to install."""


class Chromium:
    """A browser without a window, and its pages."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._told = browser.new_browser_cdp_session()

    def page(self, url: str, sign_in: Callable[[Any], None] = lambda _: None) -> Any:
        """A page at the address, in a context of its own; `sign_in` gets the context before."""
        context = self._browser.new_context(viewport={"width": 1366, "height": 768}, base_url=url)
        sign_in(context)
        page = context.new_page()
        page.goto(url)
        return page

    def close_pages(self) -> None:
        """All of them."""
        for context in list(self._browser.contexts):
            context.close()

    def cpu_s(self) -> float:
        """Processor time so far of all the browser's processes that live."""
        processes = self._told.send("SystemInfo.getProcessInfo")["processInfo"]
        return float(sum(one["cpuTime"] for one in processes))


@contextmanager
def chromium() -> Iterator[Chromium]:
    """The system's Chromium. Raises NoChromium."""
    program = next((one for one in CHROMIUM if one.is_file()), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoChromium("nothing drives a browser: run pip install playwright (it need not download one)") from None
    if program is None:
        raise NoChromium("there is no Chromium: run apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield Chromium(browser)
        finally:
            browser.close()


class ConsoleRig(NamedTuple):
    """A hub that answers at `url`, and what lies behind it."""

    url: str
    broker: EmbeddedBroker
    board: ContactsTwin
    yard: AgentTwin
    person: tuple[str, str]

    def sign_in(self, context: Any) -> None:
        """Somebody sits before the browser."""
        name, password = self.person
        answer = context.request.post(f"{self.url}/sign-in", data={"name": name, "password": password})
        if not answer.ok:
            raise RuntimeError(answer.text())

    def activate(self, at: int) -> None:
        """An input of the board becomes active."""
        self.board.activate(f"zone-{at % INPUTS}")

    def calm(self, at: int) -> None:
        """It is at rest again."""
        self.board.calm(f"zone-{at % INPUTS}")

    def raise_zones(self, count: int) -> list[str]:
        """So many incidents of the yard, committed when this returns; the zones' names."""
        names = [f"z{at}" for at in range(count)]
        self._tell(names, active=True)
        _wait(lambda: self.yard.settled, "the yard's receipt")
        return names

    def calm_zones(self, names: list[str]) -> None:
        """Each of these incidents changes: its condition ends, or where it had ended begins anew."""
        self._tell(names, active=False)

    def _tell(self, names: list[str], *, active: bool) -> None:
        for name in names:
            self.yard.note(YARD + "-1", PanelFault(active, name))


@contextmanager
def running(folder: Path) -> Iterator[ConsoleRig]:
    """Everything up, and every device heard of."""
    with ExitStack() as stack:
        broker = stack.enter_context(EmbeddedBroker(folder / "broker"))
        line, board = PtyLine(folder / "board", baud=_BAUD), ContactsTwin(_OPTIONS)
        stack.callback(line.close)
        slaves = SlaveLine(line, [board.slave], baud=_BAUD)
        slaves.start()
        stack.callback(slaves.stop)
        port = free_port()
        settings = write_hub(folder / "hub", broker.url, port)
        people = make_accounts(folder / "hub" / "data" / "hub.db", SITE, {}, SystemClock().now_us())
        url = f"http://127.0.0.1:{port}"
        stack.enter_context(start_hub(settings))
        hub_is_up(url)
        stack.enter_context(start_agent(_write_agent(folder / "agent", broker.url, line.address)))
        random = Random(1)  # noqa: S311 - names, no secrets
        yard = AgentTwin(
            SITE, YARD, TwinsKey(key_of(YARD), YARD, ""), f"{YARD}-1", port=broker.port, clock=SystemClock(),
            names=lambda size: random.randbytes(size).hex(),
        )  # fmt: skip
        stack.callback(yard.close)
        yard.start()
        manager = people[INSTALLER]
        _wait(lambda: _board_has_spoken(url, manager.token), "the board")
        yield ConsoleRig(url, broker, board, yard, (manager.name, manager.password))


class PlainPage(NamedTuple):
    """The limit: what it shows is published on the broker, and comes to it by a bare WebSocket."""

    url: str
    wire: Wire

    def raise_rows(self, names: list[str]) -> None:
        """Each name is a row; one that there is changes."""
        for name in names:
            self.wire.send([publish_packet(PLAIN_TOPIC, json.dumps({"name": name}).encode(), 1)])


@contextmanager
def plain_page(folder: Path, broker_port: int) -> Iterator[PlainPage]:
    """Served and subscribed. Raises NoLimits."""
    port = free_port()
    with start_limit("plain_rows", folder / "plain.log", str(broker_port), PLAIN_TOPIC, str(port)) as child:
        Counter(child).wait_ready()
        with Wire(broker_port, "plain", (), lambda *_: None) as wire:
            yield PlainPage(f"http://127.0.0.1:{port}/", wire)


def write_hub(folder: Path, broker_url: str, port: int) -> Path:
    """The settings of a hub on that port."""
    folder.mkdir()
    (folder / "data").mkdir()
    estate = {
        "site": SITE,
        "timezone": "Asia/Shanghai",
        "places": [{"id": "gate", **_NAMES}],
        "agents": [{"id": agent, "place": "gate", "key": key_of(agent).hex(), **_NAMES} for agent in (BOARD, YARD)],
        "devices": [
            {"id": f"{agent}-1", "kind": "contacts", "place": "gate", "agent": agent, **_NAMES} for agent in (BOARD, YARD)
        ],
        **_NAMES,
    }
    dump(folder / "estate.yaml", estate)
    write_unmerging_policy(folder / "policy.yaml")
    settings = {"estate": "estate.yaml", "policy": "policy.yaml", "broker": {"url": broker_url}, "http": {"port": port}}
    return dump(folder / "hub.yaml", settings)


def _write_agent(folder: Path, broker_url: str, address: str) -> Path:
    folder.mkdir()
    options: dict[str, Any] = msgspec.to_builtins(_OPTIONS)
    standard: dict[str, Any] = msgspec.to_builtins(ContactsOptions())
    options = {name: value for name, value in options.items() if value != standard[name]}
    device = {"id": f"{BOARD}-1", "driver": "contacts_modbus", "address": address, "options": options}
    settings = {"site": SITE, "agent": BOARD, "key": key_of(BOARD).hex(), "card_key": "c" * 64, "broker": {"url": broker_url}}
    return dump(folder / "agent.yaml", settings | {"spool": {"path": "spool.db"}, "devices": [device]})


def hub_is_up(url: str) -> None:
    """Wait until it answers. Raises TimeoutError."""
    _wait(lambda: _answers(url), "the hub")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=5, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _board_has_spoken(url: str, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{url}/events", params={"device": f"{BOARD}-1"}, headers=headers, timeout=10, trust_env=False)
    return bool(answer.raise_for_status().json()["events"])


def _wait(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + _START_S
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not come within {_START_S:.0f} s")
        time.sleep(0.02)
