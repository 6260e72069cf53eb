"""Whatever pushes over HTTP, end to end over loopback: a table says what it means."""

from functools import partial

import msgspec
import pytest

import drivers.dialled
from contract.clock import US_PER_S
from contract.plates import looks_odd
from contract.readings import CardRead, CodeRead, DoorContact, PlateRead
from drivers.http.callers import Caller
from drivers.http.requests import Request
from drivers.http_push.decode import RECORDS_MAX, HttpPushOptions, Pushes
from drivers.http_push.driver import make
from drivers.http_push.twin import HttpPushTwin
from tests.support.push_rig import JPEG, Pushed

CAR = {"plate": "豫A12345", "confidence": "0.9", "colour": "绿", "direction": "出口"}
READ = PlateRead("豫A12345", "green", 0.9, direction="out")


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(drivers.dialled, "TURN_S", 0.02)


def options(**more):
    return msgspec.convert(more, HttpPushOptions)


def pushed(**more):
    return Pushed(partial(make, options=options(**more)))


def taken(body, content_type="application/json", url="/", query="", **more):
    headers = (("content-type", content_type),)
    return Pushes(options(**more))(Request("POST", url, query, headers, body), Caller(), 0)


def read(row, record, **more):
    found = taken(msgspec.json.encode(record), mapping=[row], **more)
    return [one.reading for one in found.said], found.reasons


def test_one_table_reads_json_forms_queries_and_xml():
    row = {"reading": "plate_read", "fields": {name: {"path": name} for name in CAR}}
    query = row | {"when": {}, "fields": {name: {"path": f"?{name}"} for name in CAR}}
    xml = row | {"fields": {name: {"path": f"car.{name}"} for name in CAR}}
    with pushed(mapping=[row, query, xml]) as running:
        twin = HttpPushTwin(running.line())
        assert twin.json(CAR)
        assert twin.form(**CAR)
        assert twin.form("gb18030", **CAR)
        assert twin.query(**CAR)
        assert twin.xml("car", **CAR)
        assert twin.xml("car", "gb2312", **CAR)
        assert running.sink.readings == [READ] * 6
        assert running.sink.reasons == []


def test_a_picture_is_a_part_or_base64():
    with pushed() as running:
        assert HttpPushTwin(running.line()).parts(JPEG, **CAR)
        assert running.sink.readings == [msgspec.structs.replace(READ, picture="picture-1")]
        assert running.sink.pictures == [(JPEG, 24, 16, "")]
    assert taken(b'{"plate":"A1","picture":"bm9uZQ=="}').reasons == ("bad_picture",)
    assert taken(b'{"plate":"A1","picture":5}').reasons == ("bad_picture",)


def test_the_answer_is_what_the_device_wants_to_hear():
    with pushed(answer="<ok/>", answer_type="text/xml") as running:
        line = running.line()
        assert running.push(HttpPushTwin(line).request(b'{"plate":"A1"}'), line) == (200, b"<ok/>")


def test_a_device_is_told_by_its_own_name():
    row = {"reading": "door_contact", "fields": {"open": {"path": "open"}}, "device_by": "door"}
    with pushed(mapping=[row], devices={"D-1": "door-1"}) as running:
        twin = HttpPushTwin(running.line())
        assert twin.json({"open": True, "door": "D-1"})
        assert twin.json({"open": False, "door": "D-9"})
        assert running.sink.said == [(DoorContact(True), "door-1", None), (DoorContact(False), None, None)]
    assert options(devices={"D-1": "door-1"}).brings == ("door-1",)


def test_a_passage_that_comes_again_is_told_once():
    with pushed() as running:
        twin = HttpPushTwin(running.line())
        assert twin.json(CAR | {"id": "7"})
        assert twin.json(CAR | {"id": "7"})
        assert twin.json(CAR | {"id": "8"})
        assert [one.passage for one in running.sink.readings] == ["7", "8"]


