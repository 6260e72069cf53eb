"""YAML as a tree that remembers its lines. Plain YAML 1.2: no anchors, no tags, no second document, no key twice.

`yes`, `no`, `on`, `off` and dates are text here, so that nothing turns into something its writer did not mean.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 24
MAX_NODES = 400_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False, "True": True, "False": False}


class Node:
    """One value of the file. `value`: a scalar, a list of nodes, or a dict of nodes by key; `key_line` is where its key or
    dash stands, counted from 1."""

    __slots__ = ("key_line", "line", "value")

    def __init__(self, value: Any, line: int, key_line: int = 0) -> None:
        self.value = value
        self.line = line
        self.key_line = key_line or line

    def plain(self) -> Any:
        """The value without its lines."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class BadYaml(Exception):
    """The file cannot be read as a tree. `what` is wrong in `line`, `instead` says what to write."""

    def __init__(self, line: int, what: str, instead: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what
        self.instead = instead


def read_tree(data: bytes) -> tuple[Node, list[tuple[int, str]]]:
    """The tree in `data`, and (line, key) for each key that stands twice in one mapping (its first value is kept).
    Raises BadYaml."""
    text = _text(data)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise BadYaml(line, f"is not YAML ({error.problem or error.context})", _hint(text, line)) from None
    except yaml.YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise BadYaml(line, "holds a character that YAML does not allow", "delete it, or write it as \\u.... in quotes") from None
    if builder.root is None:
        raise BadYaml(1, "is empty", "write the settings; deploy/ has an example")
    return builder.root, builder.twice


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise BadYaml(1, f"is {len(data)} bytes long", f"write at most {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadYaml(line, "is not UTF-8 text", "save the file as UTF-8") from None


def _hint(text: str, line: int) -> str:
    lines = text.splitlines()
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in shown[: len(shown) - len(shown.lstrip())]:
        return "indent with spaces, not with tabs"
    return "check the indentation, the colons and the quotes of this line and the one before"


def scalar(text: str) -> Any:
    """What an unquoted YAML word means: null, true or false, a number, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= 30:
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


class _Builder:
    """Makes the tree from the parser's events, without recursion, within the limits."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.twice: list[tuple[int, str]] = []
        self._open: list[Node] = []
        self._keys: list[tuple[str, int] | None] = []
        self._nodes = 0

    def take(self, event: Any) -> None:
        """One event of the parser, in order."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadYaml(line, "uses an anchor or an alias (& or *)", "write the value out")
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise BadYaml(line, "begins a second document", "write one document; delete the line ---")
        if isinstance(event, yaml.ScalarEvent):
            if event.tag is not None:
                raise BadYaml(line, f"uses the tag {event.tag}", "write the value without a tag")
            self._add(Node(scalar(event.value) if event.implicit[0] else event.value, line), event.value)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if event.tag is not None:
                raise BadYaml(line, f"uses the tag {event.tag}", "write the value without a tag")
            self._start(Node({} if isinstance(event, yaml.MappingStartEvent) else [], line))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._open.pop()
            self._keys.pop()

    def _start(self, node: Node) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise BadYaml(node.line, "is nested too deeply", f"nest at most {MAX_DEPTH} deep")
        self._add(node, None)
        self._open.append(node)
        self._keys.append(None)

    def _add(self, node: Node, text: str | None) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise BadYaml(node.line, "holds too many values", f"write at most {MAX_NODES}")
        if not self._open:
            self.root = node
            return
        parent = self._open[-1].value
        if isinstance(parent, list):
            parent.append(node)
            return
        key = self._keys[-1]
        if key is None:
            if text is None:
                raise BadYaml(node.line, "has a key that is not text", "write a plain word as the key")
            self._keys[-1] = (text, node.line)
            return
        self._keys[-1] = None
        node.key_line = key[1]
        if key[0] in parent:
            self.twice.append((key[1], key[0]))
        else:
            parent[key[0]] = node


def walk(node: Node, pattern: list[str], path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Every node that `pattern` names, with its path. A `*` stands for each key or index."""
    if not pattern:
        yield path, node
        return
    head, rest = pattern[0], pattern[1:]
    if isinstance(node.value, list):
        for index, child in enumerate(node.value):
            if head in ("*", str(index)):
                yield from walk(child, rest, (*path, index))
    elif isinstance(node.value, dict):
        for key, child in node.value.items():
            if head in ("*", key):
                yield from walk(child, rest, (*path, key))
