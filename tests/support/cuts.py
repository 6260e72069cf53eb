"""Bytes in pieces: a wire may cut them anywhere."""

from itertools import pairwise

from hypothesis import strategies as st


@st.composite
def cut(draw: st.DrawFn, noise: st.SearchStrategy[bytes]) -> tuple[bytes, list[bytes]]:
    """Bytes of `noise`, and the same bytes in up to 13 pieces."""
    data = draw(noise)
    edges = [0, *sorted(draw(st.lists(st.integers(0, len(data)), max_size=12))), len(data)]
    return data, [data[a:b] for a, b in pairwise(edges)]
