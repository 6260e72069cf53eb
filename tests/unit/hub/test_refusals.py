"""Every name that an agent gives for not doing something is said in both languages."""

import re
from pathlib import Path
from typing import get_args

import pytest

from edge.interlocks import Reason
from hub.refusals import ACT_REFUSALS, REFUSALS, explained

NAMES = re.compile(r'"(?:refused|failed)", "([a-z_]+)"|return "([a-z_]+)", \w+$|or "([a-z_]+)"$', re.MULTILINE)


def names_at_the_edge() -> set[str]:
    code = "".join(Path("edge", name).read_text(encoding="utf-8") for name in ("actuator.py", "orders.py"))
    found = {name for names in NAMES.findall(code) for name in names if name}
    return (found | {"expired"} | set(get_args(Reason))) - {"allowed", "done", "failed"}


def test_each_name_has_its_words_and_each_row_its_name():
    names = names_at_the_edge()
    assert {"unknown_nonce", "device_refused", "timeout", "busy"} <= names
    assert REFUSALS.keys() == names | {"agent_did_not_answer", "unrecorded", "hub_restarted"}


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_they_are_chinese_and_english(name):
    chinese, english = explained(name)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert english.isascii()


def test_a_devices_own_words_are_told_as_they_are():
    assert explained("the board is not connected") == ("设备未能执行：the board is not connected", "the board is not connected")
    assert explained("") == ("", "")


@pytest.mark.parametrize("name", sorted(ACT_REFUSALS))
def test_each_refusal_of_an_act_is_given_somewhere_and_said_in_both_languages(name):
    code = "".join(
        path.read_text(encoding="utf-8") for path in Path("hub").rglob("*.py") if path.name not in ("refusals.py", "errors.py")
    )
    assert f'"{name}"' in code, "nothing is refused so"
    chinese, english = ACT_REFUSALS[name]
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert english.isascii()
