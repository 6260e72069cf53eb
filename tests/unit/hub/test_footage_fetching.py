"""Segments are asked for once, few at a time, those that somebody waits for first; the cache has limits; links end."""

import pytest

from contract.clock import US_PER_S, ManualClock
from contract.orders import SendFootage
from hub.footage.playback.cache import KEPT_US, Cache, Key
from hub.footage.playback.fetching import ANSWER_US, AT_ONCE_MAX, WAITING_MAX, Fetching, FootageUnavailable
from hub.footage.playback.links import LASTS_US, LINKS_MAX, OF_ONE_MAX, Links, View
from tests.support.site_rig import Said


class Stand:
    def __init__(self, folder, bytes_max: int = 1_000) -> None:
        self.clock, self.said = ManualClock(), Said()
        names = iter(f"{number:032x}" for number in range(100_000))
        self.cache = Cache(folder, lambda: next(names), self.clock, bytes_max)
        self.cache.open()
        self.fetching = Fetching(self.said, self.clock, self.cache, lambda: next(names))

    @property
    def asked(self) -> list[int]:
        return [order.no for _, order in self.orders]

    @property
    def orders(self) -> list[tuple[str, SendFootage]]:
        return [(agent, order) for agent, order in self.said.orders if isinstance(order, SendFootage)]

    def bring(self, no: int, data: bytes = b"film", agent: str = "a") -> bool:
        order = next(order.id for _, order in reversed(self.orders) if order.no == no)
        if not self.fetching.expects(agent, order):
            return False
        with self.cache.begin() as come:
            come.write(data)
            return self.fetching.arrived(agent, order, come)


def key(no: int) -> Key:
    return Key("cam", "main", no)


@pytest.fixture
def stand(tmp_path) -> Stand:
    return Stand(tmp_path / "cache")


def test_all_who_wait_share_one_order_and_later_ones_need_none(stand):
    first, second = stand.fetching.want("a", key(1)), stand.fetching.want("a", key(1))
    assert stand.asked == [1]
    assert not first.done()
    assert stand.bring(1)
    assert first.result(0) is second.result(0) is None
    assert stand.fetching.want("a", key(1)).done()
    assert stand.cache.read(key(1)) == b"film"
    assert stand.asked == [1]


def test_an_agent_is_asked_for_few_at_a_time_and_who_waits_comes_before_what_is_likely(stand):
    for no in range(1, AT_ONCE_MAX + 4):
        stand.fetching.prefetch("a", key(no))
    assert stand.asked == list(range(1, AT_ONCE_MAX + 1))
    stand.fetching.want("a", key(50))
    stand.fetching.want("a", key(AT_ONCE_MAX + 3))
    for _ in range(3):
        stand.bring(stand.asked[len(stand.asked) - AT_ONCE_MAX])
    assert stand.asked[AT_ONCE_MAX:] == [50, AT_ONCE_MAX + 3, AT_ONCE_MAX + 1]
    stand.fetching.want("b", key(70))
    assert stand.said.orders[-1][0] == "b"


def test_over_the_limit_who_waits_is_refused_at_once(stand):
    for no in range(AT_ONCE_MAX + WAITING_MAX):
        stand.fetching.want("a", key(no + 1))
    with pytest.raises(FootageUnavailable, match="busy"):
        stand.fetching.want("a", key(999)).result(0)
    stand.fetching.prefetch("a", key(998))
    assert stand.fetching.counters["prefetches_dropped"] == 1


def test_an_order_without_an_answer_is_given_up_and_the_next_one_is_asked(stand):
    waited = [stand.fetching.want("a", key(no)) for no in range(1, AT_ONCE_MAX + 2)]
    stand.clock.advance_us(ANSWER_US)
    stand.fetching.expire()
    assert not any(one.done() for one in waited)
    stand.clock.advance_us(1)
    stand.fetching.expire()
    for one in waited[:AT_ONCE_MAX]:
        with pytest.raises(FootageUnavailable, match="agent_away"):
            one.result(0)
    assert stand.asked[-1] == AT_ONCE_MAX + 1
    assert not stand.bring(1)
    assert stand.bring(AT_ONCE_MAX + 1)


