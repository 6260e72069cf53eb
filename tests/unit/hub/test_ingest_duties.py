"""Windows through the hub's turns: planned, kept, missed, unproven, withdrawn; once, in time, through crashes and new plans."""

import json
from itertools import permutations

import msgspec
import pytest

from contract.names import guard_name
from contract.readings import CardRead, DeviceLink, TagScanned
from hub.duties.effect import Effect
from hub.duties.judging import GRACE_US
from hub.duties.plan import Plan
from hub.duties.schedule import AtOccasion, Interval
from hub.duties.types import Duty, Occasion, Route, Seen, Shift
from hub.ingest.duties import dutybook
from hub.ingest.ports import Item, OccasionAct, Report, RosterAct, TagAct, TakenItem
from hub.tags.labels import normal_tag
from tests.support.duty_rig import HOUR_S, NUMBERS, PLACES, Rounds, plan, seen, tag_of, us
from tests.support.site_rig import sqlite_url

END = 4 + 1 / 6
"""When the window that opens at 2 ends, with its tolerance."""
SECOND = 1 / HOUR_S
SILENT_MAX_US = 72 * HOUR_S * 1_000_000


@pytest.fixture
def rounds(tmp_path):
    made = Rounds.on(sqlite_url(tmp_path))
    yield made
    made.hub.close()


def walked(rounds, hours, *places, **more):
    """Scans at these places, and the wand has told everything."""
    rounds.at(hours, *(rounds.scan(place, **more) for place in places or PLACES), rounds.beat(wand_1=hours))


def cases(rounds, *columns, detector="duty_gap"):
    """Rows of the cases of one detector."""
    return [row[1:] for row in rounds.hub.rows("case_", "detector", *columns) if row[0] == detector]


def facts_of(rounds):
    return [json.loads(row[0]) for row in cases(rounds, "facts")]


def test_windows_are_made_a_day_and_a_half_ahead_and_none_twice(rounds):
    rounds.at(30)
    rows = rounds.hub.rows("duty_window", "window_id", "duty", "place", "opens_us")
    patrol = sorted(row[3] for row in rows if row[1:3] == ("patrol", "gate"))
    assert patrol == [us(2 * n) for n in range(1, 1 + len(patrol))]
    assert us(30 + 34) <= patrol[-1] <= us(30 + 36)
    assert len({row[0] for row in rows}) == len(rows)


def test_a_scan_in_time_keeps_the_window_and_opens_no_case(rounds):
    walked(rounds, 3)
    rounds.at(END + 1, rounds.beat(wand_1=END + 1))
    assert [rounds.state(place, 2) for place in PLACES] == ["kept"] * 3
    assert rounds.gaps() == []


def test_a_place_nobody_visited_is_missed_at_the_end_of_its_window_when_the_wand_has_told_so(rounds):
    walked(rounds, 3, "gate", "pump")
    rounds.at(END - SECOND)
    assert rounds.gaps() == []
    rounds.at(END + SECOND / 2, rounds.beat(wand_1=END + SECOND / 2))
    assert rounds.gaps() == [("patrol/north/roof", "open", True)]
    assert rounds.state("roof", 2) == "missed"
    opened, raised = cases(rounds, "opened_us", "raised_us")[0]
    assert opened == us(END), "the gap carries the end of its window"
    assert raised - opened < 1_000_000


def test_a_wand_that_has_not_told_is_asked_and_then_the_gap_is_unproven_within_the_second(rounds):
    walked(rounds, 3, "gate")
    rounds.at(END + GRACE_US / 1e6 * SECOND + SECOND / 100)
    assert rounds.gaps() == [("patrol/north/pump", "open", False), ("patrol/north/roof", "open", False)]
    assert any(order.__class__.__name__ == "Flush" for _, order in rounds.hub.said.orders)
    assert facts_of(rounds)[0]["sources_silent"] == ["wand-1"]
    assert max(row[0] for row in cases(rounds, "raised_us")) - us(END) < 1_000_000


