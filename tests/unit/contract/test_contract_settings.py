"""Settings: every mistake is found, in its line, with what to write instead."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest

from contract.settings import BadSettings, Check, Id, TypedBy, check, check_plain, listed, load, refers, unique


class Small(msgspec.Struct, frozen=True, tag="small", tag_field="type"):
    size_bytes: Annotated[int, msgspec.Meta(ge=1)]


class Big(msgspec.Struct, frozen=True, tag="big", tag_field="type"):
    factor: float = 2.0


def even(number: int) -> None:
    if number % 2:
        raise ValueError(f"{number} is odd: write an even number")


class Item(msgspec.Struct, frozen=True):
    id: Id
    sort: str
    options: Annotated[Any, TypedBy("sort", "sorts")] = None
    pairs: Annotated[int, Check(even)] = 0
    friend: str | None = None
    mode: Literal["fast", "slow"] = "fast"


class Top(msgspec.Struct, frozen=True):
    name: str
    wait_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0
    items: Annotated[tuple[Item, ...], msgspec.Meta(max_length=3)] = ()
    shape: Small | Big | None = None
    limits: dict[Id, int] = {}


class Options(msgspec.Struct, frozen=True):
    baud: int = 9600


def sorts(name: str) -> type[msgspec.Struct]:
    if name != "serial":
        raise LookupError(f"{name} is not a sort: write serial")
    return Options


RULES = (unique("items.*.id"), refers("items.*.friend", "items.*.id"))


def messages(tmp_path: Path, text: str | bytes) -> list[str]:
    path = tmp_path / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    checked = check(path, Top, RULES, {"sorts": sorts})
    assert (checked.value is None) == bool(checked.messages)
    return [line.removeprefix(f"{path}:") for line in checked.messages]


def test_a_right_file_becomes_its_struct(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(
        "name: 值守\nwait_s: 2\nshape: {type: small, size_bytes: 9}\nlimits: {a: 1}\n"
        "items:\n  - {id: a, sort: serial, pairs: 4, options: {baud: 19200}}\n  - {id: no, sort: serial, friend: a}\n",
        encoding="utf-8",
    )
    top = load(path, Top, RULES, {"sorts": sorts})
    assert top == Top(
        "值守", 2.0,
        (Item("a", "serial", Options(19200), 4), Item("no", "serial", Options(), friend="a")),
        Small(9), {"a": 1},
    )  # fmt: skip


def test_every_mistake_is_told_in_its_line_and_in_the_file_s_order(tmp_path):
    found = messages(
        tmp_path,
        "nmae: x\n"
        "wait_s: 61\n"
        "items:\n"
        "  - id: A B\n"
        "    sort: serial\n"
        "    options: {bauds: 1}\n"
        "  - id: b\n"
        "    sort: seral\n"
        "    pairs: 3\n"
        "    friend: c\n"
        "  - id: b\n"
        "    sort: serial\n"
        "    mode: fsat\n"
        "limits: {a: x}\n",
    )
    assert found == [
        "1: nmae: is an unknown key: write one of name, wait_s, items, shape, limits, perhaps name",
        "1: name: is missing: write text",
        "2: wait_s: is the number 61: write a number, more than 0, at most 60",
        "4: items[0].id: 'A B' is not an id: write small letters, digits, - and _ ([a-z0-9][a-z0-9_-]{0,62})",
        "6: items[0].options.bauds: is an unknown key: write one of baud, perhaps baud",
        "8: items[1].sort: seral is not a sort: write serial",
        "9: items[1].pairs: 3 is odd: write an even number",
        "10: items[1].friend: c is not known: write one of A B, b",
        "11: items[2].id: b is taken by items[1].id in line 7: write another one",
        "13: items[2].mode: fsat is not known: write one of fast, slow, perhaps fast",
        "14: limits.a: is text: write a whole number",
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "1: is empty"),
        ("name: a\nname: b\n", "2: name stands twice in one place: keep one of the two"),
        (b"name: a\nwait_s: \xff\n", "2: is not UTF-8 text: save the file as UTF-8"),
        ("name: a\n\twait_s: 3\n", "2: is not YAML"),
        ("name: [a\nwait_s: 3\n", "2: is not YAML"),
        ("name: &x a\n", "1: uses an anchor or an alias (& or *): write the value out"),
        ("name: !!python/object:os.system x\n", "1: uses the tag"),
        ("name: a\n---\nname: b\n", "2: begins a second document"),
        ("name: a\x07\n", "1: holds a character that YAML does not allow"),
        ("name: a\nitems: " + "[" * 200 + "]" * 200, "2: is nested too deeply: nest at most 24 deep"),
        ("{a: 1}: b\n", "1: has a key that is not text"),
        ("- a\n", "1: is a list: write keys and values, one a line"),
        ("name: 12\n", "1: name: is the number 12: write text, in quotes"),
        ("name: a\nitems: {}\n", "2: items: is a mapping: write a list, such as [a, b]"),
        ("name: a\nshape: {type: tiny}\n", "2: shape.type: tiny is not known: write one of small, big"),
        ("name: a\nshape: {}\n", "2: shape.type: is missing: write one of small, big"),
        ("name: a\nwait_s: true\n", "2: wait_s: is true: write a number"),
        ("name: a\nlimits: {A: 1}\n", "2: limits.A: 'A' is not an id"),
        ("name: a\nitems: [1, 2, 3, 4]\n", "2: items[0]: is the number 1: write keys and values"),
    ],
)
def test_each_kind_of_mistake_has_its_message(tmp_path, text, wanted):
    found = messages(tmp_path, text)
    assert any(line.startswith(wanted) for line in found), found


def test_too_many_entries_are_counted(tmp_path):
    items = "".join(f"  - {{id: a{n}, sort: serial}}\n" for n in range(4))
    assert messages(tmp_path, f"name: a\nitems:\n{items}") == [
        "2: items: has 4 entries: write a list, of at most 3 entries or characters"
    ]


def test_yes_no_dates_and_times_stay_text(tmp_path):
    for word in ("yes", "no", "on", "off", "2026-01-01", "12:30", "0123", "1_000"):
        path = tmp_path / "a.yaml"
        path.write_text(f"name: {word}\n", encoding="utf-8")
        assert load(path, Top).name == word


def test_a_file_that_is_not_there_is_told_so(tmp_path):
    with pytest.raises(BadSettings) as raised:
        load(tmp_path / "none.yaml", Top)
    (told,) = raised.value.messages
    assert told.startswith(f"{tmp_path}/none.yaml:1: cannot be read (No such file or directory): give the path of a file")


def test_a_file_over_the_limit_is_refused_unread(tmp_path):
    assert messages(tmp_path, b"#" * (4 * 1024 * 1024 + 1))[0].startswith("1: is 4194305 bytes long: write at most")


def test_a_flood_of_mistakes_is_cut(tmp_path):
    found = messages(tmp_path, "name: a\n" + "".join(f"k{n}: 1\n" for n in range(1000)))
    assert len(found) == 201
    assert found[-1].endswith("and 800 more: mend these first")


def test_a_wrong_secret_is_not_shown(tmp_path):
    class Keyed(msgspec.Struct):
        key: Annotated[str, msgspec.Meta(max_length=4)]

    path = tmp_path / "a.yaml"
    path.write_text("key: supersecret\n", encoding="utf-8")
    with pytest.raises(BadSettings) as raised:
        load(path, Keyed)
    assert "supersecret" not in str(raised.value)


def test_names_that_are_too_many_to_read_are_told_by_where_they_stand():
    assert listed(["a", "b", "a"], "items.*.id") == "a, b"
    assert listed([], "items.*.id") == "items.*.id"
    assert listed([f"n{number}" for number in range(13)], "items.*.id") == "items.*.id"


class Looked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value to look up."""

    path: str


class Rows(msgspec.Struct, frozen=True):
    """A field is a constant or is looked up."""

    fields: dict[str, str | int | Looked | None] = {}


def test_a_value_that_is_plain_or_has_keys_is_read_by_what_it_is():
    made = check_plain("options", {"fields": {"a": 1, "b": {"path": "x"}, "c": None}}, Rows)
    assert made.value == Rows({"a": 1, "b": Looked("x"), "c": None})
    (message,) = check_plain("options", {"fields": {"b": {"pth": "x"}}}, Rows).messages[:1]
    assert "pth" in message
