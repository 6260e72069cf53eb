"""查岗: whether a window can be answered now, and what a console counts down to. Pure."""

from typing import Literal

Phase = Literal["waiting", "open", "sounding", "over"]


def why_unanswerable(opens_us: int, ends_us: int, now_us: int, *, is_open: bool) -> str:
    """The reason's name, or nothing: it is answered between its opening and its end, once."""
    if now_us < opens_us:
        return "window_not_open"
    if now_us > ends_us:
        return "window_over"
    return "" if is_open else "window_kept"


def phase(opens_us: int, ends_us: int, now_us: int, sound_us: int) -> Phase:
    """How far an unanswered window has come: it sounds `sound_us` after its opening, and at its end it escalates."""
    if now_us < opens_us:
        return "waiting"
    if now_us > ends_us:
        return "over"
    return "open" if now_us < opens_us + sound_us else "sounding"
