"""Tables of permits go down to agents: numbered changes, snapshots, and who went where."""

from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pytest

from contract import permits as p
from contract.names import card_name
from contract.orders import ChangePermits, TakePermits, TellWhereabouts, decode_order
from contract.readings import AccessDecided, PermitsHeld
from hub.access import sending
from hub.access.asks import AccessEnd, AccessImport, AccessPut, By, CredentialAct, CredentialIssue, ImportRow
from hub.access.compile import Numbers
from hub.access.maker import Ground, Maker
from hub.access.sending import REPEAT_US, SNAPSHOT_KEPT_US, Gone, Sending
from hub.access.table import CHANGES_KEPT
from hub.access.types import Group, GroupRight, Holder, Permit, Portal, Proof, Schedule, Weekly, Zone
from hub.duties.calendar import Calendar
from hub.duties.localtime import local_day
from hub.ingest.ports import Passed, TableHeld, Write
from hub.store.access_rows import forget_marks
from hub.store.access_sources import AccessSources, write_marks
from hub.store.read import SiteReads
from tests.support.site_rig import SITE, Hub, HubMaker, ModelAgent

KEY, ZONE, CHINA = bytes(32), ZoneInfo("Asia/Shanghai"), Calendar("CN")
BY = By("陈静", "desk")
DEVICES = {"gatehouse": frozenset(("door-1", "reader-1", "camera-1")), "cellar": frozenset(("door-9",))}
S = 1_000_000


class Held(NamedTuple):
    """What an agent of the test holds: it does what the contract says of orders."""

    entries: dict[str, Any]
    epoch: str
    no: int
    hash: str


class Rig:
    def __init__(self, hub: Hub) -> None:
        self.hub, self.clock = hub, hub.clock
        self.ids = 0
        self.broken = False
        self.orders: list[tuple[str, Any]] = []
        self.start()

    def start(self) -> None:
        """A hub that was started (again)."""
        self.sources, self.log = AccessSources(self.hub.engine, SITE), SiteReads(self.hub.engine, SITE)
        self.maker = Maker(self.sources, Numbers(), self.new_id)
        self.sending = Sending(self.maker, self, self.sources, self.keep, self.order, self.new_id)
        self.sending.begin(self.sources.marks(), self.log.change_bounds()[1])

    def after(self, pos: int, limit: int):
        return self.log.changes_after(pos, limit)

    def new_id(self) -> str:
        self.ids += 1
        return f"o{self.ids}"

    def keep(self, marks) -> None:
        if self.broken:
            raise RuntimeError("the database is away")
        self.hub.ask(Write(lambda connection: write_marks(connection, SITE, marks)))

    def order(self, agent: str, order: Any) -> None:
        assert decode_order(msgspec.json.encode(order)).id
        assert len(msgspec.json.encode(order)) <= p.CHANGES_BYTES_MAX
        self.orders.append((agent, order))

    def step(self, seconds: float = 0) -> list[tuple[str, Any]]:
        """What is told now, without whereabouts."""
        self.clock.advance_us(int(seconds * S))
        before = len(self.orders)
        now_us = self.clock.now_us()
        self.sending.step(Ground(DEVICES, ZONE, CHINA, local_day(ZONE, now_us)), now_us)
        return [(agent, order) for agent, order in self.orders[before:] if not isinstance(order, TellWhereabouts)]

    def fetch(self, agent: str, epoch: str = "-", no: int = 0) -> Held:
        """A whole snapshot, as an agent fetches it."""
        first = p.decode_chunk(self.sending.chunk(agent, epoch, no, 0, self.clock.now_us()))
        entries = list(first.entries)
        for part in range(1, first.parts):
            body = self.sending.chunk(agent, first.epoch, first.no, part, self.clock.now_us())
            assert len(body) <= p.CHUNK_BYTES_MAX
            chunk = p.decode_chunk(body)
            assert (chunk.no, chunk.hash, chunk.parts) == (first.no, first.hash, first.parts)
            entries += chunk.entries
        held = {p.key_of(entry): entry for entry in entries}
        assert p.hash_of(sum(map(p.weight_of, held.values()))) == first.hash
        return Held(held, first.epoch, first.no, first.hash)

    def heard(self, agent: str, held: Held | None) -> None:
        told = None if held is None else PermitsHeld(held.epoch, held.no, held.hash, len(held.entries), 0, 0)
        self.sending.news([TableHeld(agent, told, self.clock.now_us())])


