"""What phones report, over real HTTP, on a real worker and database."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from contract.clock import SystemClock, parse_rfc3339
from hub.api.body import LONG_BYTES_MAX
from tests.support.duty_site import HOUR_S, SENT_MONO_MS, TAGS, announce, at, detail, duty_site, item, report
from tests.support.outward_rig import NAMES, Site
from tests.unit.hub.test_api_http import problem

LETTERS: dict[str, Any] = {"duty": "letters", "place": "gate", "person": "zhang"}


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with duty_site(tmp_path) as made:
        yield made


def outcomes(found):
    return [one["outcome"] for one in found]


def scans(site, **query):
    return site.http.get("/duties/scans", params=query).json()["scans"]


def test_a_scan_keeps_its_window_and_the_whole_body_sent_again_changes_nothing(site):
    window = next(one for one in announce(site) if one["place"] == "gate")
    sent = item("a", tag="04:a1:b2:c3", person="zhang"), item("b", made_s=-30, tag=TAGS["pump"], person="zhang")
    found = report(site, *sent)
    assert [(one["key"], one["outcome"], one["flags"]) for one in found] == [("a", "new", []), ("b", "new", [])]
    assert detail(site, window["id"])["window"]["state"] == "kept", "what was answered is committed and judged"
    assert outcomes(report(site, *sent)) == ["duplicate", "duplicate"]
    assert len(site.rows("scan")) == 2


def test_what_is_odd_is_told_at_once_and_never_refused(site):
    found = report(
        site,
        item("a", tag=TAGS["gate"], person="zhang"),
        item("b", made_s=-59, tag=TAGS["pump"], person="zhang"),
        item("c", made_s=-40, tag="04FFFF"),
    )
    assert [(one["outcome"], one["flags"]) for one in found] == [("new", []), ("new", ["too_fast"]), ("new", ["unknown_tag"])]
    changed = item("a", made_s=-50, tag=TAGS["gate"])
    assert report(site, changed)[0]["outcome"] == "altered"
    assert report(site, changed)[0]["outcome"] == "duplicate"


@pytest.mark.parametrize("off_s", [-5 * HOUR_S, 5 * HOUR_S])
def test_a_phones_clock_may_be_wrong_by_hours_and_set_before_it_sends(site, off_s):
    now_us = SystemClock().now_us()
    wrong = item("a", made_s=-60 + off_s, tag=TAGS["gate"], mono_ms=SENT_MONO_MS - 60_000, person="zhang")
    right = item("b", made_s=-60 + off_s, tag=TAGS["gate"], mono_ms=None, person="zhang")
    report(site, wrong)  # set right meanwhile: the monotonic clock alone knows
    report(site, right, sent_at=at(off_s))  # still off: as far as it is now
    for one in scans(site):
        assert abs(parse_rfc3339(one["at"]) - (now_us - 60_000_000)) < 20_000_000
        assert one["flags"] == ["clock_off", *(["time_unproven"] if one["key"] == "b" else [])]
        assert parse_rfc3339(one["device_at"]) == parse_rfc3339((wrong if one["key"] == "a" else right)["made_at"])


def test_a_monotonic_time_of_another_boot_is_not_taken_for_this_ones(site):
    report(site, item("a", tag=TAGS["gate"], mono_ms=1_000, boot="b0"), sent_mono_ms=9_000_000)
    assert abs(parse_rfc3339(scans(site)[0]["at"]) - SystemClock().now_us()) < 100_000_000


def test_a_qr_label_counts_by_its_signature_alone(site):
    asked = {"medium": "qr", "place": "gate", "reason": "r"}
    done = site.http.post("/tags", json=asked).json()
    tag, label = done["tag"]["tag"], done["label"]
    forged = label[:-1] + ("A" if label[-1] != "A" else "B")
    found = report(
        site,
        item("good", made_s=0, label=label, person="zhang"),
        item("forged", made_s=0, label=forged),
        item("name", made_s=0, label=tag),
        item("as-tag", made_s=0, tag=tag, medium="qr"),
        item("hardware", made_s=0, label=TAGS["pump"]),
        item("number", made_s=0, tag=TAGS["pump"], medium="qr"),
        item("whole", made_s=0, tag=label, medium="qr"),
    )
    assert outcomes(found) == ["new"] * 7
    rows = {one["key"]: one for one in scans(site)}
    assert (rows["good"]["place"], rows["good"]["tag"], rows["good"]["medium"]) == ("gate", tag, "qr")
    assert rows["good"]["flags"] == ["weak_medium"], "a better tag stands there"
    assert (rows["whole"]["place"], rows["whole"]["tag"]) == ("gate", tag)
    for key in ("forged", "name", "as-tag", "hardware", "number"):
        assert rows[key]["place"] == "", key
        assert "unknown_tag" in rows[key]["flags"]
        assert rows[key]["tag"].startswith("?")
        assert len(rows[key]["tag"]) <= 64


def test_a_letter_that_is_lost_on_the_way_is_a_named_refusal_and_the_others_are_taken(site):
    window = next(one for one in announce(site, "event") if one["duty"] == "letters")
    lost = item("r1", "report", fields={"slips_counted": 3, "complaints_registered": 2}, **LETTERS)
    bare = item("r2", "report", fields={"slips_counted": 3}, **LETTERS)
    good = item("r3", "report", fields={"slips_counted": "３", "complaints_registered": 3}, **LETTERS)
    found = report(site, lost, bare, item("a", tag=TAGS["gate"]))
    assert [(one["outcome"], one["code"]) for one in found] == [
        ("refused", "fields_differ"), ("refused", "field_missing"), ("new", None),
    ]  # fmt: skip
    assert "slips_counted = 3" in found[0]["message_zh"]
    assert "must be equal" in found[0]["message_en"]
    assert detail(site, window["id"])["window"]["state"] == "open"
    assert report(site, good)[0]["flags"] == [], "a report is no weak scan"
    assert detail(site, window["id"])["window"]["state"] == "kept"
    assert scans(site, source="phone-1")[0]["fields"] or scans(site, source="phone-1")[1]["fields"]


def test_the_desk_answers_and_reports_as_the_hub(site):
    windows = {one["duty"]: one["id"] for one in announce(site, "event")}
    fields = {"slips_counted": 0, "complaints_registered": 0}
    found = report(
        site, item("d1", "answer", duty="post", place="gate"), item("d2", "report", fields=fields, **LETTERS), phone="hub"
    )
    assert outcomes(found) == ["new", "new"]
    assert [detail(site, windows[duty])["window"]["state"] for duty in ("post", "letters")] == ["kept", "kept"]
    wrong = [
        item("x", "panic"),
        item("y", "answer", duty="letters", place="gate"),
        item("z", "answer", duty="post", place="pump"),
        item("w", "report", **(LETTERS | {"person": "nobody"})),
    ]
    codes = [one["code"] for one in report(site, *wrong, phone="hub")]
    assert codes == ["wrong_source", "unknown_duty", "unknown_place", "unknown_person"]
    letters, post = (one["message_zh"] for one in report(site, *wrong[1:3], phone="hub"))
    assert "须填报（report），不是应答" in letters
    assert post.endswith("不在位置“pump”：其位置为 gate")
    odd = [item("p", "answer", duty="weather", place="gate"), item("q", "answer", duty="letter", place="gate")]
    scanned, near = report(site, *odd, phone="hub")
    assert scanned["message_en"] == "'weather' is done by scanning the tag at the place, and cannot be entered"
    assert near["message_zh"] == "没有任务“letter”，是否为 letters？"
    assert report(site, wrong[2] | {"place": "gate"})[0]["code"] == "wrong_source", "only the desk answers for the desk"


def test_a_call_for_help_an_observation_and_signs_of_life_are_events_of_the_phone(site):
    report(site, item("s", tag=TAGS["pump"], made_s=-120))
    panic, seen = (
        item("p", "panic", note="有人晕倒", person="nobody"),
        item("o", "observation", category="light", place="atlantis"),
    )
    lone = item("l", "lone_watch", on=True, silent_s=600), item("g", "sign", answered=True, place="gate")
    assert outcomes(report(site, panic, seen, *lone)) == ["new"] * 4
    assert outcomes(report(site, panic, seen, *lone)) == ["duplicate"] * 4
    cases = {one["detector"]: one for one in site.http.get("/incidents").json()["incidents"]}
    assert set(cases) == {"panic", "observation"}
    assert cases["panic"]["place"] == "pump", "where the phone was last"
    kept = {one["key"]: one["fields"] for one in scans(site)}
    assert kept["p"]["person_told"] == "nobody"
    assert kept["o"]["place"] == "atlantis"


def test_one_item_that_is_nonsense_keeps_no_other_out(site):
    nonsense = [
        {"key": "n1"}, "text", None, 7, item("n2", "dance"), item("n3"), item("n4", tag=TAGS["gate"], label="x"),
        item("", tag="04FF"), item("a|b", tag="04FF"), item("k" * 65, tag="04FF"), item("n5", tag="04FF", extra=1),
        item("n6", tag="04\x0000"), item("n7", "report", fields={"slips_counted": float("1e400")} , **LETTERS),
        item("n8", tag="04FF") | {"made_at": "yesterday"}, item("n9", tag="04FF") | {"made_at": "9999-01-01T00:00:00Z"},
        item("n10", tag="04FF", mono_ms=-1), item("n11", tag="04FF", person="a\ud800"), {"key": "\ud800"},
    ]  # fmt: skip
    body = {"phone": "phone-1", "sent_at": at(0), "items": [*nonsense, item("good", tag=TAGS["gate"])]}
    reply = site.http.post("/scans", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert reply.status_code == 200, reply.text
    *wrong, good = reply.json()["items"]
    assert {one["outcome"] for one in wrong} == {"refused"}
    assert {one["code"] for one in wrong} == {"wrong_item", "bad_time"}
    assert all(one["message_zh"] and one["message_en"] for one in wrong)
    assert wrong[0]["key"] == "n1"
    assert good["outcome"] == "new"
    assert len(site.rows("scan")) == 1


def test_what_is_wrong_with_the_request_is_a_problem(site):
    post, body = site.http.post, {"phone": "phone-1", "sent_at": at(0), "items": []}
    problem(post("/scans", json=body | {"phone": "phone-9"}), 404, "unknown_phone")
    problem(post("/scans", json=body | {"phone": "gatehouse"}), 404, "unknown_phone")
    problem(post("/scans", json=body | {"sent_at": "now"}), 422, "bad_time")
    problem(post("/scans", json=body | {"up_to": "now"}), 422, "bad_time")
    problem(post("/scans", json=body | {"items": [item("a", tag="04FF")] * 501}), 422, "wrong_request")
    problem(post("/scans", json=body | {"site": "other"}), 422, "wrong_request")
    problem(post("/scans", json=body | {"items": ["n" * LONG_BYTES_MAX]}), 413, "too_large")
    site.worker.stop()
    problem(post("/scans", json=body | {"items": [item("a", tag="04FF")]}), 503, "unavailable")
    assert site.rows("scan") == []


def test_a_night_without_a_network_comes_in_one_body(site):
    items = [
        item(f"{number:040d}", made_s=-number * 60, tag=TAGS["gate"], person="zhang", mono_ms=number) for number in range(500)
    ]
    assert set(outcomes(report(site, *items))) == {"new"}
    assert len(site.rows("scan")) == 500


def test_a_phone_that_has_reported_everything_moves_its_watermark(site):
    report(site, sent_at=at(HOUR_S), up_to=at(HOUR_S - 600))
    rows = {row.source: row.up_to_us for row in site.rows("watermark")}
    before_us = rows["phone-1"]
    report(site, sent_mono_ms=900_000, up_to=at(-HOUR_S), up_to_mono_ms=600_000)  # the wall clock was set meanwhile
    after_us = next(row.up_to_us for row in site.rows("watermark") if row.source == "phone-1")
    assert before_us + 280_000_000 < after_us < before_us + 320_000_000
    report(site, phone="hub", up_to=at(0))
    assert "hub" not in {row.source for row in site.rows("watermark")}
    assert abs(rows["phone-1"] - (SystemClock().now_us() - 600_000_000)) < 20_000_000


def test_whoever_brings_evidence_is_told_which_window_it_keeps_or_why_none(site):
    form: dict[str, Any] = {"duty": "letters", "place": "gate", "fields": {"slips_counted": 1, "complaints_registered": 1}}

    def told(key, kind="report", phone="phone-1", **more):
        one = report(site, item(key, kind, **(form if kind == "report" else {}), **more), phone=phone)[0]
        assert (one["outcome"], one["why"] is None) == ("new", one["why_zh"] is None)
        return one["window"], one["why"]

    assert told("before", person="wang", phone="hub") == (None, "no_window_open")
    window = next(one["id"] for one in announce(site, "event") if one["duty"] == "letters")
    assert told("cleaner", person="wang") == (None, "other_post")
    assert told("post", person="zhang") == (window, None)
    assert told("again", person="zhang") == (None, "not_needed")
    assert told("strange", "scan", tag="04FFFF") == (None, "unknown_tag")
    assert told("moved", "sign", moved=True, answered=True) == (None, None)


def test_whoever_enters_at_the_hub_answers_for_nobody_else_and_not_for_a_time_that_has_gone_by(site):
    windows = {one["duty"]: one["id"] for one in announce(site, "event")}
    fields = {"slips_counted": 0, "complaints_registered": 0}

    def told(role, kind, *, made_s=-60.0, **more):
        sent = item(f"{role}-{kind}-{len(more)}", kind, made_s, **more)
        body = {"phone": "hub", "sent_at": at(0), "sent_mono_ms": 0, "items": [sent]}
        with site.client(role) as client:
            (found,) = client.post("/scans", json=body).json()["items"]
        return found["code"] or found["outcome"]

    post = {"duty": "post", "place": "gate"}
    assert told("operator", "answer", **post, person="zhang") == "not_oneself"
    assert told("shift_leader", "answer", **post, person="zhang") == "not_oneself"
    assert told("guard", "answer", **post) == told("desk", "answer", **post) == "not_oneself", "they do not sit there"
    assert told("guard", "report", **LETTERS | {"fields": fields, "person": "wang"}) == "not_oneself"
    assert told("manager", "report", **LETTERS | {"fields": fields | {"hub_from": 1}}) == "hub_field"
    assert {detail(site, one)["window"]["state"] for one in windows.values()} == {"open"}
    assert told("operator", "answer", made_s=-3 * HOUR_S, **post) == "new"
    (row,) = [one for one in scans(site) if one["source"] == "hub"]
    assert row["at"] > at(-60)
    assert row["fields"] == {"account": NAMES["operator"]}


def test_nobody_scans_a_checkpoint_at_the_hub_itself(site):
    window = next(one for one in announce(site) if one["place"] == "gate")
    found = report(site, item("a", tag=TAGS["gate"], person="zhang"), item("b", "panic", active=True), phone="hub")
    assert [(one["outcome"], one["code"]) for one in found] == [("refused", "wrong_source")] * 2
    assert detail(site, window["id"])["window"]["state"] == "open"
    assert site.rows("scan") == []


def test_a_scan_of_somebody_whom_the_staff_does_not_know_says_who_it_was_said_to_be(site):
    window = next(one for one in announce(site) if one["place"] == "gate")
    report(site, item("a", tag=TAGS["gate"], person="zhagn"), item("b", made_s=-50, tag=TAGS["pump"], person="zhang"))
    found = {one["key"]: (one["person"], one["person_told"], one["flags"]) for one in scans(site)}
    assert found == {"a": ("", "zhagn", ["unknown_person"]), "b": ("zhang", "", [])}
    told = detail(site, window["id"])
    assert "自称“zhagn”者（不在人员名单）" in told["explanation_zh"]
    assert "somebody who is said to be 'zhagn' (not of the staff) was there at" in told["explanation_en"]
    assert told["scans"][0]["scan"]["person_told"] == "zhagn"
