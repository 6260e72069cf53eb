"""The audit log over HTTP: what routes put on it, who reads it, and who is erased from it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from hub.audit.seal import ERASED
from tests.support.outward_rig import NAMES, Site, password_of, running_site
from watchkeeper.cli import main


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as made:
        yield made
        for one in _clients.values():
            one.close()
        _clients.clear()


_clients: dict[Any, httpx.Client] = {}


def client(site: Site, role: Any) -> httpx.Client:
    """Somebody in that role; closed with the site."""
    if role not in _clients:
        _clients[role] = site.client(role)
    return _clients[role]


def read(site: Site, role: Any = "auditor", **wanted: Any) -> list[dict[str, Any]]:
    found = client(site, role).get("/audit", params=wanted)
    assert found.status_code == 200, found.text
    entries: list[dict[str, Any]] = found.json()["entries"]
    return entries


def last(site: Site, act: str) -> dict[str, Any]:
    return read(site, act=act, limit=1)[0]


def test_an_act_is_on_the_log_with_who_did_it_and_only_an_auditor_sees_the_name(site):
    number = site.incident()
    site.act(number, "acknowledge")
    entry = last(site, "case.acknowledge")
    assert (entry["actor"], entry["role"], entry["subject"]) == (NAMES["manager"], "manager", str(number))
    hidden = read(site, "administrator", act="case.acknowledge", limit=1)[0]
    assert hidden["actor"].startswith("person:")
    assert hidden["before"] == entry["before"] == {"state": "open", "acknowledged_us": None}
    assert read(site, actor=NAMES["manager"], act="case.acknowledge") == read(site, actor=hidden["actor"], act="case.acknowledge")


def test_signing_in_and_out_and_failing_to_are_on_the_log(site):
    http = client(site, None)
    origin = {"Origin": site.outward.url}
    wrong = {"name": NAMES["guard"], "password": "it is not this one"}
    assert http.post("/sign-in", json=wrong, headers=origin).status_code == 401
    nobody = {"name": "my secret password", "password": "typed into the wrong field"}
    assert http.post("/sign-in", json=nobody, headers=origin).status_code == 401
    right = {"name": NAMES["guard"], "password": password_of("guard")}
    assert http.post("/sign-in", json=right, headers=origin).status_code == 200
    assert http.post("/sign-out", headers=origin).status_code == 200
    newest = [(one["act"], one["actor"], one["subject"]) for one in read(site, limit=8) if one["topic"] == "account"]
    assert newest[:4] == [
        ("sign_out", NAMES["guard"], NAMES["guard"]),
        ("sign_in", NAMES["guard"], NAMES["guard"]),
        ("sign_in.failed", "hub", ""),
        ("sign_in.failed", "hub", NAMES["guard"]),
    ]
    assert last(site, "sign_in")["after"]["from"] == "127.0.0.1"
    assert "my secret password" not in json.dumps(read(site, limit=20), ensure_ascii=False)


def test_what_is_done_with_accounts_is_on_the_log_with_before_and_after_and_no_password(site):
    http = client(site, "administrator")
    assert http.post("/accounts", json={"name": "小林", "role": "guard", "password": "a lamp in the rain"}).status_code == 201
    assert http.patch("/accounts/小林", json={"role": "operator", "password": "a lamp in the snow"}).status_code == 200
    token = http.post("/accounts/小林/tokens", json={"label": "wall", "days": 3})
    assert token.status_code == 201
    assert http.delete(f"/sessions/{token.json()['session']['session']}").status_code == 200
    assert last(site, "account.create")["after"] == {"role": "guard", "password": True}
    change = last(site, "account.change")
    assert (change["actor"], change["subject"]) == ("root", "小林")
    assert change["before"] == {"role": "guard", "disabled": False}
    assert change["after"] == {"role": "operator", "disabled": False, "password": "changed"}
    assert last(site, "token.create")["after"]["label"] == "wall"
    assert last(site, "session.end")["subject"] == "小林"
    assert http.patch("/accounts/小林", json={"role": "operator"}).status_code == 200
    assert last(site, "account.change")["no"] == change["no"]
    assert "lamp" not in json.dumps(read(site, limit=50))


def test_a_command_is_on_the_log_with_its_reason_before_it_is_sent(site):
    site.broker.on_order = lambda _agent, _order: None
    reply = site.http.post("/devices/door-1/commands", json={"action": "open", "reason": "ambulance"})
    assert reply.status_code in (202, 504)
    entry = last(site, "command.ask")
    assert (entry["subject"], entry["reason"], entry["after"]) == ("door-1", "ambulance", {"action": "open"})
    assert site.http.post("/devices/camera-1/snapshots").status_code == 202
    assert last(site, "snapshot.ask")["subject"] == "camera-1"


def test_a_record_that_is_downloaded_and_the_log_that_is_read_are_on_the_log(site):
    assert site.http.get("/reports/patrol/2026-01-01.csv").status_code == 200
    assert last(site, "record.read")["after"] == {"form": "csv", "routes": []}
    read(site, act="case.close")
    assert last(site, "audit.read")["after"]["filter"]["act"] in ("audit.read", "case.close")


def test_whom_somebody_looks_for_stands_nowhere_in_the_clear_and_an_id_makes_no_other_person(site):
    name = NAMES["manager"]
    read(site, subject=name, act="sign_in")
    entry = read(site, act="audit.read", limit=2)[1]
    assert entry["after"]["filter"]["subject"] == name
    with site.engine.connect() as connection:
        assert not [row for row in connection.execute(text("SELECT after FROM audit_entry")).scalars() if name in row]
        before = connection.execute(text("SELECT count(*) FROM person_key")).scalar()
    read(site, actor="person:0123456789abcdef")
    read(site, subject="person:0123456789abcdef")
    with site.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM person_key")).scalar() == before


def test_pages_go_on_where_the_last_one_ended_and_times_cut(site):
    for _ in range(4):
        read(site)
    first = client(site, "auditor").get("/audit", params={"limit": 3}).json()
    second = client(site, "auditor").get("/audit", params={"limit": 3, "before": first["before"]}).json()
    numbers = [one["no"] for one in first["entries"] + second["entries"]]
    assert numbers == list(range(numbers[0], numbers[0] - 6, -1))
    assert read(site, to="2020-01-01T00:00:00Z") == []


def test_one_entry_is_shown_and_one_that_is_not_there_is_not(site):
    entry = read(site, limit=1)[0]
    http = client(site, "auditor")
    assert http.get(f"/audit/{entry['no']}").json() == entry
    assert http.get("/audit/99999999").json()["code"] == "unknown_audit_entry"
    assert http.get("/audit/heads").json() == {"heads": []}


def test_a_person_who_is_erased_cannot_be_named_any_more_and_that_is_on_the_log(site):
    http = client(site, "administrator")
    assert http.post("/accounts", json={"name": "老周", "role": "desk"}).status_code == 201
    early = client(site, "auditor").post("/audit/people/老周/erase", json={"reason": "asked for it"})
    assert (early.status_code, early.json()["code"]) == (409, "person_in_use")
    assert http.patch("/accounts/老周", json={"disabled": True}).status_code == 200
    reply = client(site, "auditor").post("/audit/people/老周/erase", json={"reason": "asked for it"})
    assert reply.status_code == 200, reply.text
    person = reply.json()["person"]
    assert read(site, subject=person, act="account.create")[0]["subject"] == ERASED
    erased = last(site, "person.erase")
    assert (erased["actor"], erased["reason"]) == (NAMES["auditor"], "asked for it")
    again = client(site, "auditor").post("/audit/people/老周/erase", json={"reason": "once more"})
    assert (again.status_code, again.json()["code"]) == (404, "unknown_person_of_audit")


@pytest.mark.parametrize("role", ["operator", "shift_leader", "guard", "desk", "manager"])
def test_nobody_else_reads_it(site, role):
    assert client(site, role).get("/audit").status_code == 403


def test_the_commands_read_it(site):
    at = ["--url", site.outward.url, "--token-file", str(site.token_file("auditor"))]
    read(site)
    listed = CliRunner().invoke(main, ["audit", "list", *at, "--limit", "3", "--json"])
    assert listed.exit_code == 0, listed.output
    newest = json.loads(listed.stdout.splitlines()[0])
    table = CliRunner().invoke(main, ["audit", "list", *at, "--act", "audit.read"])
    assert NAMES["auditor"] in table.stdout
    shown = CliRunner().invoke(main, ["audit", "show", *at, str(newest["no"])])
    assert json.loads(shown.stdout)["hash"] == newest["hash"]
    nobody = CliRunner().invoke(main, ["audit", "erase", *at, "nobody", "--reason", "none"])
    assert nobody.exit_code == 2


def test_the_log_of_the_whole_day_verifies(site):
    found = CliRunner().invoke(main, ["audit", "verify", str(site.folder / "hub.db")])
    assert (found.exit_code, json.loads(found.stdout)["problems"]) == (0, [])
