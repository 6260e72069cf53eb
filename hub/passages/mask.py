"""A plate as people see it who did not say why they want to know."""

_SHOWN_BEFORE, _SHOWN_AFTER = 2, 2


def masked(plate: str) -> str:
    """The province and the authority, and the last two characters: `粤B12345` becomes `粤B***45`."""
    hidden = len(plate) - _SHOWN_BEFORE - _SHOWN_AFTER
    return plate if not plate else f"{plate[:_SHOWN_BEFORE]}{'*' * max(1, hidden)}{plate[-_SHOWN_AFTER:] if hidden > 0 else ''}"
