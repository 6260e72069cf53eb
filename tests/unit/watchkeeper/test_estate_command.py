"""`watchkeeper estate import` and `export`, against a real hub."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.outward_rig import Site
from tests.support.site_rig import KEY, OTHER_KEY
from watchkeeper.cli import main

NAMES = "name_zh: 名, name_en: name"
FILE = f"""
site: garden
name_zh: 花园
name_en: Garden
timezone: Asia/Shanghai
floors: [{{id: ground, {NAMES}, drawing: plan.svg}}]
places: [{{id: gate, {NAMES}, floor: ground}}]
agents:
  - {{id: gatehouse, place: gate, {NAMES}, key: {KEY.hex()}}}
  - {{id: cellar, place: gate, {NAMES}, key: {OTHER_KEY.hex()}}}
devices: [{{id: door-1, kind: door, place: gate, agent: gatehouse, {NAMES}, at: [0.5, 0.5]}}]
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><rect onload="x()" width="1"/></svg>'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "plan.svg").write_text(SVG)
    made = tmp_path / "estate.yaml"
    made.write_text(FILE, encoding="utf-8")
    return made


def estate(site: Site, *args: str) -> Result:
    where = ("--url", site.outward.url, "--token-file", str(site.token_file("manager")))
    return CliRunner().invoke(main, ["estate", args[0], *where, *args[1:]])


def test_a_file_is_put_in_force_with_its_drawings_and_without_its_keys(site: Site, file: Path):
    dry = estate(site, "import", str(file), "--dry-run")
    assert (dry.exit_code, "删除设备" in dry.output, "仅检查" in dry.output) == (0, True, True)
    assert site.book.version == 0
    done = estate(site, "import", str(file), "--reason", "新版")
    assert (done.exit_code, "第 1 版已生效" in done.output, "略去 1 处" in done.output) == (0, True, True)
    assert list(site.book.current.devices) == ["door-1"]
    assert site.book.key_of("cellar") == OTHER_KEY
    assert KEY.hex() not in str(site.rows("estate_version"))
    assert site.http.get("/estate/drawings/ground").status_code == 200


def test_what_is_exported_is_the_file_of_what_is_in_force(site: Site, file: Path, tmp_path: Path):
    estate(site, "import", str(file))
    out = tmp_path / "out.yaml"
    assert estate(site, "export", str(out)).exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "door-1" in text
    assert KEY.hex() not in text
    table = tmp_path / "devices.csv"
    assert estate(site, "export", str(table), "--kind", "devices", "--csv").exit_code == 0
    told = estate(site, "import", str(table), "--kind", "devices", "--replace")
    assert (told.exit_code, told.output.splitlines()) == (0, ["第 1 版已生效"])
    assert estate(site, "export", str(out), "--csv").exit_code == 2


def test_a_mistake_is_told_with_its_line_or_row_and_nothing_is_changed(site: Site, file: Path, tmp_path: Path):
    file.write_text(FILE.replace("kind: door", "kind: window"), encoding="utf-8")
    told = estate(site, "import", str(file))
    assert (told.exit_code, "estate.yaml:11: devices[0].kind" in told.output) == (2, True)
    table = tmp_path / "devices.csv"
    table.write_bytes("编号,位置\ndoor-1,没有\n".encode("gbk"))
    told = estate(site, "import", str(table), "--kind", "devices")
    assert (told.exit_code, "devices.csv:2:place: “没有”不存在" in told.output) == (2, True)
    assert estate(site, "import", str(tmp_path / "none"), "--kind", "devices").exit_code == 2
    assert site.book.version == 0
