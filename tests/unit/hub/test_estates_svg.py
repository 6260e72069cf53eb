"""Nothing but shapes is left of an SVG, and what is left is left again."""

import re
import struct
import zlib
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.estates.drawing import BadDrawing, drawing_of
from hub.estates.svg import ELEMENTS, ELEMENTS_MAX, NAMESPACE, clean_svg

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 50"'


def svg(inside: str, more: str = "") -> bytes:
    return f"<svg {HEAD} {more}>{inside}</svg>".encode()


NASTY = {
    "a script": '<script>alert(1)</script><rect width="1"/>',
    "a script in capitals": '<SCRIPT>alert(1)</SCRIPT><rect width="1"/>',
    "a script of another namespace": '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script><rect width="1"/>',
    "a script under a prefix of the right one": f'<s:script xmlns:s="{NAMESPACE}">alert(1)</s:script><rect width="1"/>',
    "a handler": '<rect width="1" onload="alert(1)" onclick="alert(1)"/>',
    "a handler in another namespace": '<rect width="1" xmlns:e="urn:e" e:onload="alert(1)"/>',
    "a link that runs": '<a href="javascript:alert(1)"><rect/></a><rect width="1"/>',
    "a link with a prefix": '<a xlink:href="javascript:alert(1)"/><rect width="1"/>',
    "a use of another file": '<use href="https://evil.example/x.svg#a"/><rect width="1"/>',
    "a use of data": '<use xlink:href="data:image/svg+xml;base64,PHN2Zz4="/><rect width="1"/>',
    "a picture": '<image href="https://evil.example/pixel.png"/><image href="data:image/png;base64,AA=="/><rect width="1"/>',
    "a style sheet that imports": "<style>@import url(https://evil.example/a.css);</style><rect width='1'/>",
    "a style that fetches": '<rect width="1" style="fill:url(https://evil.example/a.svg#b);background:url(x)"/>',
    "a style that escapes": r'<rect width="1" style="fill:u\72l(https://evil.example)"/>',
    "a paint that fetches": '<rect width="1" fill="url(https://evil.example/a.svg#b)"/>',
    "a paint that fetches data": '<rect width="1" fill="url(data:image/svg+xml;base64,AA==)"/>',
    "a filter": '<filter id="f"><feImage href="https://evil.example"/></filter><rect width="1" filter="url(#f)"/>',
    "a page": '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"><iframe/></p></foreignObject><rect width="1"/>',
    "an animation that sets a link": '<g><set attributeName="href" to="javascript:alert(1)"/><animate/></g><rect width="1"/>',
    "a processing instruction": '<?xml-stylesheet href="https://evil.example/a.css"?><rect width="1"/>',
    "a comment that closes": '<!-- --><rect width="1"/><!-- <script>alert(1)</script> -->',
    "another base": '<g xml:base="https://evil.example/"><rect width="1"/></g>',
    "markup in a text": "<text>&lt;script&gt;alert(1)&lt;/script&gt;</text><rect width='1'/>",
    "markup in CDATA": "<text><![CDATA[</text><script>alert(1)</script>]]></text><rect width='1'/>",
    "a quote in an attribute": """<rect width="1" id='a" onload="alert(1)'/>""",
    "a svg in the svg": '<svg onload="alert(1)"><script>alert(1)</script></svg><rect width="1"/>',
    "an embed": '<embed src="x"/><object data="x"/><iframe src="x"/><video/><audio/><rect width="1"/>',
}
WORDS = re.compile(rb"evil|alert\(1\)(?!&lt;)|javascript|data:|@import|foreign|onload|onclick|<script|base=", re.IGNORECASE)


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_what_could_fetch_or_run_anything_is_left_out_and_the_shapes_stay(nasty: str):
    found = clean_svg(svg(nasty))
    root = ElementTree.fromstring(found.data)
    in_text = "".join(root.itertext())
    assert {element.tag.removeprefix(f"{{{NAMESPACE}}}") for element in root.iter()} <= ELEMENTS
    assert b"<rect" in found.data
    told = found.data.decode().replace("&lt;script&gt;alert(1)&lt;/script&gt;", "").replace("&lt;/text&gt;", "")
    assert not WORDS.search(told.encode()), (told, in_text)


