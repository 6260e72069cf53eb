"""XML from devices, whatever charset it declares, without what makes XML dangerous: no DTD, no entities but the five. Pure."""

import re
from typing import Any, Final
from xml.parsers import expat

from drivers.charsets import text_of

DEPTH_MAX: Final = 32
ELEMENTS_MAX: Final = 5000
ATTRIBUTES_MAX: Final = 64

_DECLARATION: Final = re.compile(r"\s*<\?xml\b([^>]{0,200})\?>")
_DECLARED: Final = re.compile(rb"""<\?xml\b[^>]{0,150}\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


class Element:
    """One element. `tag` and the names of `attributes` are without a namespace."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element] = []
        self.pieces: list[str] = []

    @property
    def text(self) -> str:
        """What stands in it, without the blanks around."""
        return "".join(self.pieces).strip()

    def find(self, path: str) -> "Element | None":
        """The first element at `a/b`."""
        at: Element | None = self
        for step in path.split("/"):
            at = next((child for child in at.children if child.tag == step), None) if at is not None else None
        return at

    def text_at(self, path: str) -> str:
        """The text of the first element at `path`; empty where there is none."""
        found = self.find(path)
        return found.text if found is not None else ""

    def plain(self) -> Any:
        """As JSON would have it: a text, or an object of its children, of which those that come twice are a list; attributes are
        `@name`, and text beside them `#text`."""
        if not self.children and not self.attributes:
            return self.text
        plain: dict[str, Any] = {f"@{name}": value for name, value in self.attributes.items()}
        for child in self.children:
            before = plain.get(child.tag)
            value = child.plain()
            if before is None:
                plain[child.tag] = value
            elif isinstance(before, _Several):
                before.append(value)
            else:
                plain[child.tag] = _Several((before, value))
        if self.text:
            plain["#text"] = self.text
        return plain


class _Several(list[Any]):
    """Elements of one name."""


def xml_of(body: bytes, charset: str = "") -> Element:
    """The root element. `charset`: what the outside says of it; inside it may say something else, and both may be wrong. Raises
    ValueError with a name: `not_xml`, `dtd`, `too_deep`, `too_many`."""
    declared = _DECLARED.match(body.lstrip()[:300])
    text = text_of(body, charset or (declared[1].decode() if declared else ""))
    if text is None:
        raise ValueError("not_xml")
    found = _DECLARATION.match(text)
    builder = _Builder()
    try:
        builder.parser.Parse(text[found.end() if found else 0 :].strip("\0 \t\r\n").encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise ValueError("not_xml") from error
    if builder.root is None:
        raise ValueError("not_xml")
    return builder.root


class _Builder:
    """Builds the tree. A document type, and so any entity of its own, is refused where it begins."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _refuse(self, *_parts: object) -> None:
        raise ValueError("dtd")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > ELEMENTS_MAX or len(attributes) > ATTRIBUTES_MAX:
            raise ValueError("too_many")
        if len(self._open) >= DEPTH_MAX:
            raise ValueError("too_deep")
        named = {name.rpartition(":")[2]: value for name, value in attributes.items() if not name.startswith("xmlns")}
        element = Element(tag.rpartition(":")[2], named)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _tag: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].pieces.append(text)
