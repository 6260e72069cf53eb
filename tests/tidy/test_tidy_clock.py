"""Time is an argument: only contract/clock.py reads a clock."""

import ast
from pathlib import Path

import pytest

from tests.tidy.tree import ROOT, parsed, python_files

READS_A_CLOCK = (
    {("time", name) for name in ("time", "time_ns", "monotonic", "monotonic_ns", "localtime", "gmtime")}
    | {("datetime", name) for name in ("now", "utcnow", "today")}
    | {("date", "today")}
)
ALLOWED = {Path("contract/clock.py")}
MEASURES = ("watchkeeper/bench/",)  # a bench times real things


def clock_reads(tree: ast.Module) -> list[int]:
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in READS_A_CLOCK:
                lines.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            lines += [node.lineno for alias in node.names if ("time", alias.name) in READS_A_CLOCK]
    return lines


def test_only_the_clock_reads_the_clock():
    wrong = [
        f"{path}:{line}"
        for path in python_files("contract", "drivers", "edge", "hub", "watchkeeper")
        if path not in ALLOWED and not path.as_posix().startswith(MEASURES)
        for line in clock_reads(parsed(path))
    ]
    assert not wrong, f"take a contract.clock.Clock instead: {wrong}"


@pytest.mark.parametrize(
    "code",
    ["import time\ntime.time()", "import datetime\ndatetime.datetime.now()", "from time import monotonic", "x = date.today()"],
)
def test_the_rule_sees_each_way_to_read_a_clock(code):
    assert clock_reads(ast.parse(code))


def test_the_clock_is_where_the_rule_says():
    assert clock_reads(ast.parse((ROOT / "contract/clock.py").read_text(encoding="utf-8")))