def test_an_unproven_gap_is_missed_once_the_wand_has_told_and_it_is_the_same_case(rounds):
    walked(rounds, 3, "gate", "pump")
    rounds.at(END + 1)
    assert facts_of(rounds)[0]["sources_silent"] == ["wand-1"]
    rounds.at(END + 1.1, rounds.beat(wand_1=END + 1))
    assert rounds.gaps() == [("patrol/north/roof", "open", True)]
    assert rounds.state("roof", 2) == "missed"
    assert [one["sources_silent"] for one in facts_of(rounds)] == [[]], "it has told"


def test_evidence_that_comes_late_and_was_made_in_time_withdraws_the_gap_and_it_stays_on_record(rounds):
    walked(rounds, 3, "gate", "pump")
    rounds.at(END + 1)
    rounds.at(END + 1.9, rounds.scan("roof", 3.5), rounds.beat(wand_1=END + 1.9))
    assert rounds.gaps() == [("patrol/north/roof", "withdrawn", False)]
    assert rounds.state("roof", 2) == "withdrawn"
    row = next(
        row for row in rounds.hub.rows("duty_window", "place", "opens_us", "gap_us", "evidence") if row[:2] == ("roof", us(2))
    )
    assert row[2] is not None
    assert row[3] == "wand-1|wand-1:3"


def test_a_source_that_is_switched_off_gains_nothing(rounds):
    rounds.at(END + SILENT_MAX_US / 1e6 / HOUR_S + 0.01)
    assert rounds.state("roof", 2) == "missed"
    assert {proven for subject, _, proven in rounds.gaps() if subject.endswith("roof")} == {True, False}
    note = next(row[2] for row in rounds.hub.rows("duty_window", "place", "opens_us", "note") if row[:2] == ("roof", us(2)))
    assert note == "source_silent"


def test_evidence_that_comes_over_72_hours_after_its_windows_end_is_kept_and_changes_nothing(rounds):
    rounds.at(END + 73)
    before = rounds.gaps()
    rounds.at(END + 73.1, rounds.scan("roof", 3))
    assert rounds.state("roof", 2) == "missed"
    assert rounds.gaps() == before
    assert json.loads(rounds.hub.rows("scan", "flags")[0]) == ["too_late"]


def test_a_visit_after_the_end_ends_the_gaps_condition_and_the_gap_stays(rounds):
    walked(rounds, 3, "gate", "pump")
    rounds.at(END + 0.1, rounds.beat(wand_1=END + 0.1))
    walked(rounds, 5, "roof")
    assert rounds.state("roof", 2) == "missed"
    assert rounds.state("roof", 4) == "kept"
    active, returned = cases(rounds, "active", "returned_us")[0]
    assert (active, returned) == (0, us(5))


def test_a_scan_read_out_twice_counts_once_and_another_content_under_its_name_is_flagged(rounds):
    rounds.at(3, rounds.scan("gate", 2.5, name="w:1"))
    rounds.at(3.1, rounds.scan("gate", 2.5, name="w:1"))
    assert rounds.hub.rows("scan", "key") == ["w:1"]
    rounds.at(3.2, rounds.scan("roof", 2.6, name="w:1"))
    keys = rounds.hub.rows("scan", "key", "place", "flags")
    assert [(row[1], row[2]) for row in keys] == [("gate", "[]"), ("roof", '["altered"]')]
    rounds.at(3.3, rounds.scan("roof", 2.6, name="w:1"))
    assert len(rounds.hub.rows("scan", "key")) == 2
    rounds.at(END + 0.1, rounds.beat(wand_1=END + 0.1))
    assert rounds.state("roof", 2) == "missed", "what was altered is no evidence"


def test_a_crash_at_any_step_raises_each_gap_once(tmp_path):
    steps = ["begin", "lease", "events", "states", "cases", "changes", "mark", "commit", "committed", "receipts"]
    for step in steps:
        folder = tmp_path / step
        folder.mkdir()
        rounds = Rounds.on(sqlite_url(folder))
        rounds.at(END - SECOND)

        def die(name, step=step):
            if name == step:
                raise KeyboardInterrupt

        rounds.hub.hook = die
        with pytest.raises(KeyboardInterrupt):
            rounds.at(END + SECOND, rounds.beat(wand_1=END + SECOND))
        rounds.hub.crash_and_reopen()
        rounds.at(END + 2 * SECOND, rounds.beat(wand_1=END + 2 * SECOND))
        assert sorted(rounds.gaps()) == [(f"patrol/north/{place}", "open", True) for place in PLACES], step
        rounds.hub.close()


