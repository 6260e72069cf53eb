"""Tags over real HTTP, on a real worker and database."""

import builtins
import json
from collections.abc import Iterator
from typing import get_args

import pytest

from hub.api import tags as routes
from hub.api.tag_models import TagMedium
from hub.store import read
from hub.tags.keyfile import KEY_FILE
from hub.tags.labels import TAG_MEDIA
from tests.support.outward_rig import Site, running_site
from tests.unit.hub.test_api_http import problem

WHO = {"reason": "新装 installed"}
NFC = {"medium": "nfc", "tag": "04:a2:2b:7c:19:5e:80", "place": "gate"} | WHO
NAME = "04A22B7C195E80"


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        yield made


def enrol(site, **more):
    reply = site.http.post("/tags", json=NFC | more)
    assert reply.status_code == 201, reply.text
    return reply.json()


def listed(site, **query):
    return [row["tag"] for row in site.http.get("/tags", params=query).json()["tags"]]


def test_a_tag_is_enrolled_listed_found_however_it_is_written_and_revoked(site):
    done = enrol(site)
    assert done["label"] is None
    row = done["tag"]
    assert (row["tag"], row["place"], row["place_en"], row["ended_at"]) == (NAME, "gate", "name", None)
    assert site.http.get("/tags", params={"tag": "04 A2 2B 7C 19 5E 80"}).json()["tags"] == [row]
    ended = site.http.post("/tags/04-a2-2b-7c-19-5e-80/revoke", json=WHO | {"reason": "丢失"}).json()
    assert (ended["tag"], ended["reason"]) == (NAME, "丢失")
    assert ended["ended_at"] > ended["enrolled_at"]
    assert listed(site, current=True) == []
    assert listed(site, place="gate") == [NAME]
    assert [change.act for change in site.changes() if change.topic == "tag"] == ["enrolled", "revoked"]


def test_who_began_and_who_ended_a_tag_is_told_row_by_row(site):
    assert enrol(site)["tag"]["enrolled_by"] == "李伟"
    with site.client("shift_leader") as leader, site.client("administrator") as root:
        done = leader.post(f"/tags/{NAME}/replace", json={"medium": "nfc", "tag": "04FF1022", "reason": "损坏"}).json()
        assert (done["ended"]["enrolled_by"], done["ended"]["ended_by"]) == ("李伟", "赵敏")
        assert (done["begun"]["enrolled_by"], done["begun"]["ended_by"]) == ("赵敏", "")
        assert root.post("/tags/04FF1022/revoke", json=WHO).json()["ended_by"] == "root"
    enrol(site)
    rows = site.http.get("/tags").json()["tags"]
    assert [(row["tag"], row["enrolled_by"], row["ended_by"]) for row in rows] == [
        (NAME, "李伟", ""), ("04FF1022", "赵敏", "root"), (NAME, "李伟", "赵敏"),
    ]  # fmt: skip


def test_who_it_was_is_empty_once_the_change_log_is_too_long(site, monkeypatch):
    enrol(site)
    monkeypatch.setattr(read, "CHANGES_LOOKED_AT_MAX", 0)
    assert site.http.get("/tags").json()["tags"][0]["enrolled_by"] == ""


def test_the_list_is_newest_first_in_pages_and_by_filter(site, monkeypatch):
    tags = [f"04A200{number:02X}" for number in range(5)]
    for tag in tags:
        enrol(site, tag=tag)
    assert listed(site) == tags[::-1]
    assert listed(site, limit=2, offset=2) == [tags[2], tags[1]]
    assert listed(site, tag=tags[3]) == [tags[3]]
    estate = site.book.current
    monkeypatch.setattr(estate, "places", {**estate.places, "elsewhere": estate.places["gate"]})
    monkeypatch.setattr(estate, "staff", {"li-wei": None})
    assert listed(site, place="gate") == tags[::-1]
    assert listed(site, place="elsewhere") == []
    assert listed(site, person="li-wei") == []


def test_a_tag_is_replaced_by_another_in_one_instant(site):
    enrol(site)
    done = site.http.post(f"/tags/{NAME}/replace", json=WHO | {"medium": "qr"}).json()
    assert done["ended"]["ended_at"] == done["begun"]["enrolled_at"]
    assert (done["begun"]["medium"], done["begun"]["place"]) == ("qr", "gate")
    assert done["label"].startswith(f"https://hub.garden.example/t/{done['begun']['tag']}.")
    assert listed(site, current=True) == [done["begun"]["tag"]]


def test_a_label_that_was_revoked_is_enrolled_anew_by_what_it_holds_and_a_forged_one_is_not(site):
    done = site.http.post("/tags", json=WHO | {"medium": "qr", "place": "gate"}).json()
    tag, label = done["tag"]["tag"], done["label"]
    assert site.http.post(f"/tags/{tag.lower()}/revoke", json=WHO).status_code == 200
    forged = label[:-1] + ("A" if label[-1] != "A" else "B")
    asked = WHO | {"medium": "qr", "place": "gate", "tag": label}
    problem(site.http.post("/tags", json=asked | {"tag": forged}), 422, "forged_label")
    problem(site.http.post("/tags", json=asked | {"tag": tag}), 422, "no_label")
    again = site.http.post("/tags", json=asked).json()
    assert (again["tag"]["tag"], again["label"]) == (tag, label)


