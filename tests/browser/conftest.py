"""What tests with a browser stand on: an estate for each module, and pages of people who are signed in to its console.

A module has the estate otherwise by a fixture `wanted` of its own; its tests stay on one worker (tests/support/workers.py).
A page that says an error on its console, or throws one, fails its test. Pictures lie in build/browser: one of each page of a test
that failed, and those that a test asks `picture` for.
"""

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, ViewportSize, sync_playwright

from hub.accounts.permissions import Role
from tests.support.browser_estate import ZONE, BrowserEstate, Wanted

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "hub" / "web" / "console" / "index.html"
PICTURES = ROOT / "build" / "browser"
SANDBOX = ["--no-sandbox"] if os.geteuid() == 0 else []
SOUND = "--autoplay-policy=no-user-gesture-required"
SIZE: ViewportSize = {"width": 1366, "height": 768}
PAGE_MS = 15_000
AWAY = ("net::ERR_", "WebSocket connection to", "status of 502", "status of 503")
"""What a page may say of a hub that is not there."""
WHO_IS_THERE = "/me"
KEEP_LANGUAGE = "localStorage['watchkeeper:language'] ??= '%s'"

Room = Callable[..., Page]
Picture = Callable[[Page, str], None]
_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    """What the module's estate has otherwise."""
    return Wanted()


@pytest.fixture(scope="module")
def estate(wanted: Wanted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserEstate]:
    """The running estate. A test that stops the hub starts it again."""
    assert CONSOLE.is_file(), "the pages are not built: run make web"
    with BrowserEstate(tmp_path_factory.mktemp("estate"), wanted) as running:
        yield running


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Ended with the module: as long as it runs no other test of this process can have an event loop."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that may sound at once."""
    with _launched(playwright, SOUND) as running:
        yield running


@pytest.fixture
def strict_browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser as people have it: it sounds only after a click or a key."""
    with _launched(playwright, "--autoplay-policy=document-user-activation-required") as running:
        yield running


def _launched(playwright: Playwright, *switches: str) -> Browser:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed: run apt-get install chromium")
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*SANDBOX, *switches])


class Rooms:
    """Pages of signed-in people, each with what it has said on its console."""

    def __init__(self, estate: BrowserEstate, browser: Browser) -> None:
        self.estate, self.browser = estate, browser
        self.pages: list[Page] = []
        self.said: list[str] = []
        self.contexts: list[BrowserContext] = []
        estate.was_down = False

    def open(
        self,
        role: Role,
        language: str = "zh",
        timezone: str = ZONE,
        *,
        path: str = "queue",
        beside: Page | None = None,
        browser: Browser | None = None,
        bypass_csp: bool = False,
    ) -> Page:
        """The console's room `path`, once the live channel is up. `beside`: another window of the same browser and sign-in."""
        if beside is not None:
            context = beside.context
        else:
            locale = "zh-CN" if language == "zh" else "en-GB"
            context = (browser or self.browser).new_context(
                locale=locale, timezone_id=timezone, viewport=SIZE, bypass_csp=bypass_csp, base_url=self.estate.url
            )
            self.contexts.append(context)
            context.add_init_script(KEEP_LANGUAGE % language)
            name, password = self.estate.person(role)
            answer = context.request.post("/sign-in", data={"name": name, "password": password})
            assert answer.ok, answer.text()
        context.set_default_timeout(PAGE_MS)
        page = context.new_page()
        self.pages.append(page)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error.name}: {error.message}\n{error.stack}"))
        with (
            page.expect_websocket()
        ):  # whatever looks into the page counts as a click, and lets it sound: not before it has begun
            page.goto(f"/console/{path}")
        page.wait_for_selector(".wk-shell")
        page.wait_for_selector("html[data-channel=live]")
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        text, place = message.text, message.location.get("url", "")
        if WHO_IS_THERE in place and "status of 401" in text:
            return  # a window asks whether anybody is signed in
        if message.type != "error" or (self.estate.was_down and any(one in text for one in AWAY)):
            return
        self.said.append(f"{place}: {text}")


@pytest.fixture
def rooms(estate: BrowserEstate, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Rooms]:
    """What `room` opens, closed at the end."""
    opened = Rooms(estate, browser)
    yield opened
    failed = request.node.stash.get(_failed, False)
    for at, page in enumerate(opened.pages):
        if (failed or opened.said) and not page.is_closed():
            _shoot(page, f"failed-{request.node.name}-{at}")
    for context in opened.contexts:
        context.close()
    assert opened.said == [], "\n".join(opened.said)


@pytest.fixture
def room(rooms: Rooms) -> Room:
    """`room(role, language="zh", timezone="Asia/Shanghai")`: a page at /console/ of somebody who is signed in; see Rooms.open."""
    return rooms.open


@pytest.fixture
def picture() -> Picture:
    """`picture(page, name)` keeps how the page looks as build/browser/NAME.png."""
    return _shoot


def _shoot(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}.png")