def test_a_hub_that_was_down_over_the_end_raises_the_gap_when_it_is_ready_and_says_so(rounds):
    walked(rounds, 3, "gate", "pump")
    rounds.hub.clock.advance_us(us(END + 3) - rounds.hub.clock.now_us())
    rounds.hub.crash_and_reopen()
    ready_us = rounds.hub.clock.now_us()
    rounds.at(END + 3 + SECOND)
    raised = [row for row in cases(rounds, "subject", "raised_us", "late", "opened_us") if row[3] == us(END)]
    assert [row[0] for row in raised] == ["patrol/north/roof"]
    assert raised[0][1] - ready_us <= 1_000_000
    assert raised[0][2], "found late: listed, and nobody is called for it"
    assert "detected_late" in rounds.hub.rows("duty_window", "note")


def test_a_new_plan_leaves_alone_what_has_opened_and_takes_back_what_has_not(rounds):
    rounds.at(3)
    rounds.hub.plan = plan(every_s=HOUR_S)
    rounds.hub.crash_and_reopen()
    rounds.at(3.001)
    rows = sorted(row[1:] for row in rounds.hub.rows("duty_window", "place", "opens_us", "plan_no", "duty") if row[0] == "roof")
    assert rows[:3] == [(us(2), 1, "patrol"), (us(4), 2, "patrol"), (us(5), 2, "patrol")]
    rounds.at(END + 0.1, rounds.beat(wand_1=END + 0.1))
    assert rounds.state("roof", 2) == "missed", "judged by the plan it was made from"


def test_the_same_plan_after_a_restart_changes_nothing(rounds):
    rounds.at(3)
    before = rounds.hub.rows("duty_window")
    rounds.hub.crash_and_reopen()
    rounds.at(3.001)
    assert rounds.hub.rows("duty_window") == before
    assert len(rounds.hub.rows("duty_plan")) == 1


def test_scans_are_named_by_the_tag_that_was_enrolled_when_they_were_made(rounds):
    rounds.at(2.5)
    rounds.hub.ask(TagAct("replace", tag_of("roof"), "t", "lost", "rfid", new_tag="FFFFFFFF"))
    rounds.at(3, rounds.scan("roof", 2.2), rounds.beat(wand_1=3))
    assert rounds.state("roof", 2) == "kept"
    rounds.at(3.2, rounds.scan("roof", 3.1))
    assert [json.loads(row) for row in rounds.hub.rows("scan", "flags")] == [[], ["revoked_tag"]]


def test_an_unknown_tag_is_kept_and_flagged(rounds):
    reading = rounds.scan("gate")  # its own record, and then one with a tag that nobody enrolled
    rounds.at(2.5, reading, lambda: rounds.agent.says("wand-1", TagScanned(tag="0BADCAFE", scan="w:9")))
    rows = {row[0]: row[1] for row in rounds.hub.rows("scan", "tag", "flags")}
    assert json.loads(rows["0BADCAFE"]) == ["unknown_tag"]


def test_a_walk_that_is_impossibly_fast_is_flagged_and_counts_unless_the_policy_says_no(rounds):
    rounds.at(3, rounds.scan("gate", 2.5), rounds.scan("pump", 2.5 + 2 * SECOND), rounds.beat(wand_1=3))
    assert [json.loads(row[1]) for row in rounds.hub.rows("scan", "place", "flags")] == [[], ["too_fast"]]
    assert rounds.state("pump", 2) == "kept"


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_a_cloned_tag_is_flagged_at_both_its_sources_whatever_comes_first(rounds, order):
    told = {
        "a": ("wand-1", "gate", 0),
        "b": ("wand-2", "gate", 59),
        "c": ("wand-2", "roof", 61),
    }
    rounds.at(3)
    for key in order:
        source, place, at_s = told[key]
        rounds.hub.ask(Report(source, (seen(source, key, place, 2.5 + at_s * SECOND),)))
    flagged = {row[0]: json.loads(row[1]) for row in rounds.hub.rows("scan", "key", "flags")}
    assert flagged == {"a": ["two_places"], "b": ["two_places"], "c": ["too_fast"]}


