"""Settings files: YAML into msgspec structs, validated whole.

Every mistake in a file is found in one go and told as `FILE:LINE: key.path: what is wrong: what to write instead`.
Keys that the struct does not have are mistakes. Limits stand in the struct as `Annotated[int, msgspec.Meta(ge=1)]`,
further conditions of one value as `Check`, conditions between values as rules over the `Document`.
"""

import difflib
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec

from contract.topics import ID_PATTERN, is_id
from contract.yamltree import BadYaml, Node, read_tree, walk

T = TypeVar("T")
KeyPath = tuple[str | int, ...]
MAX_MESSAGES = 200
LISTED_MAX = 12
_WORD = re.compile(r"[\w.+-]{1,40}")
"""What is shown of a wrong value where one of some words is asked for."""


class BadSettings(Exception):
    """A settings file with mistakes: `messages` has one line for each, in the order of the file."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


class Check(NamedTuple):
    """In an `Annotated`: `test(value)` raises ValueError with `what is wrong: what to write instead`."""

    test: Callable[[Any], object]


class TypedBy(NamedTuple):
    """In an `Annotated[Any, …]`: the value's type is what `table`, given to `check` by that name, says for the value of the
    neighbour `key`, a required text. Where the value is absent, an empty mapping is taken. The table raises LookupError with a
    message."""

    key: str
    table: str


Table = Callable[[str], Any]
Rule = Callable[["Document"], None]


def check_id(text: str) -> None:
    """Raises ValueError unless `text` may name a site, an agent, a place or a device."""
    if not is_id(text):
        raise ValueError(f"{text!r} is not an id: write small letters, digits, - and _ ({ID_PATTERN})")


Id = Annotated[str, Check(check_id)]
"""A name of a site, an agent, a place or a device."""

_BAD: Any = object()


class Mistake(NamedTuple):
    """One mistake: where, what is wrong, and what to write instead."""

    path: KeyPath
    what: str
    instead: str


class Document:
    """A file being checked: what it says, where, and what is wrong with it.

    `built` has what was made of each value that is right in itself, by key path: also where the file as a whole is wrong.
    """

    def __init__(self, name: str, label: Callable[[KeyPath], str] | None = None) -> None:
        self.name = name
        self.root = Node({}, 1)
        self.built: dict[KeyPath, Any] = {}
        self._label = label or dotted
        self._mistakes: list[tuple[int, str, Mistake]] = []

    def find(self, pattern: str) -> Iterator[tuple[KeyPath, Any]]:
        """Path and plain value of everything that `pattern` names, such as `devices.*.id`, right or wrong."""
        for path, node in walk(self.root, pattern.split(".")):
            yield path, node.plain()

    def line(self, path: KeyPath) -> int:
        """The line where `path` stands, or what there is of it."""
        node = self.root
        for step in path:
            inside = node.value
            found = inside.get(step) if isinstance(inside, dict) else None
            if isinstance(inside, list) and isinstance(step, int) and step < len(inside):
                found = inside[step]
            if found is None:
                break
            node = found
        return node.key_line

    def wrong(self, path: KeyPath, what: str, instead: str, line: int | None = None) -> None:
        """Report a mistake at `path`. Neither text may hold a secret."""
        at = line if line is not None else self.line(path)
        where, file = self._label(path), f"{self.name}:{at}" if at else self.name
        text = ": ".join(part for part in (file, where, what, instead) if part)
        self._mistakes.append((at, text, Mistake(path, what, instead)))

    @property
    def messages(self) -> list[str]:
        """Every mistake so far, in the order of the file, each once."""
        told = list(dict.fromkeys(text for _, text, _ in sorted(self._mistakes, key=lambda mistake: mistake[0])))
        more = len(told) - MAX_MESSAGES
        return told if more <= 0 else [*told[:MAX_MESSAGES], f"{self.name}: and {more} more: mend these first"]

    @property
    def mistakes(self) -> list[Mistake]:
        """The same in parts; as many as there are messages for."""
        return list(dict.fromkeys(one for _, _, one in sorted(self._mistakes, key=lambda mistake: mistake[0])))[:MAX_MESSAGES]


class Checked(NamedTuple, Generic[T]):
    """The outcome of `check`: `value` is None when there are messages. `mistakes`: the same in parts."""

    value: T | None
    messages: list[str]
    mistakes: Sequence[Mistake] = ()


def load(path: Path | str, kind: type[T], rules: Sequence[Rule] = (), tables: Mapping[str, Table] | None = None) -> T:
    """The settings in the file at `path` as a `kind`. Raises BadSettings with every mistake."""
    checked = check(path, kind, rules, tables)
    if checked.messages or checked.value is None:
        raise BadSettings(checked.messages)
    return checked.value


def check(
    path: Path | str,
    kind: type[T],
    rules: Sequence[Rule] = (),
    tables: Mapping[str, Table] | None = None,
    label: Callable[[KeyPath], str] | None = None,
) -> Checked[T]:
    """Read the file at `path` and say everything that is wrong with it. Rules run on every file that is YAML at all, so they
    look at `document.find` and `document.built` and may take nothing for granted. `label` writes a key path otherwise."""
    document = Document(str(path), label)
    try:
        document.root, twice = read_tree(Path(path).read_bytes())
    except BadYaml as error:
        document.wrong((), error.what, error.instead, error.line)
        return Checked(None, document.messages)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        document.wrong((), f"cannot be read ({reason})", "give the path of a file that is there and may be read")
        return Checked(None, document.messages)
    for line, key in twice:
        document.wrong((), f"{key} stands twice in one place", "keep one of the two", line)
    value = _Walker(document, tables or {}).build(document.root, kind, ())
    for rule in rules:
        rule(document)
    return _outcome(document, value)


def check_plain(name: str, value: Any, kind: type[T], rules: Sequence[Rule] = ()) -> Checked[T]:
    """The same for what stands in no file, such as JSON on a command line: `NAME: key.path: what is wrong: what to write
    instead`."""
    document = Document(name)
    document.root = _node(value)
    built = _Walker(document, {}).build(document.root, kind, ())
    for rule in rules:
        rule(document)
    return _outcome(document, built)


def _outcome(document: Document, built: Any) -> Checked[Any]:
    messages = document.messages
    return Checked(None if built is _BAD or messages else built, messages, document.mistakes)


def _node(value: Any) -> Node:
    if isinstance(value, Mapping):
        return Node({str(key): _node(inner) for key, inner in value.items()}, 0)
    return Node([_node(inner) for inner in value] if isinstance(value, list | tuple) else value, 0)


def unique(pattern: str) -> Rule:
    """A rule: no two values named by `pattern` are equal."""

    def rule(document: Document) -> None:
        seen: dict[str, KeyPath] = {}
        for path, value in document.find(pattern):
            first = seen.setdefault(repr(value), path)
            if first != path:
                line = document.line(first)
                told = f"{value} is taken by {dotted(first)}" + (f" in line {line}" if line else "")
                document.wrong(path, told, "write another one")

    return rule


def refers(pattern: str, target: str) -> Rule:
    """A rule: every text named by `pattern` is also a value named by `target`; null and what is no text is let through."""

    def rule(document: Document) -> None:
        known = dict.fromkeys(str(value) for _, value in document.find(target))
        for path, value in document.find(pattern):
            if isinstance(value, str) and value not in known:
                document.wrong(
                    path, f"{value} is not known", f"write one of {listed(list(known), target)}{nearest(value, known)}"
                )

    return rule


def listed(known: Sequence[str], target: str) -> str:
    """The names that may be written; where they are too many to read, where in the file they stand."""
    names = list(dict.fromkeys(known))
    return ", ".join(names) if 0 < len(names) <= LISTED_MAX else target


def nearest(word: str, known: Iterable[str]) -> str:
    """`, perhaps X` where a known word is near, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f", perhaps {close[0]}" if close else ""