def applied(held: Held, order: ChangePermits) -> Held:
    order = decode_order(msgspec.json.encode(order))
    assert (order.epoch, order.from_no) == (held.epoch, held.no)
    entries: dict[str, Any] = {key: entry for key, entry in held.entries.items() if key not in order.drop}
    entries |= {p.key_of(entry): entry for entry in order.put}
    assert p.hash_of(sum(map(p.weight_of, entries.values()))) == order.hash
    return Held(entries, order.epoch, order.no, order.hash)


def proof(number: int) -> Proof:
    return Proof("card", card_name(KEY, 1, number, 26))


def put(hub: Hub, thing: Any, seen: int = 0) -> Any:
    return hub.ask(AccessPut(thing, seen, BY))


def imported(hub: Hub, first: int, count: int) -> None:
    rows = []
    for number in range(first, first + count):
        permit = Permit(permit=f"p{number}", holder=f"h{number}", groups=("residents",))
        rows.append(ImportRow(number, None, Holder(holder=f"h{number}", kind="resident"), permit, (("card", proof(number)),)))
    assert not any(one.reason for one in hub.ask(AccessImport(tuple(rows), True, BY)))


@pytest.fixture
def rig(any_url: str, make_hub: HubMaker) -> Rig:
    hub = make_hub(any_url)
    for thing in (
        Zone(zone="estate", name_zh="小区"),
        Portal(portal="reader-1", to_zone="estate"),
        Portal(portal="door-9", to_zone="estate"),
        Group(group="residents", name_zh="业主", rights=(GroupRight("reader-1"),)),
        Holder(holder="li", kind="resident", name="李雷"),
        Permit(permit="p1", holder="li", groups=("residents",)),
    ):
        put(hub, thing)
    hub.ask(CredentialIssue("p1", proof(1), BY))
    return Rig(hub)


def test_an_agent_fetches_its_table_and_goes_on_by_numbered_changes(rig):
    first = rig.step()
    assert sorted((agent, type(order)) for agent, order in first) == [("cellar", TakePermits), ("gatehouse", TakePermits)]
    held = rig.fetch("gatehouse")
    assert sorted(key.partition(":")[0] for key in held.entries) == ["credential", "level", "portal", "rules", "schedule"]
    assert sorted(rig.fetch("cellar").entries) == ["portal:door-9", "rules"], "nobody has a right there"
    card = rig.hub.ask(CredentialIssue("p1", proof(2), BY))
    ((agent, order),) = rig.step()
    assert agent == "gatehouse"
    held = applied(held, order)
    rig.hub.ask(CredentialAct(card.credential, "lost", 1, BY))
    ((_, order),) = rig.step()
    held = applied(held, order)
    assert held.entries[f"credential:{proof(2).name}"].state == "lost"
    assert held == rig.fetch("gatehouse")
    assert rig.step(1) == []


def test_every_kind_of_change_makes_the_table_that_a_fresh_compile_makes(rig):
    rig.step()
    held = {agent: rig.fetch(agent) for agent in DEVICES}
    asks = [
        AccessPut(Permit(permit="p1", holder="li", groups=("residents",), spaces=1), 1, BY),
        AccessPut(Schedule(schedule="day", name_zh="d", weekly=(Weekly(("mon",), 1, 2),)), 0, BY),
        AccessPut(Group(group="residents", name_zh="r", rights=(GroupRight("door-9", "day"),)), 1, BY),
        AccessPut(Group(group="residents", name_zh="r", rights=(GroupRight("door-9"), GroupRight("reader-1"))), 2, BY),
        AccessPut(Portal(portal="reader-1", to_zone="estate", passback="hard"), 1, BY),
        AccessPut(Portal(portal="camera-1", from_zone="estate"), 0, BY),
        AccessPut(Permit(permit="p1", holder="li", groups=()), 2, BY),
        AccessEnd("holder", "li", 1, BY),
    ]
    for asked in asks:
        assert not hasattr(rig.hub.ask(asked), "message"), asked
        for agent, order in rig.step(1):
            held[agent] = applied(held[agent], order)
        fresh = Maker(rig.sources, Numbers(), rig.new_id)
        fresh.begin({})
        now_us = rig.clock.now_us()
        made = fresh.work(sending.Dirt(everything=True), Ground(DEVICES, ZONE, CHINA, local_day(ZONE, now_us)), now_us)
        assert {one.agent: one.mark.hash for one in made} == {agent: one.hash for agent, one in held.items()}, asked
    assert held["gatehouse"].entries[f"credential:{proof(1).name}"].state == "revoked"