def test_one_person_at_two_places_at_once_keeps_neither_window(rounds):
    both = (
        Item("a", us(2.5), Seen("phone-1", "a", us(2.5), "nfc", tag_of("gate"), person="zhang")),
        Item("b", us(2.5), Seen("wand-1", "b", us(2.5) + 20_000_000, "nfc", tag_of("roof"), person="zhang")),
    )
    rounds.at(3)
    rounds.hub.ask(Report("phone-1", both[:1]))
    rounds.hub.ask(Report("wand-1", both[1:]))
    rounds.at(END + 0.1, rounds.beat(wand_1=END + 0.1))
    assert {json.loads(row)[-1] for row in rounds.hub.rows("scan", "flags")} == {"two_places"}
    assert rounds.state("roof", 2) == "missed"
    assert "two_places" in next(f["did_not_count"] for f in facts_of(rounds) if f.get("did_not_count"))


def test_on_a_route_in_set_order_a_place_before_its_turn_is_flagged_whatever_the_order_of_arrival(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), order="set")
    rounds.at(3, rounds.scan("roof", 2.3))
    assert rounds.hub.rows("scan", "flags") == ["[]"]
    rounds.at(3.1, rounds.scan("gate", 2.4))
    rounds.at(3.2, rounds.scan("pump", 2.1))
    flags = {row[0]: json.loads(row[1]) for row in rounds.hub.rows("scan", "place", "flags")}
    assert flags == {"pump": [], "roof": [], "gate": ["out_of_order"]}
    rounds.hub.close()


def test_a_fixed_reader_is_evidence_for_its_place_and_the_card_says_who(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("wand-1", "reader-1"))
    rounds.hub.ask(TagAct("enrol", ("c" * 32).upper(), "t", "r", "card", person="zhang"))
    rounds.at(3, lambda: rounds.agent.says("reader-1", CardRead(bits=26, card="c" * 32)), rounds.beat(wand_1=3, reader_1=3))
    assert rounds.state("pump", 2) == "kept"
    assert rounds.hub.rows("scan", "place", "medium", "person") == [("pump", "card", "zhang")]
    rounds.hub.close()


def test_whoever_held_the_wand_is_known_by_the_name_that_the_agent_gives_the_tag(rounds):
    name = guard_name(bytes(32), "A0FF01")
    rounds.hub.ask(TagAct("enrol", str(normal_tag(name)), "t", "r", "card", person="zhang"))
    rounds.at(3, rounds.scan("roof", guard=name))
    assert rounds.hub.rows("scan", "person") == ["zhang"]


def test_a_window_with_two_sources_is_missed_only_when_both_have_told(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("wand-1", "wand-2"))
    rounds.at(END + 1, rounds.beat(wand_1=END + 1))
    assert rounds.state("roof", 2) == "unproven"
    rounds.at(END + 1.1, rounds.beat(wand_2=END + 1))
    assert rounds.state("roof", 2) == "missed"
    rounds.hub.close()


def test_who_was_on_duty_stands_in_the_gap_and_a_stranger_to_the_roster_is_flagged(rounds):
    rounds.hub.ask(RosterAct(Shift("li", "north", us(0), us(12)), "boss"))
    rounds.at(3)
    rounds.hub.ask(Report("wand-1", (seen("wand-1", "k", "gate", 2.5, person="zhang"),)))
    rounds.at(END + 0.1, rounds.beat(wand_1=END + 0.1))
    assert rounds.hub.rows("scan", "flags") == ['["wrong_person"]']
    assert {tuple(facts["on_duty"]) for facts in facts_of(rounds)} == {("li",)}


