"""An app's style sheets are all in force once its rooms are loaded: what two of them say of one class, the later one wins."""

import re
from collections import defaultdict

import pytest

from tests.tidy.tree import ROOT, tracked

APPS = sorted({path.parts[2] for path in tracked() if path.parts[:2] == ("dashboards", "apps")})
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SELECTORS = re.compile(r"([^{}]+)\{")
_ONE_CLASS = re.compile(r"\s*\.([\w-]+)\s*")


def sheets(app):
    return [path for path in tracked() if path.parts[:3] == ("dashboards", "apps", app) and path.suffix == ".css"]


@pytest.mark.parametrize("app", APPS)
def test_a_class_belongs_to_one_sheet(app):
    homes = defaultdict(set)
    for path in sheets(app):
        text = _COMMENT.sub("", (ROOT / path).read_text(encoding="utf-8"))
        for found in _SELECTORS.finditer(text):
            for selector in found[1].split(","):
                first = _ONE_CLASS.fullmatch(selector)
                if first is not None:
                    homes[first[1]].add(path.relative_to(f"dashboards/apps/{app}").as_posix())
    shared = {name: sorted(paths) for name, paths in homes.items() if len(paths) > 1}
    assert not shared, shared