def nearest_zh(word: str, known: Iterable[str]) -> str:
    """The same for the end of a Chinese sentence: `，是否为 X？`."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"，是否为 {close[0]}？" if close else ""


def dotted(path: KeyPath) -> str:
    """`("devices", 0, "id")` → `devices[0].id`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


class _Walker:
    """Builds typed values from nodes and reports what does not fit."""

    def __init__(self, document: Document, tables: Mapping[str, Table]) -> None:
        self._document = document
        self._tables = tables

    def build(self, node: Node, kind: Any, path: KeyPath) -> Any:
        """The value of `node` as `kind`, or _BAD after a report."""
        base, extras = _unwrapped(kind)
        value = self._inner(node, kind, base, path)
        if value is _BAD:
            return _BAD
        if isinstance(value, list | dict | tuple) and not self._fits(value, extras, kind, path):
            return _BAD
        for extra in extras:
            if isinstance(extra, Check) and value is not None:
                try:
                    extra.test(value)
                except ValueError as error:
                    return self._wrong(path, *_split(str(error)))
        self._document.built[path] = value
        return value

    def _inner(self, node: Node, kind: Any, base: Any, path: KeyPath) -> Any:
        if base is Any:
            return node.plain()
        origin = get_origin(base)
        if origin in (Union, types.UnionType):
            return self._union(node, base, path)
        if isinstance(base, type) and issubclass(base, msgspec.Struct):
            return self._struct(node, base, path)
        if origin in (list, tuple, set, frozenset):
            return self._list(node, base, origin, path)
        if origin is dict:
            return self._dict(node, base, path)
        return self._leaf(node, kind, path)

    def _union(self, node: Node, base: Any, path: KeyPath) -> Any:
        arms = get_args(base)
        if node.value is None and type(None) in arms:
            return None
        solid = [arm for arm in arms if arm is not type(None)]
        if len(solid) == 1:
            return self.build(node, solid[0], path)
        tagged = {str(arm.__struct_config__.tag): arm for arm in solid if hasattr(arm, "__struct_config__")}
        if not tagged or not isinstance(node.value, dict):
            return self._leaf(node, base, path)
        if "None" in tagged:  # one struct beside plain values: whatever has keys is it
            return self._struct(node, tagged["None"], path)
        key = str(next(iter(tagged.values())).__struct_config__.tag_field)
        named = node.value.get(key)
        arm = tagged.get(str(named.value)) if named is not None else None
        if arm is None:
            wrong = "is missing" if named is None else f"{named.value} is not known"
            close = nearest(str(named.value), tagged) if named is not None else ""
            return self._wrong((*path, key), wrong, f"write one of {', '.join(tagged)}{close}")
        return self._struct(node, arm, path)

    def _struct(self, node: Node, kind: Any, path: KeyPath) -> Any:
        if not isinstance(node.value, dict):
            return self._wrong(path, f"is {_seen(node.value)}", "write keys and values, one a line")
        fields = _fields(kind)
        allowed = [*fields, *([kind.__struct_config__.tag_field] if kind.__struct_config__.tag_field else [])]
        good = True
        for key, child in node.value.items():
            if key not in allowed:
                close = nearest(key, allowed)
                instead = f"write one of {', '.join(allowed)}{close}" if allowed else "delete it"
                good = self._wrong((*path, key), "is an unknown key", instead, child.key_line) is not _BAD
        values: dict[str, Any] = {}
        for key, field in fields.items():
            built = self._field(node, field, (*path, key))
            good = good and built is not _BAD
            if built is not msgspec.UNSET:
                values[field.name] = built
        if not good or _BAD in values.values():
            return _BAD
        try:
            return kind(**values)
        except ValueError as error:
            return self._wrong(path, *_split(str(error)))

    def _field(self, node: Node, field: Any, path: KeyPath) -> Any:
        """The field's value; UNSET where it is absent and has a default."""
        child = node.value.get(path[-1])
        _, extras = _unwrapped(field.type)
        typed = next((extra for extra in extras if isinstance(extra, TypedBy)), None)
        if typed is not None:
            return self._typed(node, child, typed, path)
        if child is not None:
            return self.build(child, field.type, path)
        if field.required:
            return self._wrong(path, "is missing", f"write {expected(field.type)}", node.line)
        return msgspec.UNSET

    def _typed(self, node: Node, child: Node | None, typed: TypedBy, path: KeyPath) -> Any:
        by = node.value.get(typed.key)
        if by is None or not isinstance(by.value, str):
            return _BAD  # the neighbour's own absence is reported there
        try:
            kind = self._tables[typed.table](by.value)
        except LookupError as error:
            return self._wrong((*path[:-1], typed.key), *_split(str(error.args[0]) if error.args else f"{by.value} is not known"))
        return self.build(child if child is not None and child.value is not None else Node({}, node.line), kind, path)

    def _list(self, node: Node, base: Any, origin: Any, path: KeyPath) -> Any:
        if not isinstance(node.value, list):
            return self._wrong(path, f"is {_seen(node.value)}", "write a list, such as [a, b]")
        item = get_args(base)[0]
        values = [self.build(child, item, (*path, index)) for index, child in enumerate(node.value)]
        return _BAD if _BAD in values else origin(values)

    def _dict(self, node: Node, base: Any, path: KeyPath) -> Any:
        if not isinstance(node.value, dict):
            return self._wrong(path, f"is {_seen(node.value)}", "write keys and values, one a line")
        key_kind, value_kind = get_args(base)
        values: dict[Any, Any] = {}
        good = True
        for key, child in node.value.items():
            made = self._key(key, key_kind, (*path, key))
            value = self.build(child, value_kind, (*path, key))
            good = good and made is not _BAD and value is not _BAD
            if made is not _BAD:
                values[made] = value
        return values if good else _BAD

    def _key(self, key: str, kind: Any, path: KeyPath) -> Any:
        _, extras = _unwrapped(kind)
        try:
            made = msgspec.convert(key, kind, strict=False)
            for extra in extras:
                if isinstance(extra, Check):
                    extra.test(made)
        except msgspec.ValidationError:
            return self._wrong(path, "is not a fitting key", f"write {expected(kind)}")
        except ValueError as error:
            return self._wrong(path, *_split(str(error)))
        return made

    def _leaf(self, node: Node, kind: Any, path: KeyPath) -> Any:
        plain = node.plain()
        try:
            return msgspec.convert(plain, kind)
        except msgspec.ValidationError:
            instead = f"write {expected(kind)}"
            choices = _choices(kind)
            if isinstance(plain, str) and choices:
                what = f"{plain} is not known" if _WORD.fullmatch(plain) else "is text"
                return self._wrong(path, what, instead + nearest(plain, choices))
            if _unwrapped(kind)[0] is str and isinstance(plain, int | float):
                instead += ", in quotes"
            return self._wrong(path, f"is {_seen(plain)}", instead)

    def _fits(self, value: Any, extras: tuple[Any, ...], kind: Any, path: KeyPath) -> bool:
        for extra in extras:
            if isinstance(extra, msgspec.Meta):
                low, high = extra.min_length or 0, extra.max_length
                if len(value) < low or (high is not None and len(value) > high):
                    self._wrong(path, f"has {len(value)} entries", f"write {expected(kind)}")
                    return False
        return True

    def _wrong(self, path: KeyPath, what: str, instead: str, line: int | None = None) -> Any:
        self._document.wrong(path, what, instead, line)
        return _BAD