def test_the_cameras_near_by_stand_in_the_gap(rounds):
    walked(rounds, 3, "pump", "roof")
    rounds.at(END + 0.1, rounds.beat(wand_1=END + 0.1))
    assert [facts["cameras"] for facts in facts_of(rounds)] == [["camera-1"]]


def test_a_roster_that_comes_later_flags_what_was_scanned_before(rounds):
    rounds.at(3)
    rounds.hub.ask(Report("wand-1", (seen("wand-1", "k", "gate", 2.5, person="zhang"),)))
    assert rounds.hub.rows("scan", "flags") == ["[]"]
    rounds.hub.ask(RosterAct(Shift("li", "north", us(0), us(12)), "boss"))
    assert rounds.hub.rows("scan", "flags") == ['["wrong_person"]']
    assert rounds.hub.ask(RosterAct(Shift("li", "north", us(0), us(12)), "boss", remove=True)) is True
    assert rounds.hub.rows("scan", "flags") == ["[]"]
    assert rounds.hub.ask(RosterAct(Shift("li", "north", us(0), us(12)), "boss", remove=True)) is False


def test_a_report_that_is_sent_again_counts_once_and_the_phone_is_a_source_with_a_watermark(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("phone-1",))
    rounds.at(3)
    items = (seen("phone-1", "a", "gate", 2.5, person="zhang"), seen("phone-1", "b", "pump", 2.6, person="zhang"))
    kept = [Effect(rounds.window_id(place, 2)) for place in ("gate", "pump")]
    assert rounds.phone(*items, up_to=3) == [TakenItem("new", effect=one) for one in kept]
    assert rounds.phone(*items, up_to=3) == [TakenItem("duplicate", effect=one) for one in kept]
    rounds.at(END + 0.1)
    assert rounds.state("roof", 2) == "unproven"
    rounds.phone(up_to=END + 0.1)
    assert rounds.state("roof", 2) == "missed"
    rounds.hub.close()


def test_a_phone_that_sends_again_with_another_reckoning_of_the_time_says_the_same_and_other_fields_are_another_content(rounds):
    rounds.at(3)

    def sent(hours, **fields):
        made = Seen("phone-1", "r", us(hours), "hand", place="gate", duty="box", device_at_us=us(2.5), fields=fields)
        return rounds.phone(Item("r", us(hours), made))[0].taken

    assert [sent(2.5, slips=3), sent(2.5001, slips=3), sent(2.5, slips=4), sent(2.5002, slips=4)] == [
        "new", "duplicate", "altered", "duplicate",
    ]  # fmt: skip
    assert len(rounds.hub.rows("scan", "key")) == 2


def test_a_report_is_answered_with_what_its_whole_turn_shows_to_be_odd(rounds):
    rounds.at(3)
    first, second = seen("phone-1", "a", "gate", 2.5), seen("phone-1", "b", "pump", 2.5 + SECOND)
    none = Effect(why="other_source")
    assert rounds.phone(second, first) == [TakenItem("new", ("too_fast",), none), TakenItem("new", (), none)]
    assert rounds.phone(second)[0] == TakenItem("duplicate", ("too_fast",), none)


def test_a_shift_that_is_made_shorter_is_judged_anew_where_it_no_longer_reaches(rounds):
    rounds.at(3)
    rounds.hub.ask(RosterAct(Shift("li", "north", us(0), us(12)), "boss"))
    rounds.hub.ask(Report("wand-1", (seen("wand-1", "k", "gate", 2.5, person="zhang"),)))
    assert rounds.hub.rows("scan", "flags") == ['["wrong_person"]']
    rounds.hub.ask(RosterAct(Shift("li", "north", us(0), us(1)), "boss"))
    assert rounds.hub.rows("scan", "flags") == ["[]"]


def test_the_box_is_reported_by_people_and_the_hub_itself_has_always_told(rounds):
    rounds.at(6.7)  # 14:42 in Shanghai
    box = next(row for row in rounds.hub.rows("duty_window", "duty", "opens_us", "ends_us") if row[0] == "box")
    assert box[1:] == (us(6.75), us(7.25))
    rounds.at(7.25)
    assert ("box/office/gate", "open", True) in rounds.gaps(), "at once: there is nothing to wait for"


