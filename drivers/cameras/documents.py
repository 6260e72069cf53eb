"""XML and JSON of a camera become one kind of tree: names, texts, numbers, lists. Pure, with limits.

A document type is refused, and with it every entity that a sender could define. Names lose their prefixes and namespaces: vendors
changed both from firmware to firmware, and the names stayed. Texts may be UTF-8 or GB 18030, whatever the document says.
"""

import re
from typing import Any, Final
from xml.parsers import expat

import msgspec

from drivers import charsets

XML_DEPTH_MAX: Final = 32
XML_ELEMENTS_MAX: Final = 5000

_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]{0,200}\?>")

Tree = dict[str, Any]


class Refused(Exception):
    """A document that is not understood. The message is a finding's reason."""


def text_of(data: bytes) -> str:
    """The text, in whichever charset it is written. Raises Refused."""
    text = charsets.text_of(data)
    if text is None:
        raise Refused("bad_text")
    return text


def from_json(data: bytes) -> Any:
    """Raises Refused: `bad_json`, `too_deep`, `bad_text`."""
    try:
        return msgspec.json.decode(text_of(data))
    except msgspec.ValidationError:
        raise Refused("bad_value") from None  # a number that no float can hold
    except msgspec.DecodeError:
        raise Refused("bad_json") from None
    except RecursionError:
        raise Refused("too_deep") from None


def from_xml(data: bytes) -> tuple[str, Tree]:
    """The root's name and what is in it: an element's text, or its elements by their names; a list where a name comes again.
    Raises Refused: `bad_xml`, `dtd`, `too_deep`, `too_many`, `bad_text`."""
    text = _DECLARATION.sub("", text_of(data), count=1)
    builder = _Builder()
    try:
        builder.parser.Parse(text.encode(), True)
    except expat.ExpatError:
        raise Refused("bad_xml") from None
    name, content = builder.root
    return name, content if isinstance(content, dict) else {}


def from_fields(data: bytes) -> Tree:
    """Lines like `Events[0].TrafficCar.Lane=1` as the tree that they stand for, from behind `Events[0].` on. Lists keep their
    places as names, `DrivingDirection: {"0": …}`. Raises Refused: `bad_text`, `too_many`."""
    tree: Tree = {}
    for count, line in enumerate(text_of(data).splitlines()):
        if count >= XML_ELEMENTS_MAX:
            raise Refused("too_many")
        key, equals, value = line.strip().partition("=")
        if not equals or not key.startswith("Events[0]."):
            continue
        *path, last = key.removeprefix("Events[0].").replace("[", ".").replace("]", "").split(".")
        at = tree
        for step in path[:XML_DEPTH_MAX]:
            below = at.setdefault(step, {})
            if not isinstance(below, dict):
                break
            at = below
        else:
            at.setdefault(last, value)
    return tree


class _Builder:
    """Hears what the parser tells."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.root: tuple[str, Any] = ("", {})
        self._open: list[tuple[str, Tree, list[str]]] = []
        self._count = 0

    def _doctype(self, *_: Any) -> None:
        raise Refused("dtd")

    def _begin(self, name: str, _attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > XML_ELEMENTS_MAX:
            raise Refused("too_many")
        if len(self._open) >= XML_DEPTH_MAX:
            raise Refused("too_deep")
        self._open.append((name.rpartition(":")[2], {}, []))

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1][2].append(text)

    def _end(self, _name: str) -> None:
        name, children, texts = self._open.pop()
        content: Any = children or "".join(texts).strip()
        if not self._open:
            self.root = (name, content)
            return
        siblings = self._open[-1][1]
        if name not in siblings:
            siblings[name] = content
        elif isinstance(siblings[name], list):
            siblings[name].append(content)
        else:
            siblings[name] = [siblings[name], content]


def listed(value: Any) -> list[Any]:
    """The value as a list: of JSON, or of XML, where one alone is none; empty where there is nothing."""
    return value if isinstance(value, list) else [] if value in (None, "", {}) else [value]


def at(tree: Any, path: str) -> Any:
    """What stands at `path`, such as `ANPR.licensePlate`; None where nothing does. Of a list the first counts."""
    for step in path.split("."):
        if isinstance(tree, list):
            tree = tree[0] if tree else None
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree[0] if isinstance(tree, list) and tree else tree


def word_at(tree: Any, *paths: str) -> str:
    """The first text at one of `paths` that is not empty; a number as it is written."""
    for path in paths:
        found = at(tree, path)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip():
            return str(found).strip()
    return ""


def number_at(tree: Any, *paths: str) -> float | None:
    """The first finite number at one of `paths`, also where it is written as text."""
    for path in paths:
        found = at(tree, path)
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            continue
        try:
            number = float(found)
        except (ValueError, OverflowError):
            continue
        if abs(number) < 1e18:
            return number
    return None


def is_true(value: Any) -> bool:
    """Whether the value says yes, in one of the ways in which firmware does."""
    return value is True or (isinstance(value, str) and value.strip().lower() in ("true", "yes", "1")) or value == 1
