"""The book of permits in the worker's turns, on both databases."""

import json
from typing import Any

import pytest

from contract.names import card_name, plate_name
from hub.access.asks import (
    AccessEnd,
    AccessImport,
    AccessPut,
    By,
    Conflict,
    CredentialAct,
    CredentialIssue,
    CredentialReplace,
    ImportRow,
)
from hub.access.types import (
    CREDENTIALS_OF_PERMIT_MAX,
    Credential,
    Group,
    GroupRight,
    Holder,
    Household,
    Permit,
    Portal,
    Proof,
    Schedule,
    Weekly,
    Zone,
)
from hub.cases.types import Refusal
from tests.support.site_rig import Hub, HubMaker

KEY = bytes(32)
BY = By("陈静", "desk", "because")


@pytest.fixture
def hub(any_url: str, make_hub: HubMaker) -> Hub:
    return make_hub(any_url)


def proof(number: int) -> Proof:
    return Proof("card", card_name(KEY, 1, number, 26), f"{number % 100:02d}")


def put(hub: Hub, thing: Any, seen: int = 0) -> Any:
    return hub.ask(AccessPut(thing, seen, BY))


def reason(found: Any) -> str:
    assert isinstance(found, Refusal), found
    chinese, _, english = found.message.partition(" / ")
    assert chinese
    assert english.isascii()
    return found.reason


def lay(hub: Hub) -> None:
    """A zone, a portal, a schedule, a group; a holder with a permit."""
    for thing in (
        Zone(zone="estate", name_zh="小区"),
        Portal(portal="reader-1", to_zone="estate"),
        Schedule(schedule="day", name_zh="白天", weekly=(Weekly(("workday",), 420, 1200),)),
        Group(group="residents", name_zh="业主", rights=(GroupRight("reader-1"), GroupRight("reader-1", "day"))),
        Household(household="h1", building="3", unit="2", room="501", place="gate"),
        Holder(holder="li", kind="resident", name="李雷", phone="13800000000", household="h1"),
        Permit(permit="p1", holder="li", groups=("residents",)),
    ):
        kept = put(hub, thing)
        assert kept.version == 1, kept


def issue(hub: Hub, number: int = 7, permit: str = "p1") -> Credential:
    found = hub.ask(CredentialIssue(permit, proof(number), BY))
    assert isinstance(found, Credential), found
    return found


def test_what_is_put_is_kept_with_its_version_its_history_and_a_row_of_the_change_log(hub):
    lay(hub)
    card = issue(hub)
    assert hub.rows("credential", "permit", "shown", "state", "version") == [("p1", "07", "active", 1)]
    told = [(row.key, row.act) for row in hub.changes if row.topic == "access"]
    assert told[-1] == (f"credential/{card.credential}", "issued")
    assert len(told) == 8
    bodies = " ".join(hub.rows("access_history", "body") + [row.body for row in hub.changes])
    assert "李雷" not in bodies
    assert "13800000000" not in bodies
    acts = hub.rows("audit_entry", "act")
    assert acts[-1] == "credential.issue"
    assert "李雷" not in " ".join(hub.rows("audit_entry", "after"))


def test_two_editors_of_one_version_meet_and_the_second_is_told_both(hub):
    lay(hub)
    first = put(hub, Holder(holder="li", kind="resident", name="李四"), 1)
    assert first.version == 2
    second = put(hub, Holder(holder="li", kind="staff", name="李五"), 1)
    assert isinstance(second, Conflict)
    assert (second.seen, second.now) == (1, first)
    assert reason(put(hub, Holder(holder="li", kind="staff"))) == "thing_exists"
    assert put(hub, Holder(holder="li", kind="resident", name="李四"), 2) == first, "nothing has changed"
    gone = put(hub, Holder(holder="nobody", kind="staff"), 3)
    assert isinstance(gone, Conflict)
    assert gone.now is None