def test_a_warning_of_bad_weather_makes_windows_and_is_called_off(tmp_path):
    base = plan()
    storm = Duty("storm", "CLN-5", "防汛", "drains", "scan", (AtOccasion("bad_weather", before_s=7200, after_s=7200),))
    stormy = msgspec.structs.replace(
        base, duties=(*base.duties, storm), routes=(*base.routes, Route("drains", "storm", ("roof",), ("wand-1",)))
    )
    rounds = Rounds.on(sqlite_url(tmp_path), plan=stormy)
    warning = Occasion("w1", "bad_weather", us(3), us(6))
    rounds.at(2)
    assert rounds.hub.ask(OccasionAct(warning, "boss")) == 2, "the one before has opened already, and is due all the same"
    spans = sorted(row[1:] for row in rounds.hub.rows("duty_window", "duty", "opens_us", "due_us") if row[0] == "storm")
    assert spans == [(us(1), us(3)), (us(6), us(8))]
    assert rounds.hub.ask(OccasionAct(warning, "boss", remove=True)) == 1
    assert rounds.hub.ask(OccasionAct(warning, "boss", remove=True)) is None
    rounds.hub.close()


def test_each_window_is_tallied_once_by_place_route_hour_and_person(rounds):
    rounds.hub.ask(RosterAct(Shift("li", "north", us(0), us(12)), "boss"))
    rounds.at(3)
    rounds.hub.ask(Report("wand-1", (seen("wand-1", "k", "gate", 2.5, person="li"),)))
    rounds.at(END + 0.1)
    rounds.at(END + 0.2, rounds.beat(wand_1=END + 0.2))
    rounds.at(END + 0.3, rounds.scan("pump", 3.9))
    rows = rounds.hub.rows("tally", "day", "duty", "kind", "key", "due", "kept", "missed", "unproven", "withdrawn")
    patrol = {row[2:4]: row[4:] for row in rows if row[1] == "patrol"}
    assert {row[0] for row in rows} == {"2026-01-01"}
    assert patrol[("place", "gate")] == (1, 1, 0, 0, 0)
    assert patrol[("place", "pump")] == (1, 0, 0, 0, 1)
    assert patrol[("place", "roof")] == (1, 0, 1, 0, 0)
    assert patrol[("route", "north")] == (3, 1, 1, 0, 1)
    assert patrol[("hour", "10")] == (3, 1, 1, 0, 1)
    assert patrol[("person", "li")] == (2, 1, 1, 0, 0)


def test_the_longest_time_unvisited_is_told_by_day_and_late_evidence_shortens_it(rounds):
    rounds.at(2.5, rounds.scan("gate"))
    rounds.at(7.5, rounds.scan("gate"))

    def longest():
        rows = rounds.hub.rows("tally", "kind", "key", "longest_s", "duty")
        return next(row[2] for row in rows if row[:2] == ("place", "gate") and row[3] == "patrol")

    assert longest() == 5 * HOUR_S
    rounds.at(8, rounds.scan("gate", 4.5))
    assert longest() == 3 * HOUR_S


def test_a_lane_that_cannot_be_judged_is_counted_and_tried_again_and_the_others_go_on(rounds, monkeypatch):
    real = dutybook.verdict

    def broken(window, *about, **more):
        if window.place == "pump":
            raise RuntimeError("a bug")
        return real(window, *about, **more)

    monkeypatch.setattr(dutybook, "verdict", broken)
    rounds.at(END + 0.01, rounds.beat(wand_1=END + 0.01))
    assert [subject for subject, _, _ in rounds.gaps()] == ["patrol/north/gate", "patrol/north/roof"]
    assert rounds.hub.core.counters["lanes_failed"] > 0
    monkeypatch.setattr(dutybook, "verdict", real)
    rounds.at(END + 0.1)
    assert len(rounds.gaps()) == 3


