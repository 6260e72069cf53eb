import pytest

from contract.plates import UNSEEN, as_read, canonical, looks_odd


@pytest.mark.parametrize(
    ("raw", "text", "kind"),
    [
        ("苏B577CU", "苏B577CU", "standard"),
        ("苏B·577cu", "苏B577CU", "standard"),
        ("粤 B 12345", "粤B12345", "standard"),
        ("粤BD12345", "粤BD12345", "new_energy"),
        ("粤B12345D", "粤B12345D", "new_energy"),
        ("粤OA9112", "粤OA9112", "police"),
        ("京A1234警", "京A1234警", "police"),
        ("渝B3587学", "渝B3587学", "learner"),
        ("粤ZF023港", "粤ZF023港", "hong_kong"),
        ("粤Z1234澳", "粤Z1234澳", "macau"),
        ("鲁B1234挂", "鲁B1234挂", "trailer"),
        ("使014578", "使014578", "embassy"),
        ("沪A0023领", "沪A0023领", "consulate"),
        ("WJ京12345", "WJ京12345", "armed_police"),
        ("AB12345", "AB12345", "military"),
        ("EW-A46", "EWA46", "foreign"),
    ],
)
def test_a_plate_has_one_spelling(raw, text, kind):
    found = canonical(raw)
    assert (found.text, found.kind, found.problem, found.odd) == (text, kind, "", False)
    assert not looks_odd(raw)


@pytest.mark.parametrize("raw", ["苏Ｂ577CU", "苏B５77CU", "苏B577CU".replace("C", "\u017f"), "\uff21\uff22\uff11\uff12"])
def test_a_text_that_only_folds_into_a_plate_is_odd(raw):
    assert looks_odd(raw)


def test_full_width_letters_of_an_input_method_mean_the_same_plate():
    assert canonical("苏Ｂ·５７７ＣＵ") == ("苏B577CU", "standard", "CN", "", True)


@pytest.mark.parametrize(
    "raw",
    [
        "苏В577CU",
        "粤OА9112",
        "京A\u200b12345",
        "京A1234\u20605",
        "京A12345\ufeff",
        "Ёж123",
        "京Ι12345",
        "京A1234\u0130",
        "\u0430bc123",
    ],
)
def test_a_look_alike_is_nobodys_plate(raw):
    found = canonical(raw)
    assert (found.text, found.problem) == ("", "foreign_character")
    assert looks_odd(raw)


@pytest.mark.parametrize("raw", ["京I12345", "京A1234O", "京A1234", "京", "A", "12345678901"])
def test_what_has_no_plates_form_is_none(raw):
    assert (canonical(raw).text, canonical(raw).problem) == ("", "no_such_form")


def test_a_text_that_is_empty_or_too_long_is_none():
    assert canonical(" · ").problem == "empty"
    assert canonical("A" * 41).problem == "too_long"


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\ue000", "\U000e0041"])
def test_what_nobody_sees_makes_another_text_and_no_plate(unseen):
    written = as_read(f"京A{unseen}12345")
    assert written == f"京A{UNSEEN}12345"
    assert canonical(written).problem == "foreign_character"
    assert looks_odd(written)


def test_what_a_device_pads_a_plate_with_is_left_out():
    assert as_read(" 京A12345\r\n\0\0") == as_read("京A12345\u3000") == "京A12345"
    assert as_read("京A\u3000123\x0045") == "京A 12345"
    assert not looks_odd(as_read("京A\u3000123\x0045"))
