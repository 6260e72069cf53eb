"""The estate's routes: what is edited, imported and drawn counts at once, and everybody sees the same one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.readings import TamperContact
from hub.accounts.permissions import ROLES
from hub.api import estate_drawings
from tests.support.outward_rig import Site, until
from tests.support.site_rig import ModelAgent

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><script>alert(1)</script><rect width="1" height="1"/></svg>'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def shown(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = site.http.get("/estate").json()
    return found


def put(site: Site, document: dict[str, Any], seen: int, **more: Any) -> Any:
    return site.http.put("/estate", json={"seen": seen, "document": document, "reason": "改造"} | more)


def with_floor(site: Site) -> dict[str, Any]:
    document = shown(site)["document"]
    document["floors"] = [{"id": "ground", "name_zh": "地面", "name_en": "Ground", "order": 1}]
    document["devices"][0] |= {"floor": "ground", "at": [0.25, 0.5]}
    return document  # type: ignore[no-any-return]


def test_the_document_holds_no_keys(site: Site):
    text = site.http.get("/estate").text
    assert shown(site)["version"] == 0
    assert all(key.hex() not in text for key in site.estate.keys.values())
    assert put(site, shown(site)["document"] | {"name_zh": "新名"}, 0).status_code == 200
    assert all(key.hex() not in str(row) for key in site.estate.keys.values() for row in site.rows("estate_version"))


def test_an_edit_counts_at_once_and_agents_keep_their_keys(site: Site):
    document = shown(site)["document"]
    document["devices"].append(document["devices"][0] | {"id": "door-new", "name_zh": "新门"})
    done = put(site, document, 0)
    assert (done.status_code, done.json()["version"], done.json()["applied"]) == (200, 1, True)
    assert done.json()["changes"] == [
        {
            "what": "added", "kind": "devices", "id": "door-new", "fields": [],
            "text_zh": "新增设备 新门（door-new）", "text_en": "new device door-new",
        }
    ]  # fmt: skip
    site.says("door-new", TamperContact(active=True))
    found = until(lambda: site.http.get("/incidents").json()["incidents"])
    assert "新门" in found[0]["title_zh"]
    assert site.http.get("/devices/door-new").status_code == 200


def test_a_name_that_changes_is_the_name_in_titles_at_once(site: Site):
    site.says("door-1", TamperContact(active=True))
    until(lambda: site.http.get("/incidents").json()["incidents"])
    document = shown(site)["document"]
    document["devices"][0]["name_zh"] = "改名的门"
    put(site, document, 0)
    assert "改名的门" in site.http.get("/incidents").json()["incidents"][0]["title_zh"]


def test_who_edited_an_older_version_is_told(site: Site):
    document = shown(site)["document"]
    put(site, document | {"name_zh": "一"}, 0)
    late = put(site, document | {"name_zh": "二"}, 0)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert shown(site)["document"]["name_zh"] == "一"


def test_an_edit_that_changes_nothing_is_no_version(site: Site):
    document = shown(site)["document"]
    put(site, document | {"name_zh": "一"}, 0)
    assert put(site, document | {"name_zh": "一"}, 1).json()["version"] == 1
    assert len(site.http.get("/estate/versions").json()["versions"]) == 1


NAMES = {"name_zh": "名", "name_en": "name"}
WRONG: list[tuple[Any, str, str]] = [
    (lambda d: d | {"site": "other"}, "site", "site_is_fixed"),
    (lambda d: d["devices"][2].update(opens="camera-1") or d, "devices[2].opens", "no_gate"),
    (lambda d: d["devices"][1].update(place="nowhere") or d, "devices[1].place", "unknown_name"),
    (lambda d: d["devices"][1].update(id="door-1") or d, "devices[1].id", "taken"),
    (lambda d: d["devices"][1].update(id="door-1\n") or d, "devices[1].id", "not_an_id"),
    (lambda d: d["devices"][1].pop("name_zh") and d, "devices[1].name_zh", "missing"),
    (lambda d: d["devices"][1].update(at=[0.5, 0.5]) or d, "devices[1].at", "no_floor"),
    (lambda d: d["devices"][1].update(at=[0.5, 2]) or d, "devices[1].at[1]", "wrong_value"),
    (lambda d: d["devices"][1].update(name_zh="\0") or d, "devices[1].name_zh", "wrong_value"),
    (lambda d: d["agents"][0].update(key="00" * 32) or d, "agents[0].key", "secret"),
    (lambda d: d["agents"][0].update(key_file="../../etc/passwd") or d, "agents[0].key_file", "outside"),
    (lambda d: d["agents"][0].update(key_file="none.key") or d, "agents", "key_file"),
    (lambda d: d["places"][0].update(place_class="x") or d, "places[0].place_class", "unknown_class"),
    (lambda d: d["places"][0].update(parent="gate") or d, "places[0].parent", "within_itself"),
    (lambda d: d | {"timezone": "Mars"}, "timezone", "no_time_zone"),
    (lambda d: d | {"devicez": []}, "devicez", "unknown_key"),
    (lambda d: d | {"devices": [[[[[[[[[[[]]]]]]]]]]]}, "", "too_deep"),
    (lambda d: d | {"routes": [{"id": "r", "duty": "x", **NAMES, "places": ["gate", "gate"], "sources": ["y"]}]},
     "routes[0].duty", "unknown_duty"),
]  # fmt: skip


@pytest.mark.parametrize(("bend", "at", "code"), WRONG)
def test_a_document_that_is_wrong_is_told_whole_by_the_paths_of_its_rows(site: Site, bend: Any, at: str, code: str):
    document = bend(json.loads(json.dumps(shown(site)["document"])))
    checked = site.http.post("/estate/check", json={"document": document}).json()
    assert (at, code) in [(one["at"], one["code"]) for one in checked["errors"]], checked["errors"]
    refused = put(site, document, 0)
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_estate")
    assert at in [one["at"] for one in refused.json()["errors"]]
    assert shown(site)["version"] == 0


def test_a_number_that_json_does_not_have_is_refused(site: Site):
    document = shown(site)["document"]
    document["devices"][0]["options"] = {"temperature_max": float("nan")}
    body = json.dumps({"seen": 0, "document": document})
    assert site.http.put("/estate", content=body, headers={"Content-Type": "application/json"}).status_code == 422


def test_a_check_says_what_would_follow_and_changes_nothing(site: Site):
    site.says("door-1", TamperContact(active=True))
    until(lambda: site.http.get("/incidents").json()["incidents"])
    document = shown(site)["document"]
    document["devices"] = [row for row in document["devices"] if row["id"] not in ("door-1", "reader-1")]
    told = site.http.post("/estate/check", json={"document": document}).json()
    assert [row["id"] for row in told["changes"]] == ["door-1", "reader-1"]
    assert told["consequences"][0]["text_zh"] == "1 起未结事件属于被删除的设备，将保留至处理完毕"
    assert (told["applied"], shown(site)["version"]) == (False, 0)


def test_versions_tell_who_and_why_and_an_older_one_can_be_restored(site: Site):
    document = shown(site)["document"]
    put(site, document | {"name_zh": "一"}, 0)
    put(site, document | {"name_zh": "二"}, 1)
    restored = site.http.post("/estate/versions/1/restore", json={"seen": 2})
    assert restored.json()["version"] == 3
    assert shown(site)["document"]["name_zh"] == "一"
    rows = site.http.get("/estate/versions").json()["versions"]
    assert [(row["version"], row["origin"], row["actor"]) for row in rows] == [
        (3, "restore", "李伟"), (2, "edit", "李伟"), (1, "edit", "李伟"),
    ]  # fmt: skip
    assert site.http.get("/estate/versions/2").json()["document"]["name_zh"] == "二"
    assert site.http.get("/estate/versions/9").json()["code"] == "unknown_version"
    assert site.http.post("/estate/versions/1/restore", json={"seen": 2}).status_code == 409


def test_a_tag_of_the_version_spares_reading_it_again(site: Site):
    first = site.http.get("/estate")
    again = site.http.get("/estate", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    put(site, first.json()["document"] | {"name_zh": "一"}, 0)
    assert site.http.get("/estate", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_managers_and_administrators_write_and_who_watches_reads(site: Site, role: Any):
    watch = role in ("operator", "shift_leader", "manager", "administrator", "auditor")
    document = with_floor(site)
    http = site.client(role)
    assert http.get("/estate").status_code == (200 if watch else 403)
    keeps = role in ("manager", "administrator")
    assert http.put("/estate", json={"seen": 0, "document": document}).status_code == (200 if keeps else 403)
    assert http.put("/estate/drawings/ground", content=SVG).status_code == (200 if keeps else 403)
    http.close()


def test_a_drawing_is_rewritten_and_shown_so_that_a_browser_runs_nothing(site: Site):
    put(site, with_floor(site), 0)
    taken = site.http.put("/estate/drawings/ground", content=SVG).json()
    assert (taken["dropped"], taken["drawing"]["width"], taken["drawing"]["height"]) == (1, 4, 2)
    found = site.http.get("/estate/drawings/ground")
    assert b"script" not in found.content
    assert b"<rect" in found.content
    assert found.headers["content-security-policy"].startswith("sandbox")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-type"] == "image/svg+xml"
    again = site.http.get("/estate/drawings/ground", headers={"If-None-Match": found.headers["etag"]})
    assert again.status_code == 304
    assert shown(site)["drawings"] == [taken["drawing"]]
    device = site.http.get("/devices/door-1").json()["device"]
    assert (device["floor"], device["at"]) == ("ground", [0.25, 0.5])
    assert site.http.delete("/estate/drawings/ground").status_code == 200
    assert site.http.get("/estate/drawings/ground").json()["code"] == "no_drawing"


def test_drawings_have_a_limit_and_one_that_is_there_is_replaced(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(estate_drawings, "DRAWINGS_MAX", 1)
    document = with_floor(site)
    document["floors"].append({"id": "cellar", **NAMES})
    put(site, document, 0)
    assert site.http.put("/estate/drawings/ground", content=SVG).status_code == 200
    assert site.http.put("/estate/drawings/cellar", content=SVG).json()["code"] == "too_many_drawings"
    assert site.http.put("/estate/drawings/ground", content=SVG).status_code == 200


def test_what_is_no_drawing_or_no_floor_or_too_large_is_refused(site: Site):
    put(site, with_floor(site), 0)
    wrong = site.http.put("/estate/drawings/ground", content=b"<!DOCTYPE svg><svg/>").json()
    assert (wrong["code"], "DOCTYPE" in wrong["message_en"]) == ("wrong_drawing", True)
    assert site.http.put("/estate/drawings/grund", content=SVG).json()["code"] == "unknown_floor"
    assert site.http.put("/estate/drawings/ground", content=b"\x89PNG\r\n\x1a\n" + bytes(9 << 20)).status_code == 413
    assert site.http.put("/estate", content=b" " * (5 << 20)).status_code == 413


DEVICES = (
    "编号,类型,位置,采集端,名称,英文名称,开启,参数\r\n"
    "door-7,门,gate,gatehouse,七号门,door 7,,\r\n"
    "reader-7,reader,gate,gatehouse,读卡器,reader 7,door-7,\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_comes_as_excel_writes_it(site: Site, encoding: str):
    dry = site.http.post("/estate/import", params={"kind": "devices"}, content=DEVICES.encode(encoding)).json()
    assert (dry["good"], dry["applied"]) == (True, False)
    assert shown(site)["version"] == 0
    done = site.http.post("/estate/import", params={"kind": "devices", "apply": True}, content=DEVICES.encode(encoding))
    assert done.json()["applied"], done.text
    rows = {row["id"]: row for row in shown(site)["document"]["devices"]}
    assert rows["door-7"]["name_zh"] == "七号门"
    assert rows["reader-7"]["opens"] == "door-7"
    assert len(rows) == 8


def imported(site: Site, kind: str, text: str | bytes, **more: Any) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return site.http.post("/estate/import", params={"kind": kind, **more}, content=data).json()


HEAD = "id,kind,place,agent,name_zh,name_en"
ROWS = [
    ("devices", HEAD + "\na-1,door,nowhere,gatehouse,门,door\n", [(2, "place", "unknown_name")]),
    ("devices", HEAD + "\n\na-1,window,gate,gatehouse,门,door\n", [(3, "kind", "unknown_name")]),
    ("devices", "id,kind\na-1,door\n", [(2, c, "missing") for c in ("place", "agent", "name_zh", "name_en")]),
    ("devices", HEAD + ",x,y\na-1,door,gate,gatehouse,门,door,7,0.5\n", [(2, "x", "wrong_value"), (2, "x", "no_floor")]),
    ("devices", HEAD + ",options\na-1,door,gate,gatehouse,门,door,a=1;b\n", [(2, "options", "wrong_value")]),
    ("devices", "id,wind\n", [(1, "wind", "unknown_column")]),
    ("devices", "kind\ndoor\n", [(1, "id", "missing")]),
    ("devices", "id,kind\n,door\n", [(2, "id", "missing")]),
    ("devices", "id,kind\ndoor-1,door\ndoor-1,door\n", [(3, "id", "taken")]),
    ("devices", "id,kind\ndoor-1,door,more\n", [(2, "", "too_many_cells")]),
    ("staff", "id,name_zh,name_en,post\nzhang,张,Zhang,king\n", [(2, "post", "unknown_post")]),
    ("places", "id,name_zh,name_en,parent\na,甲,A,b\nb,乙,B,a\n", [(row, "parent", "within_itself") for row in (2, 3)]),
    ("phones", "- {id: p, place: nowhere, name_zh: 机, name_en: P}\n", [(1, "place", "unknown_name")]),
    ("phones", "phones: {a: 1}\n", [(None, "", "no_rows")]),
    ("phones", "- [\n", [(2, "", "not_yaml")]),
    ("devices", "id,kind\ndoor-1,door\n".encode("utf-16"), [(None, "", "encoding")]),
    ("devices", b"id\n\xff\xff\xff\n", [(None, "", "encoding")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "wrong"), ROWS)
def test_what_is_wrong_with_a_table_is_told_by_row_and_column(site: Site, kind: str, text: str, wrong: Any):
    told = imported(site, kind, text, apply=True)
    assert [(one["row"], one["column"], one["code"]) for one in told["errors"]] == wrong
    assert (told["good"], told["applied"], shown(site)["version"]) == (False, False, 0)


def test_columns_that_a_table_lacks_stay_and_an_empty_cell_takes_away(site: Site):
    imported(site, "devices", "id,name_zh,opens\nreader-1,新名,\n", apply=True)
    row = next(one for one in shown(site)["document"]["devices"] if one["id"] == "reader-1")
    assert row["name_zh"] == "新名"
    assert row["kind"] == "reader"
    assert "opens" not in row


def test_with_replace_rows_that_are_not_named_go(site: Site):
    text = "id,kind,place,agent,name_zh,name_en\ndoor-1,door,gate,gatehouse,门,door\n"
    told = imported(site, "devices", text, apply=True, replace=True)
    assert [row["id"] for row in shown(site)["document"]["devices"]] == ["door-1"]
    assert sum(row["what"] == "removed" for row in told["changes"]) == 5


@pytest.mark.parametrize("kind", ["devices", "places", "staff", "routes", "phones"])
@pytest.mark.parametrize("written", ["csv", "yaml"])
def test_what_is_exported_is_imported_and_nothing_has_changed(site: Site, kind: str, written: str):
    document = with_floor(site)
    document["places"][0]["name_zh"] = "=1+1"
    document["devices"][0]["options"] = {"temperature_max": 40.5}
    document["staff"] = [{"id": "zhang", "name_zh": "-张", "name_en": "@Zhang"}]
    document["phones"] = [
        {"id": "phone-1", "place": "gate", "name_zh": "机", "name_en": "phone", "floor": "ground", "at": [0, 1]}
    ]
    assert put(site, document, 0).status_code == 200
    out = site.http.get("/estate/export", params={"kind": kind, "format": written})
    if written == "csv":
        cells = out.content.decode("utf-8-sig").replace("\r\n", ",").split(",")
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    told = imported(site, kind, out.content, apply=True, replace=True)
    assert (told["errors"], told["changes"]) == ([], [])


def test_the_whole_estate_is_exported_as_yaml_without_keys(site: Site):
    out = site.http.get("/estate/export")
    assert "attachment" in out.headers["content-disposition"]
    assert out.text.startswith("site: garden")
    assert "key" not in out.text


def test_consoles_hear_of_it(site: Site):
    put(site, shown(site)["document"] | {"name_zh": "一"}, 0)
    rows = [row for row in site.rows("change") if "estate" in row]
    assert len(rows) == 1


def test_an_agent_that_is_added_is_believed_at_once_by_the_key_beside_the_estate_file(site: Site):
    key = bytes(range(2, 34))
    file = site.folder / "shed.key"
    file.write_text(key.hex())
    file.chmod(0o600)
    document = shown(site)["document"]
    document["agents"].append({"id": "shed", "place": "gate", **NAMES, "key_file": "shed.key"})
    document["devices"].append({"id": "door-s", "kind": "door", "place": "gate", "agent": "shed", **NAMES})
    message = ModelAgent(site.clock, "shed", key, "0" * 31 + "2").says("door-s", TamperContact(active=True))  # type: ignore[arg-type]
    site.worker.submit(message.topic, message.payload)
    until(lambda: site.worker.counters["refused_unknown_agent"])
    assert put(site, document, 0).status_code == 200
    site.worker.submit(message.topic, message.payload)
    until(lambda: site.http.get("/incidents").json()["incidents"])
    assert shown(site)["keyless"] == []


def test_an_agent_without_a_key_is_told_of(site: Site):
    document = shown(site)["document"]
    document["agents"].append({"id": "shed", "place": "gate", **NAMES})
    told = put(site, document, 0).json()["consequences"]
    assert [one["text_zh"] for one in told] == ["采集端没有密钥，不予采信：shed"]
    assert shown(site)["keyless"] == ["shed"]
