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
