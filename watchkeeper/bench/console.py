"""The console in a real browser: how soon a row is seen, what 2,000 rows at 50 changes a second cost, and what is loaded."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from watchkeeper.bench import machine
from watchkeeper.bench.console_list import million_listed
from watchkeeper.bench.console_plan import zoomed
from watchkeeper.bench.console_rig import Chromium, ConsoleRig, PlainPage, chromium, plain_page, running
from watchkeeper.bench.rows import Figures, Row, row, spread

EVENTS = 60
"""How often a device speaks."""
ROWS, RATE, SECONDS = 2_000, 50, 20.0
FRAMES_A_S = 60.0
_PAUSE_S = 0.15
_SEEN = """() => { const last = Math.max(0, ...rowNumbers());
  window.seen = new Promise(done => {
    const look = () => rowNumbers().some(no => no > last) && done(Date.now());
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true});
    setTimeout(() => done(null), 10000);
  }); }"""
_ROWS = "window.rowNumbers = () => [...document.querySelectorAll('[data-no]')].map(row => Number(row.dataset.no))"
_FRAMES = """() => { window.frames = 0; window.counting = true;
  const count = () => { window.frames += 1; if (window.counting) requestAnimationFrame(count); };
  requestAnimationFrame(count); }"""


def console(scale: float = 1.0) -> list[Row]:
    """A row for each figure of the console, beside a page of plain rows that the same browser shows. Raises NoChromium."""
    with TemporaryDirectory(prefix="watchkeeper-bench-") as name:
        folder = Path(name)
        looked = machine.look(folder)
        with chromium() as browser, running(folder) as rig, plain_page(folder, rig.broker.port) as plain:
            mine, bare = _opened(browser, rig), browser.page(plain.url)
            rows = [
                _loaded(mine, bare, looked),
                _seen(mine, rig, bare, plain, max(3, int(EVENTS * scale)), looked),
                *_busy(browser, rig, plain, max(0.5, SECONDS * min(scale, 1.0)), max(50, int(ROWS * min(scale, 1.0))), looked),
                zoomed(browser, rig, scale, looked),
            ]
        return [*rows, million_listed(folder, scale, looked)]


def _opened(browser: Chromium, rig: ConsoleRig) -> Any:
    page = browser.page(rig.url, rig.sign_in)
    page.goto(f"{rig.url}/console/queue")
    page.wait_for_selector("html[data-channel=live]")
    return page


def _loaded(mine: Any, bare: Any, looked: machine.Machine) -> Row:
    """What came over the wire until the first screen stood, compressed as it came."""
    sizes = (
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".filter(one => !['fetch', 'xmlhttprequest'].includes(one.initiatorType))"
        ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
    )
    ours, limit = (Figures(p50=round(page.evaluate(sizes) / 1000, 1)) for page in (mine, bare))
    return row("console: first load", "kB", ours, limit, looked)


def _seen(mine: Any, rig: ConsoleRig, bare: Any, plain: PlainPage, events: int, looked: machine.Machine) -> Row:
    """From the change of an input of a board to its row. The limit begins where ours has the agent and the hub behind it."""

    def took(page: Any, cause: Callable[[int], None], calm: Callable[[int], None]) -> Figures:
        page.evaluate(_ROWS)
        found = []
        for at in range(events):
            page.evaluate(_SEEN)
            began = time.time()
            cause(at)
            seen = page.evaluate("window.seen")
            if seen is not None:
                found.append(max(0.0, seen - began * 1000))
            calm(at)
            time.sleep(_PAUSE_S)
        return spread(found)

    return row(
        "console: device's bytes to visible row",
        "ms",
        took(mine, rig.activate, rig.calm),
        took(bare, lambda at: plain.raise_rows([f"a{at}"]), lambda _: None),
        looked,
    )


def _busy(browser: Chromium, rig: ConsoleRig, plain: PlainPage, seconds: float, count: int, looked: machine.Machine) -> list[Row]:
    """Each page is alone in the browser while it is measured."""

    def change_plain(some: list[str]) -> None:
        plain.raise_rows(some)

    browser.close_pages()
    names = rig.raise_zones(count)
    mine = _opened(browser, rig)
    mine.wait_for_selector("[data-no]")
    ours = _measured(browser, mine, names, rig.calm_zones, seconds)
    browser.close_pages()
    bare = browser.page(plain.url)
    plain.raise_rows(names)
    bare.wait_for_function(f"document.querySelectorAll('[data-no]').length >= {count}")
    limit = _measured(browser, bare, names, change_plain, seconds)
    titles = ((f"console: frames dropped, {count:,} rows, {RATE}/s", "%"), ("console: browser's cpu at that", "% of a core"))
    return [
        row(title, unit, Figures(p50=mine_), Figures(p50=bare_), looked)
        for (title, unit), mine_, bare_ in zip(titles, ours, limit, strict=True)
    ]


def _measured(
    browser: Chromium, page: Any, names: list[str], change: Callable[[list[str]], None], seconds: float
) -> tuple[float, float]:
    """Dropped frames and processor time, both in percent, while `change` is told of RATE names a second."""
    page.wait_for_timeout(1_000)
    cpu_s = browser.cpu_s()
    page.evaluate(_FRAMES)
    began = time.monotonic()
    steps = int(seconds * 10)
    for step in range(steps):
        at = step * (RATE // 10) % len(names)
        change(names[at : at + RATE // 10])
        page.wait_for_timeout(max(0.0, (began + (step + 1) / 10 - time.monotonic()) * 1000))
    took = time.monotonic() - began
    frames = page.evaluate("window.counting = false, window.frames")
    dropped = max(0.0, 1 - frames / (took * FRAMES_A_S))
    return round(100 * dropped, 2), round(100 * (browser.cpu_s() - cpu_s) / took, 1)
