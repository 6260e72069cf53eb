"""What is tallied is what a recount of the windows gives, whatever happened on the way."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import OperationalError

from hub.duties.types import HUB_SOURCE, Seen, Shift
from hub.ingest.duties import dutybook
from hub.ingest.ports import Item, Report, RosterAct
from tests.support.duty_rig import PLACES, Rounds, tag_of, us
from tests.support.site_rig import sqlite_url

STATES = ("kept", "missed", "unproven", "withdrawn")
SHANGHAI = ZoneInfo("Asia/Shanghai")
SOURCES = ("wand-1", "phone-1")
STEPS = ("begin", "lease", "events", "states", "cases", "changes", "mark", "commit", "committed")
HOURS = 48


def shanghai(at_us):
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)).astimezone(SHANGHAI)


def recount(rounds):
    """The tallies from the windows' rows alone, counted anew and another way than the hub does."""
    counts: dict[tuple, Counter] = defaultdict(Counter)
    for duty, route, place, opens_us, ends_us, state, person in rounds.hub.rows(
        "duty_window", "duty", "route", "place", "opens_us", "ends_us", "state", "person"
    ):
        if state == "open":
            continue
        day = f"{shanghai(ends_us):%Y-%m-%d}"
        keys = [("place", place), ("route", route), ("hour", f"{shanghai(opens_us):%H}")]
        for kind, key in [*keys, *(("person", one) for one in person.split())]:
            counts[day, duty, kind, key][state] += 1
    return {key: tuple(found[state] for state in STATES) for key, found in counts.items()}


