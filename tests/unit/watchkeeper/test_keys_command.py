"""`watchkeeper keys`, against a real hub."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from tests.support.outward_rig import Site, running_site
from watchkeeper.cli import main

HEAD = "id,kind,name_zh,name_en,place\n"


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        yield made


def keys(site, *args, code=0, lang="en"):
    env = {"WATCHKEEPER_TOKEN_FILE": str(site.token_file())}
    shown = CliRunner(env=env).invoke(main, ["keys", "--lang", lang, "--url", site.outward.url, *map(str, args)])
    assert shown.exit_code == code, shown.output
    return shown.output


def test_a_list_is_imported_line_by_line_and_a_mended_one_again(site, tmp_path):
    file = tmp_path / "keys.csv"
    good, bad = (
        "K-1,key,泵房钥匙,pump key,gate\n",
        "K-2,kee,x,y,gate\nK-3,radio,对讲机,radio,nowhere\nK 4,radio,x,y,gate\nK-5,key,,,\n",
    )
    file.write_text(HEAD + good + bad, encoding="utf-8-sig")
    told = keys(site, "import", file, code=1)
    assert f"{file}:3: " in told
    assert "is no kind: write one of key, radio" in told
    assert f"{file}:4: 没有位置“nowhere”" in told
    assert f"{file}:5: " in told
    assert f"{file}:6: name_zh, name_en, place" in told
    assert "1 added, 0 known, 4 refused" in told
    file.write_text(HEAD + good + "K-2,torch,手电,torch,gate\n", encoding="utf-8")
    assert keys(site, "import", file) == "1 added, 1 known, 0 refused\n"
    assert [line.split()[0] for line in keys(site, "list").splitlines()] == ["id", "K-1", "K-2"]
    assert keys(site, "list", "--out", lang="zh").split() == ["编号", "种类", "名称", "存放", "状态", "持有人", "应还"]


@pytest.mark.parametrize(
    ("text", "message"), [(b"id;kind\n", "the columns kind, name_zh"), (b"\xff\xfe", "is no UTF-8"), (None, "cannot be read")]
)
def test_what_is_no_such_list_is_told_and_nothing_is_sent(site, tmp_path, text, message):
    file = tmp_path / "keys.csv"
    if text is not None:
        file.write_bytes(text)
    told = keys(site, "import", file, code=2)
    assert message in told or "the columns id, kind" in told
    assert site.rows("key_item") == []