def test_one_credential_is_one_permits_until_it_is_lost_and_then_it_may_be_anothers(hub):
    lay(hub)
    put(hub, Permit(permit="p2", holder="li"))
    card = issue(hub)
    assert reason(hub.ask(CredentialIssue("p2", proof(7), BY))) == "credential_taken"
    lost = hub.ask(CredentialAct(card.credential, "lost", 1, BY))
    assert (lost.state, lost.version) == ("lost", 2)
    assert lost.ended_us == hub.clock.now_us()
    other = issue(hub, permit="p2")
    assert reason(hub.ask(CredentialAct(card.credential, "resume", 2, BY))) == "credential_taken"
    hub.ask(CredentialAct(other.credential, "revoke", 1, BY))
    assert hub.ask(CredentialAct(card.credential, "resume", 2, BY)).state == "active", "it was found again"
    assert reason(hub.ask(CredentialAct(other.credential, "resume", 2, BY))) == "wrong_credential_state"


def test_a_replaced_card_names_the_one_in_its_place_and_comes_back_no_more(hub):
    lay(hub)
    card = issue(hub)
    hub.ask(CredentialAct(card.credential, "suspend", 1, BY))
    new = hub.ask(CredentialReplace(card.credential, proof(8), 2, BY))
    assert (new.state, new.permit, new.version) == ("active", "p1", 1)
    assert ("replaced", new.credential) in hub.rows("credential", "state", "instead")
    assert reason(hub.ask(CredentialReplace(card.credential, proof(9), 3, BY))) == "wrong_credential_state"
    assert isinstance(hub.ask(CredentialAct(new.credential, "lost", 7, BY)), Conflict)
    lost = hub.ask(CredentialAct(new.credential, "lost", 1, BY))
    third = hub.ask(CredentialReplace(new.credential, proof(9), lost.version, BY))
    assert isinstance(third, Credential)
    assert reason(hub.ask(CredentialAct(new.credential, "resume", 3, BY))) == "wrong_credential_state"


def test_what_names_nothing_or_something_that_is_over_is_refused(hub):
    lay(hub)
    assert reason(put(hub, Permit(permit="p9", holder="nobody"))) == "unknown_thing"
    assert reason(put(hub, Permit(permit="p9", holder="li", groups=("nobody",)))) == "unknown_thing"
    assert reason(put(hub, Portal(portal="reader-9", to_zone="estate"))) == "no_such_reader"
    assert reason(put(hub, Portal(portal="gatehouse", to_zone="estate"))) == "no_such_reader"
    assert reason(put(hub, Portal(portal="door-1"))) == "same_zones"
    assert reason(put(hub, Household(household="h9", place="nowhere"))) == "unknown_place"
    assert reason(put(hub, Schedule(schedule="always", name_zh="x"))) == "name_is_fixed"
    assert reason(put(hub, Schedule(schedule="s", name_zh="x", weekly=(Weekly(("mon",), 5, 5),)))) == "wrong_hours"
    assert reason(put(hub, Permit(permit="p9", holder="li", from_us=2, until_us=2))) == "wrong_times"
    hub.ask(AccessEnd("holder", "li", 1, BY))
    assert reason(put(hub, Permit(permit="p9", holder="li"))) == "thing_ended"
    assert reason(hub.ask(AccessEnd("zone", "estate", 1, BY))) == "thing_in_use"
    assert reason(hub.ask(AccessEnd("group", "residents", 1, BY))) == "thing_in_use"
    assert reason(hub.ask(AccessEnd("schedule", "day", 1, BY))) == "thing_in_use"
    assert reason(hub.ask(CredentialIssue("nobody", proof(1), BY))) == "unknown_thing"


def test_a_rule_that_nobody_names_is_taken_away_and_may_come_again(hub):
    put(hub, Zone(zone="estate", name_zh="小区"))
    hub.clock.advance_us(1_000_000)
    assert hub.ask(AccessEnd("zone", "estate", 1, BY)).version == 1
    assert hub.rows("access_rule", "rule") == []
    hub.clock.advance_us(1_000_000)
    assert put(hub, Zone(zone="estate", name_zh="小区")).version == 1
    assert sorted(hub.rows("access_history", "version", "act")) == [(1, "added"), (1, "added"), (2, "removed")]


