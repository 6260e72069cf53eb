"""What is past its days goes; what is not, stays."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from hub.duties.plan import Plan
from hub.duties.schedule import TimesA
from hub.duties.types import Duty, Route, Seen, Shift
from hub.ingest.ports import Item, Report, RosterAct
from hub.ingest.rules import rules_of
from hub.policy.load import RESIDENTIAL, Policy, check_policy
from hub.store import schema, sweep
from hub.store.engine import open_engine
from hub.store.sweep import condemn_pictures, drop_condemned, sweep_changes, sweep_duties
from tests.support.duty_rig import NUMBERS, Rounds, seen, us
from tests.support.site_rig import sqlite_url

DAY_US = 86_400_000_000
HOURS_KEPT = 365 * 24


def test_old_dead_letters_go_and_younger_ones_and_other_sites_stay(any_url: str):
    engine = open_engine(any_url)
    schema.metadata.create_all(engine)
    letters = [
        {"site": site, "reader": reader, "pos": pos, "at_us": at_us, "tries": 1, "error": "refused", "body": "{}"}
        for site, reader, pos, at_us in [
            ("garden", "mqtt", 1, 10), ("garden", "mqtt", 2, 20), ("garden", "mqtt", 3, 30),
            ("garden", "webhook:desk", 1, 10), ("garden", "webhook:desk", 2, 40), ("other", "mqtt", 1, 10),
        ]
    ]  # fmt: skip
    readers = {(row["site"], row["reader"]) for row in letters}
    with engine.begin() as connection:
        connection.execute(insert(schema.dead_letter), letters)
        connection.execute(insert(schema.reader), [{"site": site, "reader": name, "pos": 9} for site, name in readers])
        assert sweep_changes(connection, "garden", 9, 30) == 3
        kept = connection.execute(schema.dead_letter.select().order_by(*schema.dead_letter.primary_key.columns)).all()
        assert sweep_changes(connection, "garden", 9, 30) == 0
    engine.dispose()
    assert [(row.site, row.reader, row.pos) for row in kept] == [
        ("garden", "mqtt", 3), ("garden", "webhook:desk", 2), ("other", "mqtt", 1)
    ]  # fmt: skip


def _picture(name: str, case_no: int | None, at_us: int, stored_us: int | None, site: str = "garden") -> dict[str, Any]:
    row = {"site": site, "picture": name, "agent": "gatehouse", "device": "camera-1", "case_no": case_no, "at_us": at_us}
    return row | {"sha256": "", "size_bytes": 9, "stored_us": stored_us}


def _case(case_no: int, closed_us: int | None, site: str = "garden") -> dict[str, Any]:
    texts = dict.fromkeys(("kind", "detector", "clause", "subject", "device", "place", "state", "facts"), "{}")
    times = {"opened_us": 1, "raised_us": 1, "closed_us": closed_us}
    flags = {"priority": 1, "active": False, "proven": True, "late": False, "merged": 0, "version": 1}
    return texts | times | flags | {"site": site, "case_no": case_no, "episode": str(case_no)}


def test_pictures_past_their_days_are_condemned_but_for_those_of_open_cases(any_url: str):
    engine = open_engine(any_url)
    schema.metadata.create_all(engine)
    pictures = [
        _picture("of-an-open-case", 1, 10, 11), _picture("of-a-closed-case", 2, 10, 11), _picture("of-no-case", None, 10, 11),
        _picture("promised-in-vain", 2, 10, None), _picture("came-late", 2, 10, 30), _picture("young", 2, 30, 31),
        _picture("promised-of-late", 2, 30, None), _picture("elsewhere", 2, 10, 11, "other"),
        _picture("of-a-case-that-is-open-elsewhere-alone", 3, 10, 11),
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(schema.picture), pictures)
        connection.execute(insert(schema.case), [_case(1, None), _case(2, 20), _case(3, 20), _case(3, None, "other")])
        assert condemn_pictures(connection, "garden", 30, 99) == 4
        assert condemn_pictures(connection, "garden", 30, 100) == 0
        rows = connection.execute(schema.picture.select()).all()
        assert drop_condemned(connection, "garden", [row.picture for row in rows]) == 4
        kept = {row.picture for row in connection.execute(schema.picture.select())}
    engine.dispose()
    assert {(row.picture, row.condemned_us) for row in rows if row.condemned_us is not None} == {
        ("of-a-closed-case", 99), ("of-no-case", 99), ("promised-in-vain", 99), ("of-a-case-that-is-open-elsewhere-alone", 99)
    }  # fmt: skip
    assert kept == {"of-an-open-case", "came-late", "young", "promised-of-late", "elsewhere"}


def windows(rounds):
    return {row[0] for row in rounds.hub.rows("duty_window", "window_id")}


def old_and_new(rounds):
    """Visits on the first day, one of them with a tag that nobody knows; and gaps."""
    rounds.at(3)
    rounds.phone(*(seen("phone-1", f"a{n}", "gate", 2.2 + n / 10) for n in range(3)), seen("phone-1", "b", "roof", 2.5), up_to=3)
    rounds.phone(Item("u", us(2.6), Seen("phone-1", "u", us(2.6), "nfc", "0BADCAFE")))
    rounds.at(5, rounds.beat(wand_1=5))
    rounds.phone(up_to=5)


def test_the_record_of_duties_goes_after_its_days_and_the_last_visit_of_each_place_stays(any_url):
    rounds = Rounds.on(any_url, sources=("phone-1", "wand-1"))
    old_and_new(rounds)
    before_us = rounds.hub.clock.now_us() + DAY_US
    ended = [row[0] for row in rounds.hub.rows("duty_window", "window_id", "state") if row[1] != "open"]
    pending = windows(rounds) - set(ended)
    assert ended
    assert pending
    with rounds.hub.engine.begin() as connection:
        day = str(date(2025, 12, 30))
        connection.execute(insert(schema.tally), {"site": "garden", "day": day, "duty": "d", "kind": "place", "key": "gate"}
                           | dict.fromkeys(("due", "kept", "missed", "unproven", "withdrawn", "longest_s"), 0))  # fmt: skip
        assert sweep_duties(connection, "other", before_us) == 0
        assert sweep_duties(connection, "garden", 0) == 0
        assert sweep_duties(connection, "garden", before_us) == len(ended) + 3 + 1
        assert sweep_duties(connection, "garden", before_us) == 0
    assert windows(rounds) == pending, "what is not settled stays"
    assert set(rounds.hub.rows("scan", "place", "key")) == {("gate", "a2"), ("roof", "b")}
    assert day not in rounds.hub.rows("tally", "day")
    assert "2026-01-01" in rounds.hub.rows("tally", "day"), "a tally stays a day longer, whatever the zone"
    rounds.hub.close()


def test_shifts_go_with_the_days_of_the_record(any_url):
    rounds = Rounds.on(any_url)
    for hours in (0, 30, 60):
        rounds.hub.ask(RosterAct(Shift("li", "", us(hours), us(hours + 8)), "boss"))
    with rounds.hub.engine.begin() as connection:
        assert sweep_duties(connection, "garden", us(38)) == 1
        assert sweep_duties(connection, "garden", us(38)) == 0
    assert rounds.hub.rows("roster", "from_us") == [us(30), us(60)]
    rounds.hub.close()


def test_what_keeps_a_window_longer_than_the_record_stays_until_nothing_more_is_judged_of_it(tmp_path):
    check = Duty("check", "PAT-9", "查", "check", "report", (TimesA("half_year"),))
    half_yearly = Plan("Asia/Shanghai", (check,), (Route("checks", "check", ("roof",), ("hub",)),), numbers=NUMBERS)
    rounds = Rounds.on(sqlite_url(tmp_path), plan=half_yearly)
    hub = rounds.hub
    hub.core._record_us = 30 * DAY_US
    hub.clock.advance_us(181 * DAY_US)  # into the second half, whose window is made and opens
    for _ in range(3):
        hub.later(11, rounds.beat(wand_1=5)())
    done_us = hub.clock.now_us()

    def told(key, at_us, duty):
        seen = Seen("hub", key, at_us, "hand", place="roof", duty=duty)
        return [one.taken for one in hub.ask(Report("hub", (Item(key, at_us, seen),)))]

    assert told("r", done_us, "check") + told("x", done_us + 1, "other") == ["new", "new"]
    hub.clock.advance_us(100 * DAY_US)
    told("y", hub.clock.now_us() - DAY_US * 40, "other")
    for _ in range(4):
        hub.later(11, rounds.beat(wand_1=5)())
    assert [row[1] for row in hub.rows("duty_window", "opens_us", "state", "evidence") if row[2] == "hub|r"] == ["kept"]
    assert ("r" in hub.rows("scan", "key"), "x" in hub.rows("scan", "key")) == (True, False)
    assert told("r", done_us, "check") == ["duplicate"]
    hub.clock.advance_us(130 * DAY_US)
    told("z", hub.clock.now_us() - DAY_US * 31, "other")
    for _ in range(6):
        hub.later(11, rounds.beat(wand_1=5)())
    assert "r" not in hub.rows("scan", "key")
    hub.close()


def test_a_sweep_takes_a_chunk_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep, "CHUNK_ROWS", 2)
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("phone-1", "wand-1"))
    old_and_new(rounds)
    with rounds.hub.engine.begin() as connection:
        counts = [sweep_duties(connection, "garden", rounds.hub.clock.now_us() + DAY_US) for _ in range(4)]
    assert counts[0] == 4
    assert counts[-1] == 0
    rounds.hub.close()


def test_a_hub_sweeps_the_record_after_a_year_and_not_before_nor_while_its_clock_is_in_doubt(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("phone-1", "wand-1"))
    old_and_new(rounds)
    rounds.hub.plan = None  # no windows for a year: they would all be gaps
    rounds.hub.crash_and_reopen()
    before = set(rounds.hub.rows("scan", "key"))
    clock = rounds.hub.clock
    clock.step_wall_us(2 * HOURS_KEPT * DAY_US // 24)
    rounds.hub.take()
    rounds.hub.later(11, rounds.beat(wand_1=5)())
    assert rounds.hub.core.counters["duties_swept"] == 0, "a clock that jumped makes nothing old"
    clock.step_wall_us(-2 * HOURS_KEPT * DAY_US // 24)
    rounds.hub.later(11, rounds.beat(wand_1=5)())
    assert (set(rounds.hub.rows("scan", "key")), rounds.hub.core.counters["duties_swept"]) == (before, 0)
    clock.advance_us(366 * DAY_US)
    for _ in range(3):
        rounds.hub.later(11, rounds.beat(wand_1=5)())
    assert set(rounds.hub.rows("scan", "key")) == {"a2", "b"}
    assert rounds.hub.core.counters["duties_swept"] > 0
    rounds.hub.close()


@pytest.mark.parametrize(("days", "wrong"), [(29, True), (30, False), (3_651, True)])
def test_the_policy_may_keep_the_record_for_thirty_days_at_least(tmp_path, days, wrong):
    file = tmp_path / "policy.yaml"
    file.write_text(RESIDENTIAL.read_text(encoding="utf-8").replace("record_days: 365", f"record_days: {days}"), encoding="utf-8")
    messages = check_policy(file).messages
    assert [("PAT-5: record_days" in message, "from 30 to 3650" in message) for message in messages] == [(True, True)] * wrong


def test_a_policy_without_the_number_keeps_the_record_for_ever(tmp_path):
    file = tmp_path / "policy.yaml"
    text = RESIDENTIAL.read_text(encoding="utf-8")
    file.write_text(text.replace("    numbers:\n      record_days: 365\n", ""), encoding="utf-8")
    assert rules_of(Policy.load(file)).record_us is None
    assert rules_of(Policy.load()).record_us == timedelta(days=365) // timedelta(microseconds=1)
