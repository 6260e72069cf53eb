"""`watchkeeper duties`, against a real hub and against none."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from click.testing import CliRunner

from tests.support.duty_site import HOUR_S, TAGS, announce, at, duty_site, item, report, settled
from tests.support.outward_rig import Site
from watchkeeper import duties_command, hub_client
from watchkeeper.cli import main

FIELDS = ("--field", "slips_counted=3", "--field", "complaints_registered=3")


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with duty_site(tmp_path) as made:
        yield made


def duties(site, *args, lang="zh_CN.UTF-8"):
    if isinstance(site, str):
        return CliRunner(env={"LC_ALL": lang}).invoke(main, ["duties", "--url", site, *args])
    surroundings = {"LC_ALL": lang, "WATCHKEEPER_TOKEN_FILE": str(site.token_file())}
    return CliRunner(env=surroundings).invoke(main, ["duties", "--url", site.outward.url, *args])


def good(shown):
    assert shown.exit_code == 0, shown.output
    return shown.stdout


def test_windows_are_listed_in_the_language_of_the_locale_or_the_one_that_is_asked_for(site):
    rows = announce(site)
    chinese = good(duties(site, "list")).splitlines()
    assert chinese[0].split() == ["状态", "职责", "位置", "开始", "截止", "编号"]
    assert {line.split()[2] for line in chinese[1:]} == {"东门", "水泵房"}
    opens = datetime.fromisoformat(rows[0]["opens_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
    assert all(f"  {opens:%Y-%m-%d %H:%M}  " in line for line in chinese[1:]), "as a clock in the estate shows it"
    assert {line.split()[-1] for line in chinese[1:]} == {one["id"] for one in rows}
    assert all(line.startswith("未到期  巡逻") for line in chinese[1:])
    for shown in (duties(site, "list", lang="en_US.UTF-8"), duties(site, "list", lang="de_DE")):
        assert good(shown).split()[:3] == ["state", "duty", "place"]
    assert good(duties(site, "list", lang="C.UTF-8")).startswith("状态")
    english = duties(site, "--lang", "en", "list", lang="zh_CN")
    assert "East gate" in good(english)


def test_windows_are_listed_by_state_place_and_time(site):
    gate = next(one["id"] for one in announce(site) if one["place"] == "gate")
    report(site, item("a", tag=TAGS["gate"], person="zhang"))

    def shown(*args):
        return [line.split()[-1] for line in good(duties(site, "list", *args)).splitlines()[1:]]

    assert shown("--state", "kept") == [gate]
    assert len(shown("--state", "kept", "--state", "open")) == 2
    assert shown("--place", "gate", "--duty", "weather") == [gate]
    assert shown("--from", at(2 * HOUR_S)) == []
    assert shown("--to", at(-5 * HOUR_S)) == []
    day = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    assert shown("--from", str(day + timedelta(days=2))) == []
    assert len(shown("--to", str(day))) == 2, "the day itself is included"
    assert shown("--to", str(day - timedelta(days=2))) == []
    announce(site, "event", name="later")
    assert len(shown()) == 4


def test_a_list_of_several_pages_is_whole_and_one_that_is_cut_says_so(site, monkeypatch):
    monkeypatch.setattr(duties_command, "PAGE_ROWS", 1)
    announce(site)
    announce(site, "event", name="e")
    assert len(good(duties(site, "list")).splitlines()) == 5
    cut = duties(site, "list", "--limit", "3")
    assert len(good(cut).splitlines()) == 4
    assert "--limit" in cut.stderr


def test_a_window_is_explained_in_both_languages_the_readers_first(site):
    gate = next(one["id"] for one in announce(site, ends_s=1.5) if one["place"] == "gate")
    report(site, item("a", tag=TAGS["gate"], person="wang"))
    settled(site, gate, "unproven")
    lines = good(duties(site, "explain", gate)).splitlines()
    assert lines[0].startswith("待证实：巡逻，东门，")
    assert lines[1].startswith("Unproven: patrol, East gate, ")
    assert lines[2].startswith("事件 ")
    assert lines[3].split()[0] == "-"
    assert lines[3].endswith("此岗位不承担这项职责")
    english = good(duties(site, "explain", gate, lang="en_GB.UTF-8")).splitlines()
    assert english[:2] == lines[1::-1]
    assert english[3].endswith("the person's post does not do this duty")
    report(site, item("b", made_s=-30, tag=TAGS["gate"], person="zhagn"))
    assert "“zhagn”?" in good(duties(site, "explain", gate))


def test_the_desk_answers_and_reports_and_what_is_refused_exits_with_two(site):
    windows = {one["duty"]: one["id"] for one in announce(site, "event")}
    assert good(duties(site, "answer", "post", "gate", "--by", "zhang")).startswith("new answer post gate ")
    lost = duties(
        site, "report", "letters", "gate", "--by", "zhang", "--field", "slips_counted=3", "--field", "complaints_registered=2"
    )
    assert lost.exit_code == 2
    assert "must be equal" in lost.output
    sent = ("report", "letters", "gate", "--by", "zhang", *FIELDS, "--key", "letters-1128")
    assert good(duties(site, *sent)) == f"new report letters gate letters-1128\n计入时段 {windows['letters']}\n"
    assert [settled(site, windows[duty], "kept")["window"]["people"] for duty in ("post", "letters")] == [["zhang"]] * 2
    cleaner = good(duties(site, "report", "letters", "gate", "--by", "wang", *FIELDS, lang="en_GB.UTF-8"))
    assert cleaner.endswith("\nIt keeps no window: the person's post does not do this duty\n")
    assert duties(site, "report", "letters", "gate", "--field", "slips").exit_code == 2
    assert duties(site, "answer", "nothing", "gate").exit_code == 2


def test_what_is_wrong_is_told_with_two(site):
    shown = duties(site, "explain", "patrol/north/gate/20260101T000000Z/0")
    assert shown.exit_code == 2
    assert "没有这个时段" in shown.output
    assert duties(site, "list", "--state", "lost").exit_code == 2
    assert "RFC 3339" in duties(site, "list", "--from", "today").output
    typo = duties(site, "list", "--place", "gat")
    assert typo.exit_code == 2
    assert "是否为 gate" in typo.output


def test_a_hub_that_does_not_run_is_told_plainly():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        shown = duties(url, "list")
    assert shown.exit_code == 1
    assert f"no hub answers at {url}: start it" in shown.output


def test_nothing_to_list_is_a_heading_alone(monkeypatch):
    reply = httpx.Response(200, json={"windows": [], "next": None, "timezone": "Asia/Shanghai"})
    transport = httpx.MockTransport(lambda _: reply)
    monkeypatch.setattr(duties_command, "HubClient", lambda url, *_: hub_client.HubClient(url, transport=transport))
    assert good(duties("http://127.0.0.1:9", "list")) == "状态  职责  位置  开始  截止  编号\n"