def test_old_windows_and_scans_leave_memory_and_the_last_visit_stays(rounds):
    walked(rounds, 3)
    rounds.at(120, rounds.beat(wand_1=120))
    site = rounds.hub.core._site
    assert min(site.windows.get(name).ends_us for name in site.windows) >= us(120 - 98)
    assert len(site.scans) == 3
    before = sorted(site.windows)
    rounds.hub.crash_and_reopen()
    rounds.at(120.01)
    assert len(rounds.hub.core._site.scans) == 3
    assert set(before) <= set(rounds.hub.core._site.windows)


def reader_link(rounds, *, up):
    return lambda: rounds.agent.says("reader-1", DeviceLink(up=up, reason="opened" if up else "unplugged"))


def test_nobody_is_blamed_for_a_reader_that_was_dead_whatever_it_says_when_it_is_back(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("reader-1",))
    rounds.at(2.5, rounds.beat(reader_1=2.5))
    rounds.at(2.6, reader_link(rounds, up=False))
    rounds.at(6.5, reader_link(rounds, up=True), rounds.beat(reader_1=6.5))
    assert [rounds.state("pump", opens) for opens in (2, 4)] == ["unproven", "unproven"]
    rounds.at(8.3, rounds.beat(reader_1=8.3))
    assert rounds.state("pump", 6) == "unproven", "it was dead for half an hour of that one too"
    rounds.at(10.3, rounds.beat(reader_1=10.3))
    assert rounds.state("pump", 8) == "missed"
    rounds.at(90, rounds.beat(reader_1=90))
    rounds.hub.crash_and_reopen()
    rounds.at(110, rounds.beat(reader_1=110))
    assert [rounds.state("pump", opens) for opens in (2, 4, 6)] == ["unproven"] * 3
    notes = rounds.hub.rows("duty_window", "place", "opens_us", "note")
    assert {row[2] for row in notes if row[0] == "pump" and row[1] in (us(2), us(4), us(6))} == {"source_away"}
    rounds.hub.close()


def test_a_reader_that_flickered_has_heard_enough(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("reader-1",))
    rounds.at(3, rounds.beat(reader_1=3))
    rounds.at(3 + 20 * SECOND, reader_link(rounds, up=False))
    rounds.at(3 + 50 * SECOND, reader_link(rounds, up=True))
    rounds.at(END + 0.01, rounds.beat(reader_1=END + 0.01))
    assert rounds.state("pump", 2) == "missed"
    rounds.hub.close()


def test_a_reader_that_never_comes_back_proves_nothing_after_three_days_either(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=("reader-1",))
    rounds.at(2.5, rounds.beat(reader_1=2.5))
    rounds.at(END + 75)
    assert rounds.state("pump", 2) == "unproven"
    assert not any(proven for subject, _, proven in rounds.gaps() if subject.startswith("patrol/"))
    rounds.hub.close()


def test_each_missed_window_is_a_gap_of_its_own_however_many_one_late_visit_has_ended(tmp_path):
    patrol = Duty(
        "patrol", "PAT-2", "巡逻", "patrol", "scan", (Interval("00:00", "00:00", 200),), by=("guard",), void=("two_places",)
    )
    often = Plan("Asia/Shanghai", (patrol,), (Route("north", "patrol", ("gate",), ("wand-1",), "free"),), (), numbers=NUMBERS)
    rounds = Rounds.on(sqlite_url(tmp_path), plan=often)
    minute = 1 / 60
    rounds.at(17 * minute, rounds.beat(wand_1=17 * minute))
    rounds.at(18 * minute, rounds.scan("gate"), rounds.beat(wand_1=18 * minute))
    for end_s in (1_400, 1_600):  # proven at once, as by a reader that speaks all the time
        hours = (end_s + 0.1) / HOUR_S
        rounds.at(hours, rounds.beat(wand_1=hours))
    missed = [row for row in rounds.hub.rows("duty_window", "state", "window_id") if row[0] == "missed"]
    assert len(missed) == 6
    assert len(rounds.gaps()) == len(missed)
