"""XML and JSON of a camera become one kind of tree: names, texts, numbers, lists. Pure, with limits.

A document type is refused, and with it every entity that a sender could define. Names lose their prefixes and namespaces: vendors
changed both from firmware to firmware, and the names stayed. Texts may be UTF-8 or GB 18030, whatever the document says.
"""

from typing import Any

import msgspec

from drivers import charsets
from drivers.xmls import DEPTH_MAX, ELEMENTS_MAX, Element, xml_of

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
    try:
        root = xml_of(data)
    except ValueError as error:
        if str(error) != "not_xml":
            raise Refused(str(error)) from None
        text_of(data)
        raise Refused("bad_xml") from None
    content = _tree_of(root)
    return root.tag, content if isinstance(content, dict) else {}


def from_fields(data: bytes) -> Tree:
    """Lines like `Events[0].TrafficCar.Lane=1` as the tree that they stand for, from behind `Events[0].` on. Lists keep their
    places as names, `DrivingDirection: {"0": …}`. Raises Refused: `bad_text`, `too_many`."""
    tree: Tree = {}
    for count, line in enumerate(text_of(data).splitlines()):
        if count >= ELEMENTS_MAX:
            raise Refused("too_many")
        key, equals, value = line.strip().partition("=")
        if not equals or not key.startswith("Events[0]."):
            continue
        *path, last = key.removeprefix("Events[0].").replace("[", ".").replace("]", "").split(".")
        at = tree
        for step in path[:DEPTH_MAX]:
            below = at.setdefault(step, {})
            if not isinstance(below, dict):
                break
            at = below
        else:
            at.setdefault(last, value)
    return tree


def _tree_of(element: Element) -> Any:
    """An element's text, or its elements by their names; attributes say nothing here."""
    if not element.children:
        return element.text
    tree: Tree = {}
    for child in element.children:
        content, siblings = _tree_of(child), tree.get(child.tag)
        if siblings is None:
            tree[child.tag] = content
        elif isinstance(siblings, list):
            siblings.append(content)
        else:
            tree[child.tag] = [siblings, content]
    return tree


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
