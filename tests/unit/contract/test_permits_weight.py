"""An entry weighs the same wherever it is weighed."""

from typing import Any

from contract.permits import (
    AnyEntry,
    Credential,
    Level,
    Portal,
    Right,
    Rules,
    Schedule,
    canonical,
    decode_entry,
    weight_of,
    weight_of_text,
)

NAME = "0" * 32


def other(text: str) -> Any:
    """The same text as another object, as a database gives it."""
    return "".join(list(text))


def test_an_entry_out_of_a_database_weighs_what_it_weighs_once_it_was_sent():
    entries: list[AnyEntry] = [
        Rules(),
        Portal(other("reader"), other(""), "estate", tuple(other(one) for one in ("card", "plate", "qr", "pin", "face"))),
        Portal("reader", passback=other("off"), passback_s=int("300"), leave=other("known"), factor=other("never")),
        Schedule("s", ((1, 2),), 3),
        Level("g", (Right("a", "b"),)),
        Credential(NAME, "p", "h", (), other("card"), other("active"), None, int("4000000000")),
    ]
    for entry in entries:
        text = canonical(entry)
        assert canonical(decode_entry.decode(text)) == text
        assert weight_of(entry) == weight_of(decode_entry.decode(text)) == weight_of_text(text)
    assert weight_of(Credential(NAME, "p", "h", (), other("card"))) == weight_of(Credential(NAME, "p", "h"))
