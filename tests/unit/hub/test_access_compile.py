"""The book of permits becomes each agent's table, and the table decides as the book does."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from contract import permits as p
from contract.names import card_name
from hub.access.compile import ENDED_KEPT_S, Numbers, Source, chosen, credential_entries, entry_of, frame_of, lie_of, packed
from hub.access.types import ALWAYS, Group, GroupRight, OtherDay, Portal, Schedule, Weekly, Zone
from hub.duties.calendar import Calendar

ZONE, CHINA = ZoneInfo("Asia/Shanghai"), Calendar("CN")
DAY = date(2026, 6, 1)
NOW_S = 1_780_300_000
US = 1_000_000
NAME = card_name(bytes(32), 1, 2, 26)


def source(**more) -> Source:
    plain = {
        "name": NAME, "medium": "card", "state": "active", "from_us": None, "until_us": None, "pin": "", "ended_us": None,
        "permit": "p1", "groups": ("residents",), "permit_from_us": None, "permit_until_us": None, "spaces": 0, "uses": 0,
        "exempt": False, "permit_ended_us": None, "holder": "li", "holder_ended_us": None, "household_ended_us": None,
    }  # fmt: skip
    return Source(**{**plain, **more})


def made(*args: Any) -> Any:
    return entry_of(*args)


def rules(leave: Any = "permitted"):
    return [
        Zone(zone="estate", name_zh="z"),
        Portal(portal="in", to_zone="estate"),
        Portal(portal="out", from_zone="estate", leave=leave),
        Portal(portal="far", to_zone="estate", passback_s=0),
        Schedule(schedule="day", name_zh="d", weekly=(Weekly(("mon",), 420, 1200),)),
        Group(group="residents", name_zh="r", rights=(GroupRight("in"), GroupRight("far", "day"))),
        Group(group="staff", name_zh="s", rights=(GroupRight("far", "gone"),)),
    ]


def lie(leave: Any = "permitted"):
    return lie_of(rules(leave), Numbers(), ZONE, CHINA, DAY)


def test_an_agent_gets_its_own_portals_the_schedules_that_they_name_and_no_others():
    near, far = frame_of(lie(), frozenset(("in", "out"))), frame_of(lie(), frozenset(("far",)))
    assert [p.key_of(entry) for entry in near.entries] == [
        "rules",
        "portal:in",
        "portal:out",
        "schedule:always",
        "level:residents",
    ]
    assert [p.key_of(entry) for entry in far.entries] == ["rules", "portal:far", "schedule:day", "level:residents"]
    portals = {entry.id: entry.passback_s for frame in (near, far) for entry in frame.entries if isinstance(entry, p.Portal)}
    assert portals == {"in": 300, "out": 300, "far": 0}
    assert far.levels == {"residents"}, "a group whose schedule is gone has no right"
    assert frame_of(lie(), frozenset(("other",))).entries == ()
    assert near.zones == {"estate"}


def test_a_credential_is_where_its_groups_have_a_right_and_everywhere_one_may_leave_by_being_known():
    frame = frame_of(lie(), frozenset(("in", "out")))
    assert made(source(), frame, NOW_S).levels == ("residents",)
    assert made(source(groups=("staff",)), frame, NOW_S) is None
    out = frame_of(lie("known"), frozenset(("out",)))
    assert out.whole
    assert made(source(groups=("staff",)), out, NOW_S).levels == ()


def test_times_of_permit_and_credential_narrow_each_other():
    frame = frame_of(lie(), frozenset(("in",)))
    more = {"from_us": 5 * US, "permit_from_us": 7 * US, "until_us": 3 * 10**15, "permit_until_us": 4 * 10**15}
    found = made(source(**more), frame, NOW_S)
    assert (found.from_s, found.until_s) == (7, 3 * 10**9)


def test_what_is_over_says_why_for_thirty_days_and_then_is_unknown():
    frame = frame_of(lie(), frozenset(("in",)))
    for field in ("permit_ended_us", "holder_ended_us", "household_ended_us"):
        assert made(source(**{field: (NOW_S - 5) * US}), frame, NOW_S).state == "revoked"
    lost = {"state": "lost", "ended_us": (NOW_S - 5) * US}
    assert made(source(**lost, permit_ended_us=(NOW_S - 5) * US), frame, NOW_S).state == "lost"
    old_us = (NOW_S - ENDED_KEPT_S - 1) * US
    assert made(source(state="lost", ended_us=old_us), frame, NOW_S) is None
    assert made(source(until_us=old_us), frame, NOW_S) is None


def test_of_several_with_one_name_the_live_one_counts_else_the_last():
    old, older = source(state="lost", ended_us=9, permit="a"), source(state="revoked", ended_us=5, permit="b")
    live = source(permit="c")
    assert chosen([older, old])[NAME].permit == "a"
    assert chosen([live, old, older])[NAME].permit == "c"
    assert chosen([old, live])[NAME].permit == "c"


def test_a_persons_cards_are_followed_together_and_each_vehicle_by_itself():
    frame = frame_of(lie(), frozenset(("in",)))
    assert made(source(), frame, NOW_S).holder == "li"
    one = made(source(medium="plate"), frame, NOW_S).holder
    other = made(source(medium="plate", name="f" * 32), frame, NOW_S).holder
    assert one != other
    assert "li" not in (one, other)


def test_what_is_packed_is_what_the_contract_weighs():
    entry = made(source(), frame_of(lie(), frozenset(("in",))), NOW_S)
    text = packed(entry)
    assert text.weight == p.weight_of(p.decode_entry.decode(text.body))
    frames = {"a": frame_of(lie(), frozenset(("in",))), "b": frame_of(lie(), frozenset(("other",)))}
    found = credential_entries([source()], frames, NOW_S)
    assert found == {"a": {f"credential:{NAME}": text}, "b": {f"credential:{NAME}": None}}


# The table decides as the book does


minutes = st.integers(0, 1440)
hours = st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1])
schedules = st.dictionaries(st.sampled_from(("s1", "s2")), st.tuples(hours, st.booleans()), max_size=2)
group_rights = st.lists(st.tuples(st.sampled_from(("in", "out", "far")), st.sampled_from(("always", "s1", "s2"))), max_size=3)
groups = st.dictionaries(st.sampled_from(("g1", "g2", "g3")), group_rights, max_size=3)
instants = st.one_of(st.none(), st.integers(1_780_243_200, 1_780_848_000))


def allows(table: list, portal: str, at_s: int) -> bool:
    """A tiny gate: state, times, levels and schedules alone."""
    by_key = {p.key_of(entry): entry for entry in table}
    card = by_key.get(f"credential:{NAME}")
    if card is None or card.state != "active" or f"portal:{portal}" not in by_key:
        return False
    if (card.from_s is not None and at_s < card.from_s) or (card.until_s is not None and at_s >= card.until_s):
        return False
    for level in card.levels:
        for right in by_key[f"level:{level}"].rights:
            schedule = by_key[f"schedule:{right.schedule}"]
            holds = schedule.intervals is None or any(begin <= at_s < end for begin, end in schedule.intervals)
            if right.portal == portal and holds:
                return True
    return False


@settings(max_examples=200, deadline=None)
@given(
    schedules, groups, st.lists(st.sampled_from(("g1", "g2", "g3")), max_size=2), instants, instants, st.integers(0, 7 * 1440 - 1)
)
def test_a_compiled_table_decides_as_a_plain_model_of_the_calendar_does(plans, rights, mine, from_s, until_s, minute):
    things: list[Any] = [Portal(portal=name, to_zone="estate") for name in ("in", "out", "far")]
    for name, (pair, closed) in plans.items():
        exceptions = (OtherDay("2026-06-03"),) if closed else ()
        row = Weekly(("mon", "wed", "fri"), *pair)
        things.append(Schedule(schedule=name, name_zh=name, weekly=(row,), exceptions=exceptions))
    things += [Group(group=name, name_zh=name, rights=tuple(GroupRight(*one) for one in found)) for name, found in rights.items()]
    lie_ = lie_of(things, Numbers(), ZONE, CHINA, DAY)
    held = source(groups=tuple(mine), permit_from_us=from_s and from_s * US, until_us=until_s and until_s * US)
    at_s = 1_780_243_200 + minute * 60  # from the first of June at midnight in Shanghai
    for portal in ("in", "out", "far"):
        frame = frame_of(lie_, frozenset((portal,)))
        card = entry_of(held, frame, 1_780_243_200)
        table = [*frame.entries, *([] if card is None else [card])]
        plain = any(one == portal and _holds(plans, schedule, minute) for name in mine for one, schedule in rights.get(name, ()))
        in_time = (from_s is None or from_s <= at_s) and (until_s is None or at_s < until_s)
        assert allows(table, portal, at_s) == (plain and in_time)


def _holds(plans, schedule: str, minute: int) -> bool:
    if schedule == ALWAYS:
        return True
    if schedule not in plans:
        return False
    (begin, end), closed = plans[schedule]
    day, at = divmod(minute, 1440)  # the first of June 2026 is a Monday
    return day in (0, 2, 4) and not (closed and day == 2) and begin <= at < end