def test_an_ended_holder_is_over_once_and_erased_without_a_trace_in_the_rows(hub):
    lay(hub)
    ended = hub.ask(AccessEnd("holder", "li", 1, BY))
    assert ended.ended_us == hub.clock.now_us()
    assert hub.ask(AccessEnd("holder", "li", 2, BY)) == ended
    erased = hub.ask(AccessEnd("holder", "li", 2, BY, erase=True))
    assert (erased.name, erased.phone, erased.version) == ("", "", 3)
    assert hub.rows("permit_holder", "name", "phone") == [("", "")]


def test_a_permit_has_so_many_credentials_and_no_more(hub):
    lay(hub)
    for number in range(CREDENTIALS_OF_PERMIT_MAX):
        card = issue(hub, number)
    assert reason(hub.ask(CredentialIssue("p1", proof(99), BY))) == "too_many_credentials"
    assert isinstance(hub.ask(CredentialReplace(card.credential, proof(99), 1, BY)), Credential)


def row(number: int, holder: str, *numbers: int, groups: tuple[str, ...] = ("residents",)) -> ImportRow:
    permit = Permit(permit=f"p-{holder}", holder=holder, groups=groups)
    proofs = tuple(("card", proof(one)) for one in numbers)
    return ImportRow(number, None, Holder(holder=holder, kind="resident", name="某人"), permit, proofs)


def test_rows_of_an_import_are_each_taken_whole_or_told_why_not(hub):
    lay(hub)
    issue(hub, 7)
    rows = (
        row(2, "a", 1, 2),
        row(3, "b", 7),
        row(4, "c", 2),
        row(5, "d", 3, groups=("nobody",)),
        row(6, "e", 4, 4),
        row(7, "f", 5),
    )
    found = hub.ask(AccessImport(rows, False, BY))
    assert [(one.row, one.reason, one.column) for one in found] == [
        (2, "", ""), (3, "credential_taken", "card"), (4, "row_twice", "card"), (5, "unknown_thing", "groups"),
        (6, "row_twice", "card"), (7, "", ""),
    ]  # fmt: skip
    assert sorted(hub.rows("permit_holder", "holder")) == ["a", "f", "li"]
    assert len(hub.rows("credential", "name")) == 4
    (told,) = [json.loads(one.body) for one in hub.changes if one.act == "imported"]
    assert told["permits"] == ["p-a", "p-f"]
    again = hub.ask(AccessImport(rows[:1], False, BY))
    assert [one.reason for one in again] == [""]
    assert len(hub.rows("credential", "name")) == 4, "the same file again changes nothing"


def test_all_or_nothing_leaves_nothing_and_says_so_of_every_row(hub):
    lay(hub)
    issue(hub, 7)
    before = len(hub.rows("access_history", "id"))
    found = hub.ask(AccessImport((row(2, "a", 1), row(3, "b", 7)), True, BY))
    assert [one.reason for one in found] == ["import_undone", "credential_taken"]
    assert hub.rows("permit_holder", "holder") == ["li"]
    assert len(hub.rows("access_history", "id")) == before
    assert [one.reason for one in hub.ask(AccessImport((row(2, "a", 1),), True, BY, dry=True))] == [""]
    assert hub.rows("permit_holder", "holder") == ["li"]
    assert hub.ask(AccessImport((row(2, "a", 1),), True, BY))[0].reason == ""
    assert sorted(hub.rows("permit_holder", "holder")) == ["a", "li"]


def test_a_plate_is_kept_as_people_read_it(hub):
    lay(hub)
    found = hub.ask(CredentialIssue("p1", Proof("plate", plate_name(KEY, "京A12345"), "京A12345"), BY))
    assert found.shown == "京A12345"
