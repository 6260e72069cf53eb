"""What a phone's scans are worth: who made them, and when, as far as anybody can know."""

from collections.abc import Iterator
from typing import Any

import pytest

from contract.clock import SystemClock, parse_rfc3339
from hub.duties.phonetime import Boot
from hub.ingest.ports import Report
from hub.store.duty_reads import DutyReads
from tests.support.duty_rig import Rounds, seen, us
from tests.support.duty_site import HOUR_S, SENT_MONO_MS, TAGS, announce, at, detail, duty_site, item, report
from tests.support.outward_rig import Site
from tests.support.site_rig import SITE, sqlite_url
from tests.unit.hub.test_ingest_duties_clocks import step_clock

OLD_S = -2 * HOUR_S
SCAN: dict[str, Any] = {"tag": TAGS["gate"], "person": "zhang"}


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with duty_site(tmp_path, "unknown_person", "time_unproven") as made:
        yield made


def window_of(site, place="gate"):
    return next(one["id"] for one in announce(site) if one["place"] == place)


def state(site, window):
    return detail(site, window)["window"]["state"]


def began(rounds):
    return DutyReads(rounds.hub.engine, SITE).phone_began("phone-1")


def test_a_scan_of_nobody_or_of_a_stranger_does_not_pass_for_one_of_the_posts_that_may_do_it(site):
    window = window_of(site)
    found = report(
        site,
        item("nobody", tag=TAGS["gate"]),
        item("stranger", made_s=-50, tag=TAGS["gate"], person="zhagn"),
    )
    assert [(one["outcome"], one["flags"], one["why"]) for one in found] == [("new", ["unknown_person"], "unknown_person")] * 2
    assert "人员名单" in found[0]["why_zh"]
    assert "not one of the staff" in found[0]["why_en"]
    assert state(site, window) == "open"
    assert len(site.http.get("/duties/scans", params={"flag": "unknown_person"}).json()["scans"]) == 2
    assert report(site, item("known", tag=TAGS["gate"], person="zhang"))[0]["flags"] == []
    assert state(site, window) == "kept"


def test_a_scan_that_is_sent_again_is_the_same_though_its_person_was_put_into_the_estate_meanwhile(site, monkeypatch):
    sent = item("a", **SCAN)
    with monkeypatch.context() as before:
        before.setattr(site.book.current, "staff", {})
        assert report(site, sent)[0]["flags"] == ["unknown_person"]
    assert report(site, sent)[0]["outcome"] == "duplicate"
    assert report(site, sent | {"person": "wang"})[0]["outcome"] == "altered"


def test_who_answers_is_not_asked_where_anybody_may(site):
    announce(site, "event")
    assert report(site, item("d", "answer", duty="post", place="gate"), phone="hub")[0]["flags"] == []
    letters: dict[str, Any] = {"duty": "letters", "place": "gate", "fields": {"slips_counted": 1, "complaints_registered": 1}}
    assert report(site, item("r", "report", **letters), phone="hub")[0]["flags"] == ["unknown_person"]


def test_whoever_has_the_roster_asks_for_a_name_and_a_wand_that_can_tell_none_is_not_asked(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("phone-1", "wand-1"))
    rounds.at(3, rounds.scan("roof", 2.9))
    rounds.phone(seen("phone-1", "a", "gate", 2.5))
    flags = {row[0]: row[1] for row in rounds.hub.rows("scan", "source", "flags")}
    assert flags == {"phone-1": '["unknown_person"]', "wand-1": "[]"}


def test_an_old_window_is_not_filled_by_setting_the_clock_back_and_leaving_the_monotonic_time_out(site):
    window = window_of(site)
    cheat = report(site, item("cheat", made_s=OLD_S, tag=TAGS["gate"], person="zhang", mono_ms=None))[0]
    assert (cheat["outcome"], cheat["flags"], cheat["why"]) == ("new", ["time_unproven"], "time_unproven")
    assert state(site, window) == "open"
    honest = report(site, item("honest", made_s=OLD_S, tag=TAGS["gate"], person="zhang"))[0]
    assert honest["flags"] == [], "it was offline, and its monotonic clock says when"
    assert state(site, window) == "kept"


def test_a_boot_that_changes_its_beginning_proves_nothing_and_the_hub_remembers_it(site):
    assert report(site, item("a", **SCAN))[0]["flags"] == []
    shifted = item("b", made_s=-30, mono_ms=SENT_MONO_MS + HOUR_S * 1_000 - 30_000, **SCAN)
    assert report(site, shifted, sent_mono_ms=SENT_MONO_MS + HOUR_S * 1_000)[0]["flags"] == ["time_unproven"]


def test_what_a_phone_made_before_its_battery_ran_out_is_proven_and_placed_by_that_boots_clock(site):
    report(site, item("first", made_s=-90, **SCAN))
    before: dict[str, Any] = {"boot": "b1", "mono_ms": SENT_MONO_MS - 40_000}
    later: dict[str, Any] = {"boot": "b2", "sent_mono_ms": 5_000}
    wrong = item("before", made_s=OLD_S, **SCAN, **before)
    assert report(site, wrong, **later)[0]["flags"] == ["clock_off"]
    again = report(site, item("one-by-one", made_s=OLD_S, **SCAN, **before), **later)[0]
    assert again["flags"] == ["clock_off"], "the boot before is known in the next report too"
    assert report(site, item("older", made_s=-60, boot="b0", mono_ms=5, **SCAN), **later)[0]["flags"] == ["time_unproven"]
    made = {one["key"]: parse_rfc3339(one["at"]) for one in site.http.get("/duties/scans").json()["scans"]}
    assert abs(made["before"] - (SystemClock().now_us() - 40_000_000)) < 30_000_000


def test_what_is_older_than_the_phone_said_to_have_told_is_not_proven(site):
    report(site, up_to=at(-HOUR_S), up_to_mono_ms=SENT_MONO_MS - HOUR_S * 1_000)
    found = report(
        site,
        item("kept-back", made_s=OLD_S, **SCAN),
        item("slow", made_s=-HOUR_S - 30, **SCAN),
        item("new", made_s=-60, **SCAN),
    )
    assert [one["flags"] for one in found] == [["time_unproven"], [], []]


def test_a_hub_whose_clock_was_set_forgets_when_boots_began(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("phone-1",))
    boot = Boot("b1", us(1))
    rounds.at(2)
    rounds.hub.ask(Report("phone-1", (), None, boot))
    assert began(rounds) == {"b1": us(1)}
    rounds.hub.crash_and_reopen()
    rounds.hub.ask(Report("phone-1", (), None, Boot("b2", us(2))))
    assert began(rounds) == {"b1": us(1), "b2": us(2)}
    step_clock(rounds, 1)
    rounds.hub.take()
    assert began(rounds) == {}