def test_numbers_go_on_after_a_restart_and_a_table_that_is_the_same_is_not_told_again(rig):
    rig.step()
    mark = rig.maker.marks()["gatehouse"]
    rig.start()
    assert rig.step() == []
    assert rig.maker.marks()["gatehouse"] == mark
    rig.start()
    rig.hub.ask(CredentialIssue("p1", proof(2), BY))
    told = rig.step()
    assert [(agent, order.epoch, order.no) for agent, order in told] == [("gatehouse", mark.epoch, mark.no + 1)]
    assert isinstance(told[0][1], TakePermits), "no change that is held leads there"


def test_after_a_restore_the_numbering_is_another_one(rig):
    rig.step()
    epoch = rig.maker.marks()["gatehouse"].epoch
    with rig.hub.engine.begin() as connection:
        forget_marks(connection)
    rig.start()
    rig.step()
    assert rig.maker.marks()["gatehouse"].epoch != epoch


def test_nothing_is_told_before_its_number_is_committed(rig):
    rig.step()
    rig.broken = True
    rig.hub.ask(CredentialIssue("p1", proof(2), BY))
    with pytest.raises(RuntimeError):
        rig.step()
    with pytest.raises(Gone, match="permits_not_yet"):
        rig.fetch("gatehouse")
    rig.broken = False
    ((_, order),) = rig.step(1)
    assert isinstance(order, ChangePermits)


def test_an_agent_that_missed_changes_is_told_them_once_and_then_to_fetch_with_a_growing_pause(rig):
    rig.step()
    held = rig.fetch("gatehouse")
    for number in (2, 3):
        rig.hub.ask(CredentialIssue("p1", proof(number), BY))
        rig.step()
    rig.heard("gatehouse", held)
    assert rig.step(1) == [], "it may not have heard yet"
    rig.clock.advance_us(REPEAT_US[0])
    rig.heard("gatehouse", held)
    for _, order in rig.step():
        held = applied(held, order)
    assert held == rig.fetch("gatehouse")
    rig.heard("gatehouse", None)
    assert rig.step(REPEAT_US[1] / S - 1) == []
    rig.heard("gatehouse", None)
    assert [type(order) for _, order in rig.step(1)] == [TakePermits]
    rig.heard("gatehouse", held)
    assert rig.step(REPEAT_US[-1] / S) == []


def test_an_agent_that_was_gone_too_long_fetches_everything(rig):
    rig.step()
    held = rig.fetch("gatehouse")
    table = rig.maker.tables["gatehouse"]
    rig.hub.ask(CredentialIssue("p1", proof(2), BY))
    ((_, first),) = rig.step()
    assert table.since(held.no) == [first]
    table.keep([msgspec.structs.replace(first, from_no=no, no=no + 1) for no in range(first.no, first.no + CHANGES_KEPT)])
    assert table.since(held.no) is None, "the oldest went for the newest"
    rig.clock.advance_us(REPEAT_US[0])
    rig.heard("gatehouse", held)
    assert [type(order) for _, order in rig.step()] == [TakePermits]


def test_a_large_import_is_one_snapshot_and_a_small_one_some_orders(rig):
    rig.step()
    held = rig.fetch("gatehouse")
    imported(rig.hub, 100, 600)
    told = rig.step()
    assert 1 < len(told) <= 8
    for _, order in told:
        held = applied(held, order)
    imported(rig.hub, 1_000, 5_000)
    ((_, order),) = rig.step()
    assert isinstance(order, TakePermits)
    newest = rig.fetch("gatehouse")
    assert (order.no, order.hash) == (newest.no, newest.hash)
    assert len(newest.entries) == len(held.entries) + 5_000


