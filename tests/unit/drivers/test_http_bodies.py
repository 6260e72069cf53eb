"""What a push holds: several parts, forms, text in the charsets of Chinese devices, the size of a picture."""

import time

import pytest

from drivers.charsets import text_of
from drivers.http.parts import FIELDS_MAX, PARTS_MAX, form_of, media_type, parts_of
from drivers.jpeg import picture_of
from tests.support.push_rig import JPEG

MIXED = (
    b"--cut\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n"
    b'--cut\r\nContent-Disposition: form-data; name="pic"; filename="\xe5\xa4\xa7\xe5\x9b\xbe.jpg"\r\n'
    b"Content-Type: image/JPEG\r\n\r\n"
    b"\xff\xd8\r\n--cu\r\n\r\n--cut--\r\n"
)


HEADERS = ['multipart/mixed; boundary="cut"', "multipart/form-data; boundary=cut", "text/plain", ""]


@pytest.mark.parametrize("header", HEADERS)
def test_parts_are_read_by_the_boundary_that_is_named_or_else_by_the_first_line(header):
    found = parts_of(MIXED, header)
    assert found.reasons == ()
    assert [(one.name, one.filename, one.type, one.body) for one in found.parts] == [
        ("", "", "text/xml", b"<a/>"),
        ("pic", "大图.jpg", "image/jpeg", b"\xff\xd8\r\n--cu\r\n"),
    ]


def test_parts_with_bare_line_ends_are_read():
    found = parts_of(MIXED.replace(b"\r\n", b"\n"), "multipart/mixed; boundary=cut")
    assert [one.body for one in found.parts] == [b"<a/>", b"\xff\xd8\n--cu\n"]


def test_a_body_that_breaks_off_loses_its_last_part_alone():
    found = parts_of(MIXED[:-12], "multipart/mixed; boundary=cut")
    assert (found.reasons, [one.type for one in found.parts]) == (("no_end",), ["text/xml"])


def test_a_part_that_is_none_costs_itself_alone():
    found = parts_of(b"--cut\r\nno head at all\r\n" + MIXED, "multipart/mixed; boundary=cut")
    assert (found.reasons, len(found.parts)) == (("bad_part",), 2)


def test_a_part_may_have_no_head():
    assert parts_of(b"--cut\r\n\r\nhello\r\n--cut--", "multipart/mixed; boundary=cut").parts[0].body == b"hello"


def test_of_too_many_parts_the_first_count():
    found = parts_of(b"--cut\r\n\r\nx\r\n" * (PARTS_MAX + 5) + b"--cut--")
    assert (len(found.parts), found.reasons) == (PARTS_MAX, ("too_many_parts",))


def test_what_has_no_parts_says_so():
    assert parts_of(b"hello", "multipart/mixed; boundary=cut").reasons == ("no_boundary",)
    assert parts_of(b"--" + b"x" * 300 + b"\r\n").reasons == ("no_boundary",)


def test_a_type_has_its_parameters():
    assert media_type('Text/XML; charset="GBK"') == ("text/xml", {"charset": "GBK"})
    assert media_type("") == ("", {})
    assert media_type("a\r\nb: c") == ("", {})


def test_a_form_has_its_fields_in_its_charset():
    assert form_of("a=1&b=&a=2&plate=%D4%C1B12345", "gb18030") == {"a": "1", "b": "", "plate": "粤B12345"}
    assert form_of("a=1", "no-such-charset") is None
    assert form_of("&".join(f"a{n}=1" for n in range(FIELDS_MAX + 1))) is None


@pytest.mark.parametrize("text", ["鲁B12345", "豫A12345", "粤B1234学", "京A·12345", "plain", "大门 1 号，入口"])
def test_a_plate_is_read_in_either_charset_whatever_is_declared(text):
    for declared in ("", "utf-8", "GB2312", "no-such-charset"):
        assert text_of(text.encode("gb18030"), declared) == text
        assert text_of(text.encode(), declared) == text
        assert text_of(b"\xef\xbb\xbf" + text.encode(), declared) == text


def test_another_charset_is_believed_where_it_is_declared():
    assert text_of("Ñ".encode("latin-1"), "iso-8859-1") == "Ñ"
    assert text_of(b"\xff\xfe\xff", "gbk") is None
    assert text_of(b"\xff\xff") is None
    assert text_of(b"ab", "base64") == "ab"


def test_the_size_of_a_picture_is_in_its_head():
    found = picture_of(JPEG)
    assert found is not None
    assert (found.width, found.height) == (24, 16)
    assert picture_of(JPEG[:-2]) is None
    assert picture_of(b"GIF89a" + JPEG) is None
    assert picture_of(b"\xff\xd8" + b"\xff\xd9") is None
    assert picture_of(b"\xff\xd8" + b"\xff\xfe\x00\x00" * 4 + b"\xff\xd9") is None


@pytest.mark.parametrize("body", [b"--" + b" " * 4_000_000, b"--x" + b" \t" * 2_000_000 + b"\r\nx", b"--" + b"- " * 2_000_000])
@pytest.mark.parametrize("header", ["", "multipart/form-data; boundary=x"])
def test_no_body_is_looked_at_again_and_again(body, header):
    began = time.process_time()
    parts_of(body, header)
    assert time.process_time() - began < 1.0  # it was minutes, in which no gate of the agent opened
