"""Whatever is wrong with an estate is told in Chinese, by a code of its own."""

import json
import re
from typing import Any

import pytest

from contract.settings import Mistake
from hub.estates.changes import changes
from hub.estates.document import check_document, plain_of
from hub.estates.words import told
from hub.policy.load import Policy
from tests.support.site_rig import estate

NAMES = {"name_zh": "名", "name_en": "name"}
ROUTE = {"id": "r", "duty": "patrol-day", **NAMES, "places": ["gate"], "sources": ["hub"]}


def device(**more: Any) -> dict[str, Any]:
    return {"devices": [{"id": "door-1", "kind": "door", "place": "gate", "agent": "gatehouse", **NAMES} | more]}


BENDS: list[tuple[dict[str, Any], str]] = [
    (device(id="gatehouse"), "taken"),
    (device(id="hub"), "taken"),
    (device(id=7), "wrong_value"),
    (device(id="A"), "not_an_id"),
    (device(kind="a window"), "wrong_value"),
    (device(kind="window"), "unknown_name"),
    (device(kind=None), "wrong_value"),
    (device(name_zh=""), "wrong_value"),
    (device(watches=["gate"]), "no_camera"),
    (device(options={"x": 1}), "unknown_option"),
    (device(options={"held_s": -1}), "out_of_range"),
    (device(options=[]), "wrong_value"),
    (device(at=[0.1]), "wrong_length"),
    (device(at=[True, "x"]), "wrong_value"),
    (device(floor="none"), "unknown_name"),
    (device(colour="red"), "unknown_key"),
    ({"devices": {}}, "wrong_value"),
    ({"devices": [7]}, "wrong_value"),
    ({"agents": [{"id": "gatehouse", "place": "gate", **NAMES, "options": {"agent_silent_s": 1}}]}, "out_of_range"),
    ({"routes": [ROUTE | {"sources": ["nobody"]}]}, "unknown_source"),
    ({"routes": [ROUTE | {"places": ["gate", "gate"]}]}, "twice"),
    ({"routes": [ROUTE | {"sources": ["camera-1"]}]}, "wrong_source"),
    ({"routes": [ROUTE | {"places": []}]}, "wrong_length"),
    ({"staff": [{"id": "a", **NAMES, "post": "king"}]}, "unknown_post"),
    ({"floors": [{"id": "g", **NAMES, "drawing": "x.svg"}]}, "secret"),
    ({"floors": [{"id": "g", **NAMES, "order": 0.5}]}, "wrong_value"),
    ({"places": []}, "wrong_length"),
]


@pytest.mark.parametrize(("bend", "code"), BENDS)
def test_each_mistake_has_a_code_and_a_chinese_sentence(bend: dict[str, Any], code: str):
    document = json.loads(json.dumps(plain_of(estate().file))) | bend
    found = [told(mistake) for mistake in check_document(document, Policy.load(), "garden").mistakes]
    assert code in [one.code for one in found], found
    assert "wrong" not in [one.code for one in found], found
    assert all(re.search(r"[\u4e00-\u9fff]", one.zh) for one in found)


@pytest.mark.parametrize(
    ("bend", "better"),
    [
        (device(kind="doorr"), "可填：door, barrier, camera, reader, meter, contacts, wand, other；是否为 door？"),
        (device(place="gat"), "“gat”不存在，可填：gate；是否为 gate？"),
        (device(name_zh="x" * 101), "请填文字，1 到 100 个字"),
        (device(at=[0.5, 7]), "请填 0 到 1 之间的数"),
        (device(options={"held_s": -1}), "范围为 1 到 3600"),
        (device(opens="door-x"), "请填门或道闸的编号"),
        ({"routes": [ROUTE | {"places": []}]}, "至少填 1 项"),
    ],
)
def test_the_chinese_sentence_says_what_to_write_instead(bend: dict[str, Any], better: str):
    document = json.loads(json.dumps(plain_of(estate().file))) | bend
    found = [told(mistake).zh for mistake in check_document(document, Policy.load(), "garden").mistakes]
    assert any(better in zh for zh in found), found


def test_a_mistake_that_nobody_thought_of_is_told_all_the_same():
    found = told(Mistake(("devices", 3, "kind"), "is odd", "write another"))
    assert found == ("devices[3].kind", "wrong", "有误：is odd: write another", "is odd: write another")


def test_what_differs_is_told_row_by_row():
    was = estate().file
    plain = json.loads(json.dumps(plain_of(was)))
    plain["name_zh"] = "新名"
    plain["devices"][0]["name_zh"] = "新门"
    del plain["devices"][-1]
    plain["places"].append({"id": "shed", **NAMES})
    now = check_document(plain, Policy.load(), "garden").value
    assert now is not None
    assert [(row.what, row.kind, row.id, row.fields) for row in changes(was, now)] == [
        ("changed", "estate", "garden", ("name_zh",)),
        ("added", "places", "shed", ()),
        ("removed", "devices", "door-9", ()),
        ("changed", "devices", "door-1", ("name_zh",)),
    ]
    assert changes(was, was) == []
