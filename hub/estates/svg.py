"""An SVG of somebody's, rewritten: only elements and attributes that are named here, and values that can only draw.

What is not named is left out with all that stands in it, so that a drawing program's own notes do no harm. What could have a
reader fetch, run or unfold anything is not named: scripts, events, styles, links, pictures within the picture, other documents.
A file that declares a document type or is no well-formed XML is refused. The output, rewritten again, is the same. Pure.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
ELEMENTS_MAX = 20_000
DEPTH_MAX = 64
_SPLIT = " "
_SERVERS = frozenset(("pattern", "marker", "clipPath"))
"""What others are painted with or cut by. One within another, each of many shapes, unfolds as `use` does."""
_TEXTS = frozenset(("text", "tspan", "title", "desc"))
# fmt: off
ELEMENTS = frozenset((
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "clipPath",
    "linearGradient", "radialGradient", "stop", "pattern", "marker", *_TEXTS,
))
_NUMBERS = frozenset((
    "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy", "width", "height", "rotate",
    "points", "d", "transform", "gradientTransform", "patternTransform", "viewBox", "offset", "pathLength", "refX", "refY",
    "markerWidth", "markerHeight", "orient", "textLength",
))
_LOOKS = frozenset((
    "fill", "stroke", "stop-color", "color", "opacity", "fill-opacity", "stroke-opacity", "stop-opacity",
    "fill-rule", "clip-rule",
        "stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
    "vector-effect", "font-size", "font-weight", "font-style", "font-family", "letter-spacing", "text-anchor",
    "dominant-baseline", "alignment-baseline", "baseline-shift", "display", "visibility", "paint-order", "clip-path",
    "marker-start", "marker-mid", "marker-end", "writing-mode",
))
_WORDS = frozenset((
    "gradientUnits", "patternUnits", "patternContentUnits", "spreadMethod", "clipPathUnits", "markerUnits", "lengthAdjust",
    "preserveAspectRatio",
))
# fmt: on
_NUMBER = re.compile(r"[A-Za-z0-9\s.,%()+\-]*", re.ASCII)
_LOOK = re.compile(r"[\w\s.,%#()+\-']*")
_ID = re.compile(r"[A-Za-z_][\w.\-]{0,99}", re.ASCII)
_OWN = re.compile(r"url\(#([A-Za-z_][\w.\-]{0,99})\)", re.ASCII)
_REFERS = re.compile(r"url|expression|javascript|import", re.IGNORECASE)
_SIDE = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)(?:px)?\s*", re.ASCII)
_ENOUGH = "请用绘图软件另存为“普通 SVG” / save it as a plain SVG"


class Cleaned(NamedTuple):
    """The SVG, its size in its own units, and how many elements and attributes were left out."""

    data: bytes
    width: float
    height: float
    dropped: int


class _Element:
    """`refers`: what it is painted with, where it is itself a part of what others are painted with."""

    __slots__ = ("attributes", "inside", "name", "refers")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.inside: list[_Element | str] = []
        self.refers: list[str] = []


def clean_svg(data: bytes) -> Cleaned:
    """The SVG without anything but its shapes. Raises ValueError with a message in Chinese and then English."""
    reader = _Reader()
    reader.read(data)
    root = reader.root
    if root is None or root.name != "svg":
        raise ValueError("这不是 SVG 图 / this is no SVG drawing: its outermost element must be svg")
    left, top, width, height = _size(root.attributes)
    looks = {name: value for name, value in root.attributes.items() if name in _LOOKS}
    box = " ".join(f"{number:g}" for number in (left, top, width, height))
    root.attributes = {"xmlns": NAMESPACE, "viewBox": box, "width": f"{width:g}", "height": f"{height:g}", **looks}
    _check_uses(root)
    out: list[str] = []
    _write(root, out)
    return Cleaned("".join(out).encode(), width, height, reader.dropped)


class _Reader:
    """Builds the tree of what is kept, within the limits."""

    def __init__(self) -> None:
        self.root: _Element | None = None
        self.dropped = 0
        self._open: list[_Element] = []
        self._outside = 0
        self._count = 0

    def read(self, data: bytes) -> None:
        """Raises ValueError."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValueError("SVG 须为 UTF-8 编码 / the SVG must be UTF-8 text: save it so") from None
        parser = expat.ParserCreate("utf-8", _SPLIT)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(text.encode(), True)
        except expat.ExpatError as error:
            told = expat.errors.messages.get(error.code, "")
            raise ValueError(f"第 {error.lineno} 行不是有效的 XML / line {error.lineno} is no XML ({told}): {_plain()}") from None

    def _refuse(self, *_: Any) -> None:
        raise ValueError(f"SVG 含有 DOCTYPE：{_ENOUGH.partition(' / ')[0]} / the SVG declares a DOCTYPE: {_plain()}")

    def _start(self, full: str, told: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > ELEMENTS_MAX:
            raise ValueError(f"SVG 超过 {ELEMENTS_MAX} 个元素 / the SVG has over {ELEMENTS_MAX} elements: simplify it")
        if len(self._open) + self._outside >= DEPTH_MAX:
            raise ValueError(f"SVG 嵌套超过 {DEPTH_MAX} 层 / the SVG is nested over {DEPTH_MAX} deep: simplify it")
        space, _, name = full.rpartition(_SPLIT)
        in_text = bool(self._open) and self._open[-1].name in _TEXTS
        fits = space == NAMESPACE and name in ELEMENTS and (name in _TEXTS or not in_text)
        if self._outside or not fits or (name == "svg") != (self.root is None):
            self._outside += 1
            self.dropped += 1
            return
        element = _Element(name, self._attributes(told))
        if self._open:
            self._open[-1].inside.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _full: str) -> None:
        if self._outside:
            self._outside -= 1
        else:
            self._open.pop()

    def _text(self, text: str) -> None:
        if not self._outside and self._open and self._open[-1].name in _TEXTS:
            self._open[-1].inside.append(text)

    def _attributes(self, told: Mapping[str, str]) -> dict[str, str]:
        """The good ones; what stands in a style counts as if it stood beside it."""
        kept: dict[str, str] = {}
        for full, value in told.items():
            space, _, name = full.rpartition(_SPLIT)
            if name == "href" and space in ("", _XLINK):
                name, space = "href", ""
            if not space and name == "style":
                self._style(value, kept)
            elif not space and _good(name, value):
                kept.setdefault(name, value)
            else:
                self.dropped += 1
        return kept

    def _style(self, text: str, kept: dict[str, str]) -> None:
        for one in text.split(";"):
            name, colon, value = (part.strip() for part in one.partition(":"))
            if colon and name in _LOOKS and "url" not in value.lower() and _good(name, value):
                kept[name] = value
            elif name:
                self.dropped += 1


