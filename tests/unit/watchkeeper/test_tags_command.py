"""`watchkeeper tags`, against a real hub and against none."""

import socket
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
from click.testing import CliRunner

from tests.support.outward_rig import Site, running_site
from watchkeeper import hub_client, tags_command
from watchkeeper.cli import main

NFC = "04:a2:2b:7c:19:5e:80"
NAME = "04A22B7C195E80"
WHO = ("--reason", "新装")


@pytest.fixture(scope="module")
def module_site(tmp_path_factory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def site(module_site: Site) -> Site:
    """A hub on which nothing counts any more."""
    for row in module_site.http.get("/tags", params={"current": True}).json()["tags"]:
        module_site.http.post(f"/tags/{row['tag']}/revoke", json={"reason": "over"})
    return module_site


def tags(site, *args):
    if isinstance(site, str):
        return CliRunner().invoke(main, ["tags", "--url", site, *args])
    return CliRunner().invoke(main, ["tags", "--url", site.outward.url, "--token-file", str(site.token_file()), *args])


def english(site, *args):
    return good(tags(site, "--lang", "en", *args))


def good(shown):
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_an_installer_enrols_lists_replaces_and_revokes(site):
    assert good(tags(site, "enrol", NFC, "--place", "gate", *WHO)) == f"已登记 nfc {NAME}，位置：名（gate）\n"
    lines = good(tags(site, "list")).splitlines()
    assert lines[0].split() == ["标签", "介质", "归属", "编号", "登记时间", "登记人", "停用时间", "停用人", "原因"]
    assert english(site, "list").splitlines()[0].split() == [
        "tag",
        "medium",
        "where",
        "id",
        "enrolled",
        "by",
        "ended",
        "by",
        "reason",
    ]
    assert [line.split()[:4] for line in lines[1:]] == [[NAME, "nfc", "名", "gate"]]
    told = site.http.get("/tags", params={"tag": NAME}).json()["tags"][0]["enrolled_at"]
    enrolled = datetime.fromisoformat(told).astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"  gate  {enrolled:%Y-%m-%d %H:%M}  李伟    -" in lines[1], "as a clock in the estate shows it"
    shown = english(site, "replace", NFC, "01-00001A2B3C4D-7F", "--medium", "ibutton", *WHO)
    assert shown.splitlines() == [
        f"replaced nfc {NAME} at name (gate)",
        "enrolled ibutton 0100001A2B3C4D7F at name (gate)",
    ]
    good(tags(site, "revoke", "0100001A2B3C4D7F", "--reason", "丢失"))
    assert len(good(tags(site, "list")).splitlines()) == 1
    assert "丢失" in good(tags(site, "list", "--all"))
    assert good(tags(site, "list", "--tag", NFC)).splitlines()[1].startswith(NAME)


def test_a_persons_tag_is_told_with_the_persons_name(monkeypatch):
    row = {"tag": NAME, "medium": "card", "place": "", "person": "li-wei", "person_zh": "李伟", "person_en": "Li Wei"}
    transport = httpx.MockTransport(lambda _: httpx.Response(201, json={"tag": row, "label": "https://hub.example/t/1"}))
    monkeypatch.setattr(tags_command, "HubClient", lambda url, *_: hub_client.HubClient(url, transport=transport))
    enrol = ("enrol", NFC, "--person", "li-wei", *WHO)
    assert good(tags("http://127.0.0.1:9", *enrol)).startswith(f"已登记 card {NAME}，人员：李伟（li-wei）\n")
    shown = english("http://127.0.0.1:9", *enrol)
    assert shown.startswith(f"enrolled card {NAME} for Li Wei (li-wei)\n")
    assert "--place" not in shown


def test_the_hub_may_be_named_in_the_environment(site):
    surroundings = {"WATCHKEEPER_URL": site.outward.url, "WATCHKEEPER_TOKEN_FILE": str(site.token_file())}
    shown = CliRunner(env=surroundings).invoke(main, ["tags", "list"])
    assert good(shown).startswith("标签")


def test_a_list_of_several_pages_is_whole(site, monkeypatch):
    monkeypatch.setattr(tags_command, "PAGE_ROWS", 2)
    for number in range(5):
        good(tags(site, "enrol", f"04B2{number:04d}", "--place", "gate", *WHO))
    assert len(good(tags(site, "list", "--place", "gate")).splitlines()) == 6


def test_a_label_is_made_and_printed(site, tmp_path):
    shown = english(site, "enrol", "--qr", "--place", "gate", *WHO)
    assert "its label holds https://hub.garden.example/t/" in shown
    file = tmp_path / "labels.pdf"
    assert good(tags(site, "sheet", str(file), "--place", "gate")) == f"已写入 1 张标签：{file}\n"
    assert file.read_bytes().startswith(b"%PDF-")


def test_a_refusal_is_told_with_two_and_nothing_is_written(site, tmp_path):
    shown = tags(site, "enrol", NFC, "--place", "gaet", *WHO)
    assert shown.exit_code == 2
    assert "perhaps gate" in shown.output
    file = tmp_path / "labels.pdf"
    assert tags(site, "sheet", str(file), "--place", "gaet").exit_code == 2
    assert "perhaps gate" in tags(site, "sheet", str(file), "--place", "gaet").output
    assert not file.exists()
    assert tags(site, "revoke", "04FF", *WHO).exit_code == 2
    wrong = tags(site, "enrol", NFC, "--place", "gate", "--reason", "李" * 1_001)
    assert wrong.exit_code == 2
    assert "body.reason" in wrong.output


@pytest.mark.parametrize(
    "args",
    [
        ("enrol", "--place", "gate"),
        ("enrol", NFC, "--qr", "--place", "gate"),
        ("replace", NFC),
        ("enrol", "--qr", "--medium", "nfc"),
    ],
)
def test_a_number_or_qr_is_needed_and_not_both(args):
    shown = tags("http://127.0.0.1:9", *args, *WHO)
    assert shown.exit_code == 2
    assert "--qr" in shown.output


@pytest.mark.parametrize("args", [("enrol", NFC, "--place", "gate"), ("revoke", NFC), ("replace", NFC, "04FF")])
def test_why_must_be_said_and_who_is_not_for_the_caller_to_say(args):
    assert tags("http://127.0.0.1:9", *args).exit_code == 2
    assert "--reason" in tags("http://127.0.0.1:9", *args).output
    assert "No such option" in tags("http://127.0.0.1:9", *args, *WHO, "--by", "li").output


def test_a_hub_that_does_not_run_is_told_plainly():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        shown = tags(url, "list")
    assert shown.exit_code == 1
    assert f"no hub answers at {url}: start it" in shown.output


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://127.0.0.1", "http://127.0.0.1:port", "hub"])
def test_what_is_no_address_is_refused(url):
    shown = tags(url, "list")
    assert shown.exit_code == 2
    assert "http://127.0.0.1:8080" in shown.output


@pytest.mark.parametrize(
    ("reply", "code", "told"),
    [
        (httpx.Response(200, json={"tags": [], "timezone": "Asia/Shanghai"}), 0, "登记时间"),
        (httpx.Response(404, text="<html>not found</html>"), 1, "is no hub"),
        (httpx.Response(500, json=["x"]), 1, "is no hub"),
        (httpx.Response(501, json={"message_zh": "未安装", "message_en": "pip install 'watchkeeper[reports]'", "errors": []}), 1,
         "未安装 / pip install 'watchkeeper[reports]'"),
        (httpx.Response(429, json={"message_zh": "稍后", "message_en": "later", "errors": []}), 1, "later"),
        (httpx.ReadTimeout("slow"), 1, "look what was done"),
        (httpx.RemoteProtocolError("gone"), 1, "broke"),
    ],
)  # fmt: skip
def test_whatever_answers_it_is_told_what_to_do(monkeypatch, reply: httpx.Response | Exception, code, told):
    def handle(_: httpx.Request) -> httpx.Response:
        if isinstance(reply, Exception):
            raise reply
        return reply

    monkeypatch.setattr(
        tags_command, "HubClient", lambda url, *_: hub_client.HubClient(url, transport=httpx.MockTransport(handle))
    )
    shown = tags("http://127.0.0.1:9", "list")
    assert shown.exit_code == code
    assert told in shown.output


def test_a_file_that_cannot_be_written_is_told(site, tmp_path):
    good(tags(site, "enrol", "--qr", "--place", "gate", *WHO))
    shown = tags(site, "sheet", str(tmp_path / "nowhere" / "labels.pdf"))
    assert shown.exit_code == 1
    assert "cannot be written" in shown.output