@lru_cache(maxsize=256)
def _fields(kind: type[msgspec.Struct]) -> Mapping[str, Any]:
    """The struct's fields by the keys of the file. msgspec works them out anew each time: a third of what 5,000 rows take."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _unwrapped(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """The bare type, and what an Annotated around it carries."""
    if get_origin(kind) is Annotated:
        inner, extras = _unwrapped(get_args(kind)[0])
        return inner, (*extras, *get_args(kind)[1:])
    return kind, ()


def _choices(kind: Any) -> list[str]:
    """The words that a value of `kind` may be, where it is one of some."""
    base, _ = _unwrapped(kind)
    if get_origin(base) in (Union, types.UnionType):
        return [choice for arm in get_args(base) for choice in _choices(arm)]
    return [str(choice) for choice in get_args(base)] if get_origin(base) is Literal else []


def _split(message: str) -> tuple[str, str]:
    what, _, instead = message.partition(": ")
    return what, instead


def _seen(value: Any) -> str:
    """What a wrong value is, without showing text, which may be a secret."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    names: dict[type, str] = {str: "text", list: "a list", dict: "a mapping", type(None): "empty"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), type(value).__name__)


_NOUNS = {
    int: "a whole number", float: "a number", str: "text", bool: "true or false", bytes: "base64 text",
    date: "a day such as 2026-12-31",
}  # fmt: skip


