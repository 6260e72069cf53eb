"""Runs of segments by their numbers, as orders and their answers name them: what is left of some. Pure."""

from collections.abc import Iterable, Sequence

from contract.footage import NoSpan

SPANS_MAX = 64
"""Of one order."""


def merged(spans: Iterable[NoSpan]) -> tuple[NoSpan, ...]:
    """The same numbers, in order, nothing twice. A span that ends before it begins is none."""
    found: list[NoSpan] = []
    for span in sorted((one for one in spans if one.first <= one.last), key=lambda one: (one.first, one.last)):
        if found and span.first <= found[-1].last + 1:
            found[-1] = NoSpan(found[-1].first, max(found[-1].last, span.last))
        else:
            found.append(span)
    return tuple(found)


def without(spans: Sequence[NoSpan], gone: Sequence[NoSpan]) -> tuple[NoSpan, ...]:
    """What of `spans` is in none of `gone`."""
    left = list(merged(spans))
    for cut in merged(gone):
        rest: list[NoSpan] = []
        for span in left:
            if cut.last < span.first or span.last < cut.first:
                rest.append(span)
                continue
            if span.first < cut.first:
                rest.append(NoSpan(span.first, cut.first - 1))
            if cut.last < span.last:
                rest.append(NoSpan(cut.last + 1, span.last))
        left = rest
    return tuple(left)


def holds_no(spans: Iterable[NoSpan], no: int) -> bool:
    """Whether the number is in one of them."""
    return any(span.first <= no <= span.last for span in spans)