REFUSED = {
    "an entity bomb": b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
    "an external entity": b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    "a document type": b'<!DOCTYPE svg SYSTEM "x"><svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "an entity of nobody": svg("<text>&nbsp;</text>"),
    "no XML": b"\x00\x01\x02",
    "cut off": svg("<g>")[:-6],
    "nothing": b"",
    "a page": b"<html><svg/></html>",
    "a svg of no namespace": b'<svg viewBox="0 0 1 1"><rect/></svg>',
    "a svg of another namespace": b'<svg xmlns="urn:x" viewBox="0 0 1 1"/>',
    "UTF-16": svg("<rect/>").decode().encode("utf-16"),
    "GBK": svg("<text>值守</text>").decode().encode("gbk"),
    "no size": b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>',
    "a size of nothing": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0"/>',
    "a size that is no number": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan inf"/>',
    "too many elements": svg("<g/>" * (ELEMENTS_MAX + 1)),
    "too deep": svg("<g>" * 100 + "</g>" * 100),
    "a use of itself": svg('<g id="a"><use href="#a"/></g>'),
    "uses of uses": svg(
        "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 9)) + '<g id="g0"/>'
    ),
    "patterns of patterns": svg(
        "".join(f'<pattern id="p{n}">' + f'<rect fill="url(#p{n - 1})"/>' * 10 + "</pattern>" for n in range(1, 9))
        + '<pattern id="p0"/><rect fill="url(#p8)"/>'
    ),
    "a marker of itself": svg('<marker id="a"><path d="M0 0 1 1" style="marker-mid: none" marker-end="url(#a)"/></marker>'),
}


@pytest.mark.parametrize("bad", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_a_drawing_is_refused_in_both_languages(bad: bytes):
    with pytest.raises(BadDrawing) as wrong:
        drawing_of(bad)
    zh, slash, en = str(wrong.value).partition(" / ")
    assert (slash, bool(en)) == (" / ", True)
    assert re.search(r"[\u4e00-\u9fff]", zh)


def test_a_style_counts_as_if_its_values_stood_beside_it_and_local_references_stay():
    body = '<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><use xlink:href="#g"/>'
    found = clean_svg(svg(body + '<rect width="1" fill="red" style="fill: #123456; -x: 1" stroke="url(#g)"/>'))
    assert all(kept in found.data for kept in (b'fill="#123456"', b'stroke="url(#g)"', b'href="#g"'))
    assert found.dropped == 1
    assert (found.width, found.height) == (100, 50)


def test_without_a_view_box_the_size_is_that_of_the_picture():
    found = clean_svg(b'<svg xmlns="http://www.w3.org/2000/svg" width="300px" height="200"><text>\xe5\x80\xbc&amp;</text></svg>')
    assert (found.width, found.height) == (300, 200)
    assert all(kept in found.data.decode() for kept in ('viewBox="0 0 300 200"', "<text>值&amp;</text>"))


NAMES = st.sampled_from([*sorted(ELEMENTS - {"svg"}), "script", "style", "a", "image", "foreignObject", "x"])
KEYS = st.sampled_from(
    ["id", "href", "xlink:href", "d", "x", "fill", "style", "onload", "transform", "class", "font-family", "xml:space"]
)
VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12) | st.sampled_from(
    ["#a", "url(#a)", "1 2", "fill:red;stroke:url(#a)", "javascript:alert(1)", "a", "M0 0L1 1"]
)


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def write(name: str, attributes: dict[str, str], inside: list[str]) -> str:
        told = "".join(f" {key}={quoted(value)}" for key, value in attributes.items())
        return f"<{name}{told}>{''.join(inside)}</{name}>"

    return st.builds(write, NAMES, st.dictionaries(KEYS, VALUES, max_size=3), st.lists(inner, max_size=3))


def quoted(text: str) -> str:
    return '"' + text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") + '"'


TEXT = VALUES.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


@given(st.lists(st.recursive(TEXT, element, max_leaves=12), max_size=4))
@settings(max_examples=200, deadline=None)
def test_rewritten_again_it_is_the_same(inside: list[str]):
    try:
        once = clean_svg(svg("".join(inside)))
    except ValueError:  # references that go round
        return
    again = clean_svg(once.data)
    assert again.data == once.data
    assert again.dropped == 0


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 3, height: int = 2, *more: bytes, depth: int = 8) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\1\2\3" * 3) * 2)
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_of_a_png_nothing_is_kept_but_the_picture():
    found = drawing_of(png(3, 2, chunk(b"tEXt", b"Author\0somebody"), chunk(b"gAMA", b"\0\0\xb1\x8f")))
    assert (found.media_type, found.width, found.height, found.dropped) == ("image/png", 3, 2, 1)
    assert b"somebody" not in found.data
    assert b"gAMA" in found.data
    assert drawing_of(found.data).data == found.data


@pytest.mark.parametrize(
    "bad",
    [
        png()[:-1], png() + b"<script>", png().replace(b"IDAT", b"IDAX"), png(0, 5), png(8_001, 5), png(depth=3), png()[:8],
        png()[:8] + chunk(b"IEND", b""), png()[:20] + b"\xff" + png()[21:], png(3, 2, b"\xff\xff\xff\xfftEXt"),
    ],
)  # fmt: skip
def test_a_png_whose_parts_are_not_in_order_is_refused(bad: bytes):
    with pytest.raises(BadDrawing):
        drawing_of(bad)


def test_thousands_of_shapes_may_be_hatched_by_one_pattern():
    body = '<pattern id="h">' + "<line/>" * 20 + "</pattern>" + '<rect fill="url(#h)"/>' * 5_000
    assert drawing_of(svg(body)).dropped == 0