def test_parts_stay_the_same_while_the_table_changes_and_are_gone_after_a_while(rig):
    imported(rig.hub, 1_000, 3_000)
    rig.step()
    first = p.decode_chunk(rig.sending.chunk("gatehouse", "-", 0, 0, rig.clock.now_us()))
    assert first.parts > 1
    rig.hub.ask(CredentialIssue("p1", proof(2), BY))
    rig.step(1)
    old = rig.fetch("gatehouse", first.epoch, first.no)
    assert old.hash == first.hash
    assert rig.fetch("gatehouse").no == first.no + 1
    rig.clock.advance_us(SNAPSHOT_KEPT_US + S)
    rig.fetch("cellar")
    for epoch, no, part in ((first.epoch, first.no, 0), ("-", 0, 99), ("other", first.no + 1, 0)):
        with pytest.raises(Gone, match="permits_gone"):
            rig.sending.chunk("gatehouse", epoch, no, part, rig.clock.now_us())
    with pytest.raises(Gone, match="unknown_agent"):
        rig.fetch("nobody")


def test_each_day_the_schedules_go_a_day_further(rig):
    put(rig.hub, Schedule(schedule="day", name_zh="d", weekly=(Weekly(("mon", "thu"), 420, 1200),)))
    put(rig.hub, Group(group="residents", name_zh="r", rights=(GroupRight("reader-1", "day"),)), 1)
    rig.step()
    held = rig.fetch("gatehouse")
    until_s = held.entries["schedule:day"].until_s
    ((_, order),) = rig.step(86_400)
    assert applied(held, order).entries["schedule:day"].until_s == until_s + 86_400


def test_what_has_been_over_for_thirty_days_is_taken_out_of_the_table_at_night(rig):
    card = rig.hub.ask(CredentialIssue("p1", proof(2), BY))
    rig.hub.ask(CredentialAct(card.credential, "lost", 1, BY))
    rig.step()
    held = rig.fetch("gatehouse")
    key = f"credential:{proof(2).name}"
    for _ in range(29):
        assert all(key not in order.drop for _, order in rig.step(86_400))
    assert held.entries[key].state == "lost"
    told = [order for days in range(2) for _, order in rig.step(86_400)]
    assert [order.drop for order in told] == [[key]]


def test_who_went_through_is_told_to_the_other_agents_of_the_zone_and_silence_is_told_too(rig):
    rig.step()
    rig.orders.clear()
    went = Passed("gatehouse", "reader-1", proof(1).name, "p1", "estate", rig.clock.now_us())
    rig.sending.news([went, went._replace(card="f" * 32), went._replace(device="door-1")])
    rig.step(1)
    told = [(agent, order) for agent, order in rig.orders if isinstance(order, TellWhereabouts)]
    ((agent, order),) = told
    assert agent == "cellar"
    (one,) = order.went
    assert (one.holder, one.permit, one.card, one.zone, one.at_us) == ("li", "p1", proof(1).name, "estate", went.at_us)
    rig.orders.clear()
    rig.step(20)
    assert sorted(agent for agent, order in rig.orders if not order.went) == ["cellar", "gatehouse"]


def test_what_agents_report_of_tables_and_passages_comes_out_of_the_turn(rig):
    found: list[Any] = []
    rig.hub.core._on_gates = found.extend
    agent = ModelAgent(rig.clock)
    decided = AccessDecided(proof(1).name, True, "permit", permit="p1", to_zone="estate")
    refused = AccessDecided(proof(1).name, False, "passback", permit="p1")
    batch = agent.batch([agent.note("reader-1", decided), agent.note("reader-1", refused), agent.beat()])
    rig.hub.take(batch)
    assert [type(one) for one in found] == [Passed, TableHeld]
    assert found[0] == Passed("gatehouse", "reader-1", proof(1).name, "p1", "estate", rig.clock.now_us())