def longest(rounds):
    """The longest time between two visits of the patrol that ended on each day, from the scans' rows alone."""
    visits = defaultdict(list)
    for source, place, at_us, flags, duty, person in rounds.hub.rows(
        "scan", "source", "place", "at_us", "flags", "duty", "person"
    ):
        odd = {"two_places", "unknown_tag", "too_late", "from_the_future", "altered"} & set(json.loads(flags))
        if source in SOURCES and place and not odd and duty in ("", "patrol") and person != "wang":  # a cleaner
            visits[place].append(at_us)
    found: dict[tuple, int] = {}
    for place, times in visits.items():
        times.sort()
        for earlier, later in pairwise(times):
            key = (f"{shanghai(later):%Y-%m-%d}", "patrol", "place", place)
            found[key] = max(found.get(key, 0), (later - earlier) // 1_000_000)
    return found


def tallied(rounds):
    rows = rounds.hub.rows("tally", "day", "duty", "kind", "key", "due", *STATES)
    assert all(row[4] == sum(row[5:]) for row in rows)
    return {row[:4]: row[5:] for row in rows if row[4]}


def told_longest(rounds):
    rows = rounds.hub.rows("tally", "day", "duty", "kind", "key", "longest_s")
    return {row[:4]: row[4] for row in rows if row[4]}


class Weather:
    """Random scans, reports, watermarks, shifts, crashes and commits that fail, all from one seed."""

    def __init__(self, rounds: Rounds, seed: int) -> None:
        self.rounds, self.random, self.hour, self.keys = rounds, Random(seed), 0.0, 0
        self.done: Counter[str] = Counter()

    def live(self) -> Iterator[None]:
        """Each step some time later, until HOURS have gone."""
        acts = (
            self.scan,
            self.scan,
            self.report,
            self.report,
            self.late,
            self.twice,
            self.beat,
            self.shift,
            self.crash,
            self.refuse,
        )
        while self.hour < HOURS:
            self.hour += self.random.uniform(0.05, 1.2)
            self.rounds.at(self.hour)
            act = self.random.choice(acts)
            act()
            self.done[act.__name__] += 1
            yield

    def scan(self) -> None:
        made = self.hour - self.random.choice((0, 0.1, 3, 7))
        device = self.random.choice(("wand-1", "wand-2"))
        self.rounds.at(self.hour, self.rounds.scan(self.random.choice(PLACES), max(0.1, made), device=device))

    def report(self, back: float = 0.5) -> None:
        source = self.random.choice(("phone-1", HUB_SOURCE))
        items = tuple(self.item(source, self.hour - self.random.uniform(0, back)) for _ in range(self.random.randint(1, 4)))
        up_to = us(self.hour) if source == "phone-1" and self.random.random() < 0.7 else None
        self.rounds.hub.ask(Report(source, items, up_to))

    def late(self) -> None:
        self.report(back=40)

    def twice(self) -> None:
        item = self.item("phone-1", self.hour - 0.2)
        for _ in range(2):
            self.rounds.hub.ask(Report("phone-1", (item,)))

    def item(self, source: str, hours: float) -> Item:
        self.keys += 1
        key, at_us = f"k{self.keys}", us(max(0.1, hours))
        person, place = self.random.choice(("", "zhang", "li", "wang")), self.random.choice(PLACES)
        box = {"duty": "box", "place": "gate", "fields": {"slips": 1}} if source == HUB_SOURCE else {"tag": tag_of(place)}
        return Item(key, at_us, Seen(source, key, at_us, "nfc", person=person, **box))

    def beat(self) -> None:
        self.rounds.at(self.hour, self.rounds.beat(wand_1=self.hour, wand_2=self.hour))

    def shift(self) -> None:
        begin = self.random.uniform(0, HOURS)
        person = self.random.choice(("zhang", "li"))
        self.rounds.hub.ask(RosterAct(Shift(person, "", us(begin), us(begin + 8)), "boss"))

    def crash(self) -> None:
        self.die_at(KeyboardInterrupt)
        self.rounds.hub.crash_and_reopen()

    def refuse(self) -> None:
        """The database refuses a commit: the turn is thrown away, and the agent sends again."""
        self.die_at(OperationalError("COMMIT", {}, Exception("locked")))

    def die_at(self, failure: BaseException | type[BaseException]) -> None:
        step = self.random.choice(STEPS)

        def die(name: str) -> None:
            if name == step:
                self.rounds.hub.hook = lambda _: None  # once: the next turn goes well
                raise failure

        self.rounds.hub.hook = die
        try:
            self.hour += 0.3
            self.rounds.at(self.hour, self.rounds.scan(self.random.choice(PLACES), self.hour - 0.1))
        except KeyboardInterrupt:
            pass


def run(url, seed, *, check_each=False):
    rounds = Rounds.on(url, sources=SOURCES)
    weather = Weather(rounds, seed)
    for _ in weather.live():
        if check_each:
            assert tallied(rounds) == recount(rounds), f"seed {seed}, hour {weather.hour}"
    return rounds, weather


@pytest.mark.parametrize("seed", range(3))
def test_tallies_are_a_recount_of_the_windows_through_late_evidence_crashes_and_rollbacks(tmp_path, seed):
    rounds, weather = run(sqlite_url(tmp_path), seed, check_each=True)
    assert tallied(rounds) == recount(rounds)
    assert told_longest(rounds) == longest(rounds)
    states = Counter(rounds.hub.rows("duty_window", "state"))
    assert min(states[state] for state in ("kept", "missed", "withdrawn")) > 0, "each has happened"
    assert min(weather.done[name] for name in ("crash", "refuse", "late")) > 0
    rounds.hub.close()


def test_tallies_are_a_recount_on_postgresql_too(postgres_url):
    rounds, _ = run(postgres_url, 7)
    assert tallied(rounds) == recount(rounds)
    assert told_longest(rounds) == longest(rounds)
    rounds.hub.close()


@pytest.mark.parametrize("fault", ["counted twice", "never taken back"])
def test_the_recount_finds_a_planted_double_count(tmp_path, monkeypatch, fault):
    real = dutybook.tallied

    def wrong(window, count, zone):
        if fault == "never taken back" and count < 0:
            return
        yield from real(window, count, zone)
        if fault == "counted twice" and window.state == "withdrawn" and count > 0:
            yield from real(window, count, zone)

    monkeypatch.setattr(dutybook, "tallied", wrong)
    rounds, _ = run(sqlite_url(tmp_path), 0)
    assert tallied(rounds) != recount(rounds)
    rounds.hub.close()


def test_a_day_whose_only_visit_turns_out_not_to_count_has_no_time_unvisited_that_ended(tmp_path):
    rounds = Rounds.on(sqlite_url(tmp_path), sources=SOURCES)
    rounds.at(3)
    rounds.hub.ask(Report("phone-1", (visit("a", "gate", 2.5),)))
    rounds.at(30)
    rounds.hub.ask(Report("phone-1", (visit("b", "gate", 29, person="zhang"),)))
    day = ("2026-01-02", "patrol", "place", "gate")
    assert told_longest(rounds)[day] == 26.5 * 3_600
    rounds.hub.ask(Report("wand-1", (visit("c", "roof", 29, person="zhang", source="wand-1"),)))
    assert day not in told_longest(rounds), "zhang was at two places at once: nobody knows that he was there"
    assert told_longest(rounds) == longest(rounds)
    rounds.hub.close()


def visit(key, place, hours, person="", source="phone-1"):
    return Item(key, us(hours), Seen(source, key, us(hours), "nfc", tag_of(place), person=person))