def test_a_body_that_comes_is_waited_for_longer_than_an_answer(stand):
    waited = stand.fetching.want("a", key(1))
    order = stand.said.orders[0][1].id
    assert stand.fetching.expects("a", order)
    stand.clock.advance_us(5 * ANSWER_US)
    stand.fetching.expire()
    assert not waited.done()
    stand.fetching.broke("a", order, "disk_failed")
    with pytest.raises(FootageUnavailable, match="disk_failed"):
        waited.result(0)


def test_an_empty_body_says_that_it_is_gone(stand):
    waited = stand.fetching.want("a", key(1))
    assert stand.bring(1, b"")
    with pytest.raises(FootageUnavailable, match="gone"):
        waited.result(0)
    assert stand.cache.bytes_held == 0


def test_another_agent_brings_nothing_in_ones_name(stand):
    waited = stand.fetching.want("a", key(1))
    assert not stand.bring(1, agent="b")
    assert not waited.done()


def test_the_cache_drops_what_was_looked_at_longest_ago_and_what_nobody_looks_at(stand, tmp_path):
    for no in range(1, 5):
        stand.fetching.want("a", key(no))
        stand.bring(no, bytes(300))
        stand.cache.read(key(1))
    assert [no for no in range(1, 5) if stand.cache.has(key(no))] == [1, 3, 4]
    assert stand.cache.bytes_held == 900
    assert len(list((tmp_path / "cache").iterdir())) == 3
    stand.clock.advance_us(KEPT_US)
    stand.cache.read(key(4))
    stand.clock.advance_us(1)
    stand.cache.sweep()
    assert [no for no in range(1, 5) if stand.cache.has(key(no))] == [4]
    stand.cache.close()
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_begins_empty_and_leaves_others_files_alone(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / f"{7:032x}.segment").write_bytes(b"of an earlier run")
    (folder / "notes.txt").write_text("mine")
    Stand(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_what_was_not_kept_leaves_no_file_and_what_was_lost_is_not_held(stand, tmp_path):
    with stand.cache.begin() as come:
        come.write(b"half")
    assert list((tmp_path / "cache").iterdir()) == []
    stand.fetching.want("a", key(1))
    stand.bring(1)
    next((tmp_path / "cache").iterdir()).unlink()
    assert stand.cache.read(key(1)) is None
    assert (stand.cache.has(key(1)), stand.cache.bytes_held) == (False, 0)


def links(clock: ManualClock) -> Links:
    names = iter(f"{number:032x}" for number in range(100_000))
    return Links(clock, lambda: next(names), 900 * US_PER_S)


def test_a_link_lasts_while_it_is_used_but_not_for_ever():
    clock = ManualClock()
    made = links(clock)
    token = made.make(View("v", "session", {}, 0, 1)).token
    for _ in range(LASTS_US // (899 * US_PER_S)):
        clock.advance_us(899 * US_PER_S)
        assert made.use(token, "session") is not None
    clock.advance_us(899 * US_PER_S)
    assert made.use(token, "session") is None
    token = made.make(View("v", "session", {}, 0, 1)).token
    clock.advance_us(900 * US_PER_S)
    assert made.use(token, "session") is None
    assert made.counters["over"] == 2


def test_a_link_is_of_one_sign_in_and_nobody_else_extends_or_ends_it():
    clock = ManualClock()
    made = links(clock)
    token = made.make(View("v", "mine", {}, 0, 1)).token
    clock.advance_us(600 * US_PER_S)
    assert made.use(token, "other") is None
    assert not made.end(token, "other")
    clock.advance_us(300 * US_PER_S)
    assert made.use(token, "mine") is None  # the other one's try did not extend it


def test_links_have_limits():
    made = links(ManualClock())
    mine = [made.make(View("v", "mine", {}, 0, 1)).token for _ in range(OF_ONE_MAX + 2)]
    assert [made.use(token, "mine") is not None for token in mine] == [False] * 2 + [True] * OF_ONE_MAX
    for number in range(LINKS_MAX):
        made.make(View("v", f"session-{number}", {}, 0, 1))
    assert not any(made.use(token, "mine") for token in mine)