@pytest.mark.parametrize(
    ("row", "record", "want"),
    [
        ({"reading": "card_read", "fields": {"number": {"path": "n", "base": 16}, "bits": 32}}, {"n": "ff"}, CardRead(32,
        number=255)),
        ({"reading": "code_read", "fields": {"value": {"path": "c"}, "medium": "qr"}}, {"c": "abc"}, CodeRead("qr", "abc")),
        ({"reading": "door_contact", "fields": {"open": {"path": "s", "map": {"1": True, "0": False}}}}, {"s": 1},
        DoorContact(True)),
        ({"reading": "door_contact", "fields": {"open": {"path": "s"}}}, {"s": "false"}, DoorContact(False)),
        ({"reading": "plate_read", "fields": {"plate": {"path": "a.1"}}}, {"a": [1, " 京A\u00001 "]}, PlateRead("京A1")),
        ({"reading": "plate_read", "fields": {"plate": {"path": "p", "default": ""}}}, {}, PlateRead("", doubtful=True)),
        ({"reading": "plate_read", "fields": {"plate": "A1", "colour": {"path": "c"}}}, {"c": "Pink"}, PlateRead("A1",
        "other")),
        ({"reading": "plate_read", "fields": {"plate": "A1", "confidence": {"path": "c", "scale": 0.01}}}, {"c": 79},
        PlateRead("A1", "", 0.79, True)),
    ],
)  # fmt: skip
def test_a_row_makes_its_reading(row, record, want):
    assert read(row, record) == ([want], ())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({"path": "v"}, {"a": 1}), ({"path": "v"}, [1]), ({"path": "v", "map": {"a": 1}}, "b"), ({"path": "v", "scale": 1},
        "x"),
        ({"path": "v", "scale": 0.01}, 101), ({"path": "v", "scale": 0.01}, -1), ({"path": "v", "base": 10}, "1e3"),
        ({"path": "v"}, "nan"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_makes_nothing(field, value):
    row = {"reading": "plate_read", "fields": {"plate": "A1", "confidence": field}}
    assert read(row, {"v": value}) == ([], ("bad_value",))


def test_one_bad_record_costs_itself_alone():
    row = {"reading": "plate_read", "records": "list", "fields": {"plate": {"path": "p"}, "lane": {"path": "/lane"}}}
    readings, reasons = read(row, {"lane": "1", "list": [{"p": "A1"}, {"p": {}}, {}, 5, {"p": "A2"}]})
    assert readings == [PlateRead("A1", lane="1"), PlateRead("A2", lane="1")]
    assert reasons == ("bad_value",)


def test_of_too_many_records_the_first_count():
    row = {"reading": "plate_read", "records": "list", "fields": {"plate": {"path": "."}}}
    readings, reasons = read(row, {"list": ["A1"] * (RECORDS_MAX + 1)})
    assert (len(readings), reasons) == (RECORDS_MAX, ("too_many_records",))


def test_what_no_row_is_for_is_a_finding_and_what_is_of_no_interest_is_none():
    rows = [{"url": "/car", "reading": "plate_read", "when": {"t": 1}, "fields": {"plate": "A1"}}, {"url": "/beat"}]
    assert taken(b"{}", url="/other", mapping=rows).reasons == ("no_rule",)
    assert taken(b'{"t":2}', url="/car", mapping=rows).reasons == ("no_rule",)
    assert taken(b'{"t":"1"}', url="/car", mapping=rows).said
    beat = taken(b"", url="/beat", mapping=rows)
    assert (beat.said, beat.reasons, beat.heard) == ((), (), True)


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"{", "", "not_json"), (b"\xff\xff\xff", "", "not_json"), (b"<a>", "", "not_xml"), (b"<!DOCTYPE a><a/>", "", "dtd"),
        (b"<a>" * 40 + b"</a>" * 40, "", "too_deep"), (b"[" * 5000, "", "not_json"), (b"a",
        "multipart/form-data; boundary=x", "no_boundary"),
        (b"a=1", "application/x-www-form-urlencoded; charset=none", "not_text"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_a_finding(body, kind, reason):
    found = taken(body, kind)
    assert (found.said, found.reasons, found.heard) == ((), (reason,), False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mapping": []}, {"mapping": [{"reading": "fire_input"}]}, {"mapping": [{"reading": "plate_read",
        "fields": {"card": "x"}}]},
        {"mapping": [{"reading": "card_read", "fields": {"card": "x"}}]}, {"mapping": [{"reading": "card_read",
        "picture": "p"}]},
        {"zone": "Mars"}, {"devices": {"a": "A B"}}, {"answer_type": "x\r\ny"},
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_refused(wrong):
    with pytest.raises(msgspec.ValidationError):
        options(**wrong)


def test_a_plate_with_what_nobody_sees_in_it_is_not_told_as_one_without():
    row = {"reading": "plate_read", "fields": {"plate": {"path": "plate"}}}
    ((seen,), reasons) = read(row, {"plate": "京A\u200b12345\r\n"})
    assert (seen.plate, reasons) == ("京A\ufffd12345", ())
    assert looks_odd(seen.plate)


NOON_US = 1_775_044_800 * US_PER_S


def at_noon(reading, fields, ago_s, **more):
    row = {"reading": reading, "fields": fields, "device_at": "at"}
    found = Pushes(options(mapping=[row], **more))
    body = msgspec.json.encode({"at": NOON_US // US_PER_S - ago_s})
    return found(Request("POST", "/", "", (("content-type", "application/json"),), body), Caller(), NOON_US)


@pytest.mark.parametrize(("ago_s", "doubtful"), [(-28_800, False), (0, False), (120, False), (121, True), (86_400, True)])
def test_a_plate_that_was_kept_while_the_line_was_down_opens_nothing(ago_s, doubtful):
    found = at_noon("plate_read", {"plate": "京A12345"}, ago_s)
    assert [one.reading.doubtful for one in found.said] == [doubtful]
    assert found.reasons == (("late",) if doubtful else ())


def test_a_card_or_a_code_that_was_shown_long_ago_is_not_told():
    for kind, fields in (("card_read", {"number": 7, "bits": 26}), ("code_read", {"medium": "qr", "value": "x"})):
        assert len(at_noon(kind, fields, 60).said) == 1
        late = at_noon(kind, fields, 600)
        assert (late.said, late.reasons, late.heard) == ((), ("late",), True)
        assert len(at_noon(kind, fields, 600, late_s=0).said) == 1
    assert len(at_noon("door_contact", {"open": True}, 600).said) == 1  # what opens nothing is told whenever it comes
