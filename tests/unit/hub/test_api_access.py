"""Permits over real HTTP, on a real worker and database, with an agent that fetches its table."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from contract import permits as p
from contract.envelope import bulk_mac, bulk_mac_fits
from contract.names import card_name, plate_name
from contract.orders import ChangePermits, TakePermits
from contract.readings import Heartbeat, PermitsHeld
from hub.access.sheet import COLUMNS, MEMBERS_MAX, STRINGS_MAX, TAGS_MAX, read_file
from tests.support.outward_rig import Site, running_site, until
from tests.support.site_rig import KEY

CARD_KEY = bytes(32)
HEAD = "楼栋,单元,房号,姓名,电话,卡号,车牌,权限组,有效期至\n"


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        lay(made)
        yield made


def lay(site: Site) -> None:
    good(site.http.put("/access/zones/estate", json={"name_zh": "小区"}))
    good(site.http.put("/access/portals/reader-1", json={"to_zone": "estate", "passback": "hard"}))
    good(site.http.put("/access/schedules/day", json={"name_zh": "白天", "weekly": [{"days": ["workday"], "from_min": 420}]}))
    rights = [{"portal": "reader-1"}]
    good(site.http.put("/access/groups/residents", json={"name_zh": "业主", "rights": rights}))
    good(site.http.put("/access/holders/li", json={"kind": "resident", "name": "李雷", "phone": "13800000000"}))
    good(site.http.put("/access/permits/p1", json={"holder": "li", "groups": ["residents"]}))


def good(reply) -> Any:
    assert reply.is_success, reply.text
    return reply.json()


def wrong(reply, status: int) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    found: dict[str, Any] = reply.json()
    assert found["message_zh"]
    assert found["message_en"].isascii() or "京A" in found["message_en"]
    return found


def issue(site: Site, medium: str = "card", number: str = "12,34567") -> dict[str, Any]:
    found: dict[str, Any] = good(site.http.post("/access/permits/p1/credentials", json={"medium": medium, "number": number}))
    return found


def fetched(site: Site, epoch: str = "-", no: int = 0, part: int = 0, agent: str = "gatehouse", key: bytes = KEY):
    path = p.chunk_path(agent, epoch, no, part)
    headers = {"X-Watchkeeper-Mac": bulk_mac(key, path, b""), "X-Watchkeeper-Site": "garden"}
    with site.client(None) as nobody:
        reply = nobody.get(path, headers=headers)
    if reply.is_success:
        assert bulk_mac_fits(KEY, path, reply.content, reply.headers["X-Watchkeeper-Mac"])
    return reply


def test_a_card_is_known_by_its_hash_alone_and_in_force_at_the_gate_within_two_seconds(site):
    until(lambda: fetched(site).is_success, "the first table")
    first = p.decode_chunk(fetched(site).content)
    card = issue(site)
    name = card_name(CARD_KEY, 12, 34567, 26)
    assert (card["name"], card["shown"], card["state"]) == (name, "67", "active")
    assert "34567" not in site.http.get("/access/credentials").text.replace(name, "")
    (order,) = until(
        lambda: [one for _, one in site.broker.orders if isinstance(one, ChangePermits) and one.from_no == first.no], "the change"
    )
    second = p.decode_chunk(fetched(site, order.epoch, order.no).content)
    held = {p.key_of(entry): entry for entry in second.entries}
    assert f"credential:{name}" in held
    assert p.hash_of(sum(map(p.weight_of, held.values()))) == second.hash == order.hash
    found = good(site.http.get("/access/credentials", params={"name": name}))
    assert [one["id"] for one in found["credentials"]] == [card["id"]]


def test_an_agent_without_the_key_or_for_a_number_that_is_gone_gets_nothing(site):
    until(lambda: fetched(site).is_success, "the first table")
    assert wrong(fetched(site, key=bytes(32)), 403)["code"] == "wrong_mac"
    assert wrong(fetched(site, agent="nobody"), 404)["code"] == "unknown_agent"
    assert wrong(fetched(site, "abc", 7), 404)["code"] == "permits_gone"
    assert wrong(fetched(site, part=99), 404)["code"] == "permits_gone"


def test_what_an_agent_holds_is_shown_beside_the_newest(site):
    until(lambda: fetched(site).is_success, "the first table")
    (before,) = [one for one in good(site.http.get("/access/tables"))["tables"] if one["agent"] == "gatehouse"]
    assert (before["held_no"], before["current"], before["portals"]) == (None, False, ["reader-1"])
    held = PermitsHeld(before["epoch"], before["no"], before["hash"], before["entries"], 0, 0)
    site.says("gatehouse", Heartbeat(sources={}, permits=held))

    def shown() -> dict[str, Any]:
        found: dict[str, Any] = next(
            one for one in good(site.http.get("/access/tables"))["tables"] if one["agent"] == "gatehouse"
        )
        return found

    until(lambda: shown()["current"], "the heartbeat")
    assert shown()["behind_s"] == 0
    told = len([one for _, one in site.broker.orders if isinstance(one, TakePermits)])
    issue(site)
    until(lambda: not shown()["current"], "the change")
    assert shown()["no"] == before["no"] + 1
    assert told == len([one for _, one in site.broker.orders if isinstance(one, TakePermits)])


def test_two_editors_meet_and_the_second_is_told_both_versions(site):
    good(site.http.put("/access/holders/li", json={"kind": "resident", "name": "李四", "version": 1}))
    found = wrong(site.http.put("/access/holders/li", json={"kind": "staff", "name": "王五", "version": 1}), 409)
    assert found["code"] == "access_changed"
    told = {one["at"]: one["what"] for one in found["errors"]}
    assert told["seen"] == "1"
    assert "李四" in told["now"]
    assert "Retry-After" not in site.http.put("/access/holders/li", json={"kind": "staff", "version": 1}).headers


def test_a_lost_card_is_replaced_and_its_history_says_by_whom_and_why(site):
    card = issue(site)
    act = {"version": 1, "reason": "遗失"}
    assert good(site.http.post(f"/access/credentials/{card['id']}/lost", json=act))["state"] == "lost"
    new = good(site.http.post(f"/access/replacements/{card['id']}", json={"version": 2, "number": "12,1"}))
    assert (new["state"], new["permit"]) == ("active", "p1")
    history = good(site.http.get(f"/access/history/credential/{card['id']}"))["history"]
    assert [one["act"] for one in history] == ["replaced", "lost", "issued"]
    assert history[1]["reason"] == "遗失"
    assert wrong(site.http.get("/access/history/credential/nobody"), 404)["code"] == "unknown_thing"


def test_numbers_that_mean_nothing_are_refused_without_being_repeated(site):
    for medium, number in (
        ("card", "1234567"),
        ("card", "12,345678"),
        ("card", "x"),
        ("plate", "京A12"),
        ("pin", "12"),
        ("qr", " "),
    ):
        body = {"medium": medium, "number": number}
        found = wrong(site.http.post("/access/permits/p1/credentials", json=body), 422)
        assert found["code"] in ("wrong_number", "wrong_request"), number
        assert "1234567" not in found["message_en"]
    plate = issue(site, "plate", "京a·12345")
    assert (plate["shown"], plate["name"]) == ("京A12345", plate_name(CARD_KEY, "京A12345"))
    long = issue(site, "card", "305419896/34")
    assert long["name"] == card_name(CARD_KEY, None, 305419896, 34)


def test_without_a_card_key_only_hashes_are_taken(tmp_path):
    with running_site(tmp_path, card_key=None) as site:
        lay(site)
        body = {"medium": "card", "number": "12,34567"}
        assert wrong(site.http.post("/access/permits/p1/credentials", json=body), 422)["code"] == "no_card_key"
        assert issue(site, "card", "A" * 32)["name"] == "a" * 32


def test_who_may_not_make_rules_may_not_take_them_away(site):
    with site.client("desk") as desk:
        assert wrong(desk.post("/access/end/zone/estate", json={"version": 1}), 403)["code"] == "not_permitted"
        good(desk.post("/access/end/holder/li", json={"version": 1, "erase": True}))
    found = good(site.http.get("/access/holders", params={"live": False}))["holders"]
    assert [(one["name"], bool(one["ended_at"])) for one in found] == [("", True)]
    assert good(site.http.get("/access/holders"))["holders"] == []


def test_pages_go_on_where_the_last_one_ended(site):
    for number in range(5):
        good(site.http.put(f"/access/holders/h{number}", json={"kind": "staff", "name": f"员工{number}"}))
    query: dict[str, Any] = {"text": "员工", "limit": 2}
    names: list[str] = []
    after: str | None = ""
    while after is not None:
        page = good(site.http.get("/access/holders", params={**query, "after": after}))
        names += [one["name"] for one in page["holders"]]
        after = page["next"]
    assert names == [f"员工{number}" for number in range(5)]


# Files


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def imported(site: Site, data: str | bytes, **how: bool) -> dict[str, Any]:
    body = data.encode() if isinstance(data, str) else data
    found: dict[str, Any] = good(site.http.post("/access/import", params=how, content=body))
    assert found["rows"] == found["done"] + found["failed"]
    assert len({one["row"] for one in found["wrong"]}) == found["failed"], "every row that failed is named"
    return found


ROWS = (
    HEAD
    + '3,2,501,韩梅梅,13900000000,"12,1;12,2",京A12345,业主,2030-12-31\n'
    + "3,2,502,甲,abc,,,业主,\n"
    + "3,2,503,乙,,12,,业主,\n"
    + '3,2,504,丙,,"12,1",,业主,\n'
    + "3,2,505,丁,,,,nobody,\n"
    + "3,2,506,,,,,业主,\n"
    + "3,2,507,戊,,,,业主,2030-13-01\n"
    + "3,2,508,=1+1,,,,业主,\n"
    + "3,2,501,小明,,,,residents,\n"
)


def test_each_row_is_done_or_named_with_its_column_and_what_to_write(site):
    dry = imported(site, ROWS, dry_run=True)
    assert (dry["done"], good(site.http.get("/access/households"))["households"]) == (2, [])
    found = imported(site, ROWS)
    assert [(one["row"], one["column"], one["code"]) for one in found["wrong"]] == [
        (3, "phone", "wrong_phone"), (4, "card", "wrong_number"), (5, "card", "row_twice"), (6, "groups", "unknown_group"),
        (7, "name", "missing"), (8, "valid_until", "wrong_time"), (9, "name", "computed"),
    ]  # fmt: skip
    assert found["wrong"][0]["column_zh"] == "电话"
    assert all(one["what_zh"] and one["what_en"] and one["write_en"] for one in found["wrong"])
    people = good(site.http.get("/access/holders", params={"text": "3-2-501"}))["holders"]
    assert sorted(one["name"] for one in people) == ["小明", "韩梅梅"]
    assert len(good(site.http.get("/access/credentials", params={"live": True}))["credentials"]) == 3
    again = imported(site, ROWS)
    assert again["done"] == 2
    assert len(good(site.http.get("/access/permits"))["permits"]) == 3, "the same file again changes nothing"
    permit = next(one for one in good(site.http.get("/access/permits"))["permits"] if one["valid_until"])
    assert permit["valid_until"] == "2030-12-31T16:00:00.000000Z", "that day included, in Shanghai"


def test_all_or_nothing_takes_nothing_where_one_row_is_wrong(site):
    found = imported(site, ROWS, all_or_nothing=True)
    assert found["done"] == 0
    assert {one["row"]: one["code"] for one in found["wrong"]}[2] == "import_undone"
    assert good(site.http.get("/access/households"))["households"] == []
    taken = issue(site, number="12,2")
    only = HEAD + '3,2,501,韩梅梅,,"12,1;12,2",,业主,\n3,2,502,甲,,"12,5",,业主,\n'
    found = imported(site, only, all_or_nothing=True)
    assert [one["code"] for one in found["wrong"]] == ["credential_taken", "import_undone"]
    assert good(site.http.get("/access/households"))["households"] == []
    good(site.http.post(f"/access/credentials/{taken['id']}/revoke", json={"version": 1}))
    assert imported(site, only, all_or_nothing=True)["done"] == 2


def test_a_workbook_is_read_as_it_shows_and_its_formulas_are_refused(site):
    head = ["房号", "name", "电话", "卡号", "权限组", "车位数"]
    rows: list[list[Any]] = [
        head,
        [501, "韩梅梅", 13900000000, "12,1", "residents", 2.0],
        [502, "甲", None, "=A1", "residents", None],
        [None] * 6,
    ]
    found = imported(site, workbook(rows))
    assert [(one["row"], one["code"]) for one in found["wrong"]] == [(3, "computed")]
    (who,) = good(site.http.get("/access/holders", params={"text": "韩"}))["holders"]
    assert who["phone"] == "13900000000"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (70 * 1024 * 1024))
    return out.getvalue()


def many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(MEMBERS_MAX + 1):
            archive.writestr(f"m{number}", b"")
    return out.getvalue()


def declared() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    return out.getvalue()


def packed(sheet: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, sheet)
    return out.getvalue()


DEFINES = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
BROKEN = bytearray(packed(b"<x>" + bytes(range(256)) * 400))
BROKEN[80:120] = bytes(40)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed(b"<?xml version='1.0'?><!--" + b"x" * 3_000_000 + b"-->" + DEFINES.encode()), "not_a_workbook"),
        (packed(DEFINES.encode("utf-16")), "not_a_workbook"),
        (packed(b'<?xml version="1.0" encoding="cp037"?>' + DEFINES.encode("cp037")), "not_a_workbook"),
        (packed(b"<sst>" + b"<si><t>a</t></si>" * (STRINGS_MAX // 2 + 1) * 2 + b"</sst>", "xl/sharedStrings.xml"), "too_large"),
        (packed(b"<x:si/>" * (STRINGS_MAX + 1), "strings.other"), "too_large"),
        (packed(b"<row>" + b"<c/>" * (TAGS_MAX + 1)), "too_large"),
        (bytes(BROKEN), "not_a_workbook"),
    ],
    ids=["late definitions", "UTF-16", "another code page", "strings", "strings elsewhere", "cells", "damaged"],
)
def test_a_workbook_that_would_keep_the_hub_busy_is_refused_before_it_is_read(data, code, monkeypatch):
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("it was read"))
    (found,) = read_file(data).wrong
    assert (found.row, found.code) == (0, code)


def test_what_is_no_file_of_permits_is_refused_whole(site):
    files = {
        b"": "empty_file", HEAD.encode(): "empty_file", b"\xff\xfe\x00": "not_text", b"PK\x03\x04 what": "not_a_workbook",
        bomb(): "too_large", many(): "too_large", declared(): "not_a_workbook",
        "姓名,卡\n".encode(): "groups is missing", "姓名,权限组,姓名\n".encode(): "twice",
        "姓名,权限组,鞋码\n".encode(): "no such column",
    }  # fmt: skip
    for data, what in files.items():
        reply = site.http.post("/access/import", content=data)
        found = wrong(reply, 422)
        assert found["code"] == "bad_import", what
        assert found["errors"], what


def test_an_export_is_what_an_import_takes_and_no_cell_of_it_computes(site):
    imported(site, ROWS)
    good(site.http.put("/access/holders/li", json={"kind": "resident", "name": "+1", "version": 1}))
    reply = site.http.get("/access/export")
    text = reply.content.decode("utf-8-sig")
    assert text.startswith(",".join(row[0] for row in COLUMNS.values()))
    assert "'+1" in text
    assert "2030-12-31" in text
    before = len(good(site.http.get("/access/permits"))["permits"])
    assert imported(site, text)["failed"] == 0
    assert len(good(site.http.get("/access/permits"))["permits"]) == before
    assert any(row["act"] == "permit.export" for row in (dict(one._mapping) for one in site.rows("audit_entry")))


def test_the_template_is_a_file_that_an_import_takes(site):
    template = site.http.get("/access/template").content.decode("utf-8-sig")
    assert imported(site, template, dry_run=True)["wrong"] == []


def test_a_holder_is_found_by_its_id_and_by_a_live_plate(site):
    good(site.http.put("/access/holders/han", json={"kind": "resident", "name": "韩梅"}))
    plate = issue(site, "plate", "京A12345")

    def found(**query: str) -> list[str]:
        return [one["id"] for one in good(site.http.get("/access/holders", params=query))["holders"]]

    assert found(id="li") == ["li"]
    assert found(id="l") == []
    assert found(text="a123") == ["li"]
    good(site.http.post(f"/access/credentials/{plate['id']}/lost", json={"version": plate["version"], "reason": "遗失"}))
    assert found(text="a123") == []