def _good(name: str, value: str) -> bool:
    """Whether the attribute is one of those named, and its value can do nothing but draw."""
    if name == "id":
        return _ID.fullmatch(value) is not None
    if name == "href":
        return value.startswith("#") and _ID.fullmatch(value[1:]) is not None
    if name in _NUMBERS:
        return _NUMBER.fullmatch(value) is not None and not _REFERS.search(value)
    if name in _LOOKS or name in _WORDS:
        return _OWN.fullmatch(value) is not None or (_LOOK.fullmatch(value) is not None and not _REFERS.search(value))
    return False


def _size(attributes: Mapping[str, str]) -> tuple[float, float, float, float]:
    """Left, top, width and height of what is drawn. Raises ValueError."""
    try:
        left, top, width, height = (float(part) for part in attributes["viewBox"].replace(",", " ").split())
    except (KeyError, ValueError):
        sides = [_SIDE.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
        left = top = 0.0
        width, height = (0.0 if side is None else float(side[1]) for side in sides)
    if not (1e-3 <= width <= 1e7 and 1e-3 <= height <= 1e7 and abs(left) <= 1e7 and abs(top) <= 1e7):
        raise ValueError(f"SVG 没有尺寸 / the SVG tells no size: give it a viewBox, or width and height; {_plain()}")
    return left, top, width, height


def _check_uses(root: _Element) -> None:
    """What refers to what refers to what may not unfold into more than a whole drawing may have. Raises ValueError."""
    by_id: dict[str, _Element] = {}
    every = list(_all(root))
    for element in every:
        if "id" in element.attributes:
            by_id.setdefault(element.attributes["id"], element)
        if element.name in _SERVERS:
            for inner in _all(element):
                inner.refers += [found[1] for value in inner.attributes.values() if (found := _OWN.fullmatch(value))]
    weights: dict[int, int] = {}
    for element in every:
        if _weight(element, by_id, weights, frozenset()) > ELEMENTS_MAX:
            raise ValueError(
                f"SVG 展开后超过 {ELEMENTS_MAX} 个元素 / the SVG unfolds into over {ELEMENTS_MAX} elements: simplify it"
            )


def _weight(element: _Element, by_id: Mapping[str, _Element], known: dict[int, int], above: frozenset[int]) -> int:
    """How many elements are drawn for it. One that refers to itself is drawn without end."""
    me = id(element)
    if me in above or len(above) > DEPTH_MAX:
        return ELEMENTS_MAX + 1
    if me not in known:
        named = dict.fromkeys((element.attributes.get("href", "")[1:], *element.refers))
        parts = [one for one in element.inside if isinstance(one, _Element)]
        parts += [by_id[name] for name in named if name in by_id]
        weight = 1
        for part in parts:
            weight += _weight(part, by_id, known, above | {me})
            if weight > ELEMENTS_MAX:
                break
        known[me] = min(weight, ELEMENTS_MAX + 1)
    return known[me]


def _all(root: _Element) -> list[_Element]:
    found, waiting = [], [root]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += [inner for inner in one.inside if isinstance(inner, _Element)]
    return found


def _write(element: _Element, out: list[str]) -> None:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    if not element.inside:
        out.append(f"<{element.name}{attributes}/>")
        return
    out.append(f"<{element.name}{attributes}>")
    for one in element.inside:
        if isinstance(one, str):
            out.append(escape(one).replace("\r", "&#13;"))
        else:
            _write(one, out)
    out.append(f"</{element.name}>")


def _plain() -> str:
    return _ENOUGH.partition(" / ")[2]
