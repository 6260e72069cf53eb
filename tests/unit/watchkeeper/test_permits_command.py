"""`watchkeeper permits`, against a real hub."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from tests.support.outward_rig import Site, running_site
from watchkeeper.cli import main


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        for path, body in (
            ("zones/estate", {"name_zh": "小区"}),
            ("portals/reader-1", {"to_zone": "estate"}),
            ("groups/residents", {"name_zh": "业主", "rights": [{"portal": "reader-1"}]}),
        ):
            assert made.http.put(f"/access/{path}", json=body).is_success
        yield made


def permits(site, *args, code=0, lang="en"):
    env = {"WATCHKEEPER_TOKEN_FILE": str(site.token_file())}
    shown = CliRunner(env=env).invoke(main, ["permits", "--lang", lang, "--url", site.outward.url, *map(str, args)])
    assert shown.exit_code == code, shown.output
    return shown.output


def test_the_template_is_imported_and_listed(site, tmp_path):
    file = tmp_path / "permits.csv"
    file.write_text(permits(site, "template"), encoding="utf-8")
    assert "1 rows: 1 done, 0 failed (a dry run: nothing was written)" in permits(site, "import", file, "--dry-run")
    assert "共 1 行：成功 1，失败 0" in permits(site, "import", file, lang="zh")
    told = permits(site, "list", "--text", "李")
    assert "card:67" in told
    assert "plate:京A12345" in told
    assert "residents" in told


def test_a_wrong_row_is_told_with_its_column_and_what_to_write_and_the_rest_is_done(site, tmp_path):
    file = tmp_path / "permits.csv"
    file.write_text("姓名,权限组,电话\n甲,业主,abc\n乙,业主,\n", encoding="utf-8")
    told = permits(site, "import", file, code=1)
    assert f"{file}:2: phone: phone is wrong: write digits" in told
    assert "2 rows: 1 done, 1 failed" in told
    assert "0 done, 2 failed" in permits(site, "import", file, "--all-or-nothing", code=1)
    file.write_text("what\n", encoding="utf-8")
    assert "the column name is missing" in permits(site, "import", file, code=2)
    assert "cannot be read" in permits(site, "import", tmp_path / "nowhere.csv", code=2)


def test_the_tables_of_agents_are_shown(site):
    assert "held" in permits(site, "tables")
