"""A dump of a wand's maker's program comes to a real hub, line by line, once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from contract.clock import US_PER_S, SystemClock, parse_rfc3339, rfc3339
from contract.names import guard_name
from contract.readings import TagScanned, WandRead
from tests.support.duty_site import TAGS, announce, at, detail, duty_site, settled
from tests.support.outward_rig import Site
from watchkeeper import import_command
from watchkeeper.cli import main

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAYOUT = """\
zone: Asia/Shanghai
csv: {tag: 卡号, time: 时间, guard: 人员, number: 序号, wand: 机号}
"""
HEAD = "序号,卡号,人员,时间,机号"
CARD_KEY = bytes(range(32))


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    (tmp_path / "wand.yaml").write_text(LAYOUT, encoding="utf-8")
    (tmp_path / "card.key").write_text(CARD_KEY.hex(), encoding="ascii")
    (tmp_path / "card.key").chmod(0o600)
    with duty_site(tmp_path, wand=True) as made:
        yield made


def clock(ago_s: float) -> datetime:
    """What a right clock showed so long ago, to the second."""
    return datetime.now(SHANGHAI).replace(microsecond=0) - timedelta(seconds=ago_s)


def line(number: Any, ago_s: float = 60, place: str = "gate", guard: str = "", wand: str = "A1B2C3D4") -> str:
    return f"{number},{TAGS.get(place, place)},{guard},{clock(ago_s):%Y-%m-%d %H:%M:%S},{wand}"


def dump(site, *lines, head=HEAD):
    file = site.folder / "dump.csv"
    file.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
    return file


def run(site, file, *args, code=0, lang="en", wand="wand-1"):
    given = ["duties", "--lang", lang, "--url", site.outward.url, "import", str(file), "--wand", wand]
    shown = CliRunner(env={"WATCHKEEPER_TOKEN_FILE": str(site.token_file())}).invoke(
        main, [*given, "--layout", str(site.folder / "wand.yaml"), *args]
    )
    assert shown.exit_code == code, shown.output
    return shown


def scans(site):
    return {one["key"]: one for one in site.http.get("/duties/scans", params={"source": "wand-1"}).json()["scans"]}


def reported(site):
    return site.http.get("/devices/wand-1").json()["device"]["reported_up_to"]


def from_the_cradle(site, number, ago_s, place="gate", guard=None):
    """The same scan, as an agent tells it."""
    made_us = int(clock(ago_s).timestamp()) * US_PER_S
    reading = TagScanned(tag=TAGS[place], scan=f"A1B2C3D4-{number}", guard=guard, made_at_us=made_us, clock_off_s=0.0)
    site.says("wand-1", reading, device_at_us=made_us)


def read_out(site, ago_s):
    up_to_us = int(clock(ago_s).timestamp()) * US_PER_S
    site.says("wand-1", WandRead(scans=0, up_to_us=up_to_us))


def test_a_dump_keeps_its_windows_and_twice_changes_nothing(site):
    windows = {one["place"]: one["id"] for one in announce(site)}
    file = dump(site, line(1, 120), line(2, 60, "pump"))
    first = run(site, file).stdout.splitlines()
    assert first[0].startswith("2 new, 0 known already, 0 known with another content")
    assert first[1:3] == [f"kept {windows['gate']}", f"kept {windows['pump']}"]
    assert [detail(site, one)["window"]["state"] for one in windows.values()] == ["kept", "kept"]
    kept = site.rows("scan"), site.rows("watermark"), site.rows("event")
    again = run(site, file).stdout.splitlines()
    assert again[0].startswith("0 new, 2 known already")
    assert (site.rows("scan"), site.rows("watermark"), site.rows("event")) == kept
    assert not [text for text in again if text.startswith("kept")]


def test_a_dump_and_the_cradle_tell_the_same_scan_by_the_same_name(site):
    ago = 90.0
    from_the_cradle(site, 7, ago, guard=guard_name(CARD_KEY, "A0FF01"))
    found = scans(site)["A1B2C3D4-7"]
    made = clock(0) - datetime.fromisoformat(found["at"]).astimezone(SHANGHAI)
    text = line(7, made.total_seconds(), guard="a0ff01", wand="a1b2c3d4")
    assert run(site, dump(site, text), "--card-key", str(site.folder / "card.key")).stdout.startswith("0 new, 1 known already")
    assert len(site.rows("scan")) == 1


def test_late_evidence_by_a_dump_takes_a_gap_back(site):
    gate = next(one["id"] for one in announce(site, ends_s=4.0) if one["place"] == "gate")
    settled(site, gate, "unproven")
    shown = run(site, dump(site, line(1, 120))).stdout
    assert f"withdrawn {gate}" in shown
    assert detail(site, gate)["window"]["state"] == "withdrawn"


def test_what_cannot_be_read_is_told_with_line_and_column_and_all_else_is_taken(site):
    file = dump(
        site, line(1, 120), "2,,,2026-01-01 08:00:00,A1B2C3D4", "x", "4,04A1B2C3,,yesterday,A1B2C3D4", line(5, 60, "pump")
    )
    shown = run(site, file, code=1)
    assert [text.removeprefix(f"{file}:").partition(" ")[0] for text in shown.stderr.splitlines()] == ["3:", "4:", "5:"]
    assert f"{file}:3: 卡号: blank_tag: 没有卡号 / no tag" in shown.stderr
    assert f"{file}:4: 卡号: columns: " in shown.stderr
    assert f"{file}:5: 时间: bad_time: 时间与 time_format 不符" in shown.stderr
    assert "2 new" in shown.stdout
    assert "3 lines that cannot be read" in shown.stdout
    assert len(site.rows("scan")) == 2


def test_what_the_hub_refuses_is_told_with_its_line(site, monkeypatch):
    asked = import_command.item_of
    monkeypatch.setattr(
        import_command, "item_of", lambda row, *more: asked(row, *more) | ({"medium": "no"} if row.line == 3 else {})
    )
    shown = run(site, dump(site, line(1, 120), line(2, 60, "pump")), code=1)
    assert shown.stderr.startswith(f"{site.folder / 'dump.csv'}:3: 内容有误：")
    assert "1 new" in shown.stdout
    assert "1 refused" in shown.stdout


def test_scans_that_keep_nothing_are_counted_with_the_reason(site):
    shown = run(site, dump(site, line(1, 120), line(2, 90, "04FFFFFF")), lang="zh").stdout
    assert "1 条不计入任何时段：" in shown
    assert {one["flags"][0] for one in scans(site).values() if one["flags"]} == {"unknown_tag"}


def test_a_dump_of_several_wands_is_taken_for_the_one_that_is_named(site):
    file = dump(site, line(1, 120), line(1, 60, "pump", wand="00000002"))
    refused = run(site, file, code=2)
    assert "scans of 2 wands (00000002, A1B2C3D4)" in refused.output
    assert site.rows("scan") == []
    assert "1 of other wands" in run(site, file, "--number", "a1b2c3d4").stdout
    assert set(scans(site)) == {"A1B2C3D4-1"}


def test_a_dump_without_a_wand_s_number_needs_it_where_its_records_have_numbers(site):
    file = dump(site, "7,04A1B2C3,2026-01-01 08:00:00", head="序号,卡号,时间")
    assert "--number" in run(site, file, code=2).output
    run(site, file, "--number", "A1B2C3D4")
    assert set(scans(site)) == {"A1B2C3D4-7"}
    bare = dump(site, "04A1B2C3,2026-01-01 08:00:00", f"{'卡' * 80},2026-01-01 08:00:00", head="卡号,时间")
    for _ in range(2):
        run(site, bare)
    assert len(scans(site)) == 3, "a name that is too long has a digest in its place, the same each time"


def test_guards_tags_are_sent_as_hashes_or_left_out_by_name(site):
    site.http.post("/tags", json={"medium": "card", "tag": guard_name(CARD_KEY, "A0FF01"), "person": "zhang", "reason": "r"})
    file = dump(site, line(1, -2, guard="A0FF01"))
    assert "--card-key" in run(site, file, code=2).output
    assert site.rows("scan") == []
    run(site, file, "--card-key", str(site.folder / "card.key"))
    (row,) = site.rows("scan")
    assert row.person_tag == guard_name(CARD_KEY, "A0FF01")
    assert row.person == "zhang"
    assert "A0FF01" not in str(site.rows("event")), "the number itself never comes to the hub"
    run(site, dump(site, line(2, 30, guard="A0FF01")), "--without-guards")
    assert scans(site)["A1B2C3D4-2"]["person"] == ""


def test_a_wand_s_clock_that_is_off_is_told_and_its_scans_are_set_right(site):
    text = line(1, 120 - 600)
    run(site, dump(site, text), "--clock-off", "600")
    one = scans(site)["A1B2C3D4-1"]
    assert parse_rfc3339(one["device_at"]) - parse_rfc3339(one["at"]) == 600 * US_PER_S
    assert one["flags"] == ["clock_off"]


def test_a_scan_of_a_dump_is_an_event_of_the_wand_and_no_sign_of_life(site):
    run(site, dump(site, line(1, 120)))
    (event,) = site.http.get("/events", params={"device": "wand-1"}).json()["events"]
    assert (event["kind"], event["stream"], event["reading"]["scan"]) == ("tag_scanned", "dump:wand-1", "A1B2C3D4-1")


# How far the wand has reported


def test_a_dump_moves_the_watermark_as_far_as_its_numbers_join_what_the_hub_has(site):
    from_the_cradle(site, 1, 3_000)
    read_out(site, 2_000)
    was = clock(0)
    texts = [line(1, 3_000), line(2, 1_500), line(3, 1_000), line(5, 500)]
    made = datetime.fromisoformat(scans(site)["A1B2C3D4-1"]["at"]).astimezone(SHANGHAI)
    texts[0] = f"1,{TAGS['gate']},,{made:%Y-%m-%d %H:%M:%S},A1B2C3D4"
    shown = run(site, dump(site, *reversed(texts))).stdout
    assert "it has reported up to" in shown
    up_to = datetime.fromisoformat(reported(site)).astimezone(SHANGHAI)
    assert abs((was - up_to).total_seconds() - 1_000) < 5, "number 4 is missing: what came after it proves nothing"
    again = run(site, dump(site, *texts)).stdout
    assert "goes no further" in again
    assert datetime.fromisoformat(reported(site)).astimezone(SHANGHAI) == up_to
    assert [
        one["kind"] for one in site.http.get("/events", params={"device": "wand-1", "kind": "wand_read"}).json()["events"]
    ] == ["wand_read"] * 2
    run(site, dump(site, texts[2], line(4, 700), texts[3]))
    up_to = datetime.fromisoformat(reported(site)).astimezone(SHANGHAI)
    assert abs((was - up_to).total_seconds() - 500) < 5, "and the next dump goes on from there"


def test_a_dump_that_does_not_join_proves_nothing(site):
    file = dump(site, line(1, 1_500), line(2, 1_000))
    assert "never been read out in a cradle" in run(site, file).stdout
    read_out(site, 1_200)
    before = reported(site)
    for _ in range(2):
        assert "that the hub should have had already" in run(site, file).stdout, "that a dump brought it before shows nothing"
    late = dump(site, line(8, 600), line(9, 500))
    assert "nothing in it joins" in run(site, late).stdout
    assert "have no numbers" in run(site, dump(site, line("", 400))).stdout
    assert reported(site) == before


def test_somebody_may_vouch_that_a_dump_is_whole_but_not_where_lines_are_wrong(site):
    gate = next(one["id"] for one in announce(site, ends_s=4.0) if one["place"] == "gate")
    settled(site, gate, "unproven")
    wrong = run(site, dump(site, line("", 60, "pump"), "x"), "--whole-until", at(0), code=2)
    assert "leave out --whole-until" in wrong.output
    assert site.rows("scan") == []
    until = at(0)
    run(site, dump(site, line("", 60, "pump")), "--whole-until", until)
    assert abs(parse_rfc3339(reported(site)) - parse_rfc3339(until)) <= US_PER_S
    settled(site, gate, "missed")


# What is wrong from the start


def test_what_is_wrong_is_told_with_two_and_nothing_is_sent(site):
    good = dump(site, line(1))
    nowhere = run(site, site.folder / "no.csv", code=2)
    assert "cannot be read" in nowhere.output
    (site.folder / "wand.yaml").write_text("csv: {encoding: gbk}\n", encoding="utf-8")
    assert "wand.yaml:1: csv.encoding: gbk is not known: write one of auto, utf-8, gb18030" in run(site, good, code=2).output
    (site.folder / "wand.yaml").write_text("{}\n", encoding="utf-8")
    header = run(site, good, code=2)
    assert f"{good}:1: tag: no_column: " in header.output
    (site.folder / "wand.yaml").write_text(LAYOUT, encoding="utf-8")
    for wand in ("wand-9", "door-1"):
        assert wand in run(site, good, wand=wand, code=2).output
    assert run(site, good, "--whole-until", "2026-01-01", code=2)
    assert site.rows("scan") == []


def test_a_long_dump_is_sent_in_parts(site, monkeypatch):
    monkeypatch.setattr(import_command, "CHUNK_ROWS", 3)
    shown = run(site, dump(site, *(line(number, 5_000 - 300 * number) for number in range(1, 11))))
    assert shown.stdout.startswith("10 new")
    assert len(site.rows("scan")) == 10


def test_a_wand_brings_scans_alone(site):
    now = rfc3339(SystemClock().now_us())
    body = {"phone": "wand-1", "sent_at": now, "items": [{"key": "p", "kind": "panic", "made_at": now}]}
    assert site.http.post("/scans", json=body).json()["items"][0]["code"] == "wrong_source"
    assert site.http.post("/scans", json=body | {"phone": "door-1"}).status_code == 404
