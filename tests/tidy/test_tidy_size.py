"""Nothing grows until nobody wants to read it."""

import ast

from tests.tidy.tree import ROOT, parsed, python_files

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500


def test_no_function_is_over_seventy_lines():
    long = [
        f"{path}:{node.lineno} {node.name}: {lines} lines"
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long, "\n".join(long)


def test_no_file_is_over_five_hundred_lines():
    long = [
        f"{path}: {lines} lines"
        for path in python_files()
        if (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > FILE_LINES_MAX
    ]
    assert not long, "\n".join(long)


def test_every_test_file_has_a_name_of_its_own():
    seen: dict[str, list[str]] = {}
    for path in python_files("tests"):
        if path.name.startswith("test_"):
            seen.setdefault(path.name, []).append(str(path))
    assert not [paths for paths in seen.values() if len(paths) > 1]