def expected(kind: Any) -> str:
    """What a value of `kind` looks like, in words: `a whole number, at least 1, at most 60`."""
    base, extras = _unwrapped(kind)
    origin = get_origin(base)
    if origin is Literal:
        return "one of " + ", ".join(str(choice) for choice in get_args(base))
    if origin in (Union, types.UnionType):
        return " or ".join(expected(arm) for arm in get_args(base) if arm is not type(None))
    if origin in (list, tuple, set, frozenset):
        text = "a list"
    elif origin is dict or (isinstance(base, type) and issubclass(base, msgspec.Struct)):
        text = "keys and values"
    else:
        text = _NOUNS.get(base, "a value")
    for extra in extras:
        if isinstance(extra, msgspec.Meta):
            text += "".join(_limits(extra))
    return text


def _limits(meta: msgspec.Meta) -> Iterator[str]:
    table = (
        ("more than {}", meta.gt), ("at least {}", meta.ge), ("less than {}", meta.lt), ("at most {}", meta.le),
        ("of at least {} entries or characters", meta.min_length), ("of at most {} entries or characters", meta.max_length),
        ("a multiple of {}", meta.multiple_of), ("that matches {}", meta.pattern),
    )  # fmt: skip
    for text, limit in table:
        if limit is not None:
            yield ", " + text.format(limit)
