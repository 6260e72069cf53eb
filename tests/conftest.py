"""In CI a skipped test is a failed one: only what needs data that is not part of the project may be left out."""

import os

import pytest

from tests.support.workers import Grouped

_MAY_BE_ABSENT = "are not here"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if not report.skipped or hasattr(report, "wasxfail") or os.environ.get("CI") != "true":
        return
    reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not reason.rstrip().endswith(_MAY_BE_ABSENT):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and in CI nothing may be: {reason}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Grouped(config, log) if config.getvalue("dist") == "loadgroup" else None