def test_what_may_not_be_is_a_problem_that_says_what_to_do(site):
    enrol(site)
    post = site.http.post
    conflict = post("/tags", json=NFC)
    problem(conflict, 409, "tag_enrolled")
    assert "Retry-After" not in conflict.headers
    typo = problem(post("/tags", json=NFC | {"tag": "04FF", "place": "gat"}), 404, "unknown_place")
    assert typo["message_zh"] == "没有位置“gat”，是否为 gate？"
    assert problem(site.http.get("/tags", params={"place": "gat"}), 404, "unknown_place")["message_zh"] == typo["message_zh"]
    problem(site.http.get("/tags", params={"person": "nobody"}), 404, "unknown_person")
    problem(post("/tags", json=NFC | {"tag": "04FF", "place": "", "person": "li"}), 404, "unknown_person")
    problem(post("/tags", json=NFC | {"tag": "04FF", "place": ""}), 422, "wrong_owner")
    problem(post("/tags", json=NFC | {"tag": None}), 422, "tag_missing")
    problem(post("/tags", json=NFC | {"tag": "标签"}), 422, "bad_tag")
    problem(post("/tags/04FF/revoke", json=WHO), 404, "unknown_tag")
    problem(post(f"/tags/{NAME}/replace", json=WHO | {"tag": NAME}), 422, "same_tag")
    problem(post("/tags/hello/revoke", json=WHO), 422, "bad_tag")
    problem(site.http.get("/tags", params={"tag": "?"}), 422, "bad_tag")
    post(f"/tags/{NAME}/revoke", json=WHO)
    problem(post(f"/tags/{NAME}/revoke", json=WHO), 409, "tag_ended")
    assert len(site.rows("tag")) == 1


@pytest.mark.parametrize("route", ["/tags", f"/tags/{NAME}/replace", f"/tags/{NAME}/revoke"])
def test_every_act_needs_a_reason_and_refuses_what_it_does_not_know(site, route):
    enrol(site)
    body = WHO | ({} if route.endswith("revoke") else {"medium": "qr"}) | ({"place": "gate"} if route == "/tags" else {})
    for wrong in ({"reason": " "}, {"reason": ""}, {"site": "other"}, {"reason": "a\0"}, {"actor": "somebody else"}):
        body_text = json.dumps(body | wrong)
        reply = site.http.post(route, content=body_text, headers={"Content-Type": "application/json"})
        problem(reply, 422, "wrong_request")
    assert site.http.post(route, json=body).is_success


def test_a_worker_that_cannot_commit_is_503(site):
    site.worker.stop()
    problem(site.http.post("/tags", json=NFC), 503, "unavailable")


def test_the_media_are_those_that_can_be_enrolled():
    assert set(get_args(TagMedium)) == set(TAG_MEDIA)


def test_a_sheet_has_the_labels_that_count(site, monkeypatch):
    problem(site.http.get("/tags/sheet.pdf"), 404, "no_qr_labels")
    first = site.http.post("/tags", json=WHO | {"medium": "qr", "place": "gate"}).json()
    second = site.http.post("/tags", json=WHO | {"medium": "qr", "place": "gate"}).json()
    site.http.post(f"/tags/{second['tag']['tag']}/revoke", json=WHO)
    enrol(site)
    asked: list[tuple[str, ...]] = []
    real = routes.render

    def render(labels, *names):
        asked.extend([*labels, names])
        return real(labels, *names)

    monkeypatch.setattr(routes, "render", render)
    reply = site.http.get("/tags/sheet.pdf", params={"place": ["gate"]})
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/pdf")
    assert reply.content.startswith(b"%PDF-")
    assert asked == [(first["label"], "名", "name", f"{first['tag']['tag'][:4]}-{first['tag']['tag'][4:8]}"), ("名", "name")]
    assert len(site.rows("tag")) == 3  # a GET enrols nothing


def test_a_sheet_of_too_many_labels_or_of_an_unknown_place_is_refused(site, monkeypatch):
    for _ in range(2):
        site.http.post("/tags", json=WHO | {"medium": "qr", "place": "gate"})
    monkeypatch.setattr(routes, "LABELS_MAX", 1)
    problem(site.http.get("/tags/sheet.pdf"), 422, "too_many_labels")
    found = problem(site.http.get("/tags/sheet.pdf", params={"place": ["gate", "gaet"]}), 404, "unknown_place")
    assert found["message_en"].endswith(", perhaps gate")
    assert found["message_zh"] == "没有位置“gaet”，是否为 gate？"


def test_one_sheet_is_made_at_a_time(site, monkeypatch):
    site.http.post("/tags", json=WHO | {"medium": "qr", "place": "gate"})
    monkeypatch.setattr(routes, "SHEET_PATIENCE_S", 0.01)
    with routes._rendering:
        problem(site.http.get("/tags/sheet.pdf"), 429, "sheet_under_way")
    assert site.http.get("/tags/sheet.pdf").status_code == 200


def test_without_the_extra_the_answer_names_it_and_everything_else_works(site, monkeypatch):
    real = builtins.__import__

    def importing(name, *args, **more):
        if name == "typst":
            raise ModuleNotFoundError("No module named 'typst'", name=name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", importing)
    assert site.http.post("/tags", json=WHO | {"medium": "qr", "place": "gate"}).status_code == 201
    assert "watchkeeper[reports]" in problem(site.http.get("/tags/sheet.pdf"), 501, "reports_missing")["message_en"]


def test_a_label_that_could_not_be_printed_is_not_enrolled(site):
    (site.folder / KEY_FILE).write_text("damaged")
    (site.folder / KEY_FILE).chmod(0o600)
    told = problem(site.http.post("/tags", json=WHO | {"medium": "qr", "place": "gate"}), 503, "label_key_failed")
    assert KEY_FILE not in str(told)  # where a hub keeps its keys is for its log
    problem(site.http.post("/tags", json=WHO | {"medium": "qr", "place": "gate", "tag": "x"}), 503, "label_key_failed")
    assert site.rows("tag") == []
    assert (site.folder / KEY_FILE).read_text() == "damaged"
