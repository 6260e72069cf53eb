"""XML from devices: what is read, and what is refused."""

import pytest

from drivers.xmls import DEPTH_MAX, ELEMENTS_MAX, xml_of


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    "declared",
    ["", '<?xml version="1.0" encoding="GB2312"?>\n', '<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0"?>'],
)
def test_a_text_is_read_whatever_the_declaration_says(charset, declared):
    root = xml_of((declared + "<a xmlns='u'><n:b k='鲁'>东门 &amp; 西门</n:b></a>").encode(charset))
    found = root.find("b")
    assert found is not None
    assert (root.tag, found.text, found.attributes, root.text_at("b"), root.text_at("c/d")) == (
        "a",
        "东门 & 西门",
        {"k": "鲁"},
        "东门 & 西门",
        "",
    )


def test_it_is_as_plain_as_json():
    root = xml_of(b"<a><b>1</b><b/><b>3</b><c k='v'>t</c><d><e>x</e></d></a>")
    assert root.plain() == {"b": ["1", "", "3"], "c": {"@k": "v", "#text": "t"}, "d": {"e": "x"}}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_xml"), (b"hello", "not_xml"), (b"<a>", "not_xml"), (b"<a/><b/>", "not_xml"), (b"<a>&x;</a>", "not_xml"),
        (b"\xff\xff<a/>", "not_xml"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "dtd"), (b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>', "dtd"),
        (b"<a>" * (DEPTH_MAX + 1) + b"</a>" * (DEPTH_MAX + 1), "too_deep"),
        (b"<a>" + b"<b/>" * ELEMENTS_MAX + b"</a>", "too_many"),
    ],
)  # fmt: skip
def test_what_is_no_harmless_xml_is_refused(body, reason):
    with pytest.raises(ValueError, match=f"^{reason}$"):
        xml_of(body)
