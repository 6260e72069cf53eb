"""An ONNX model in a few bytes, written by hand: it takes a picture and always says the same. No library for ONNX is needed."""

import numpy as np


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _field(number: int, value: int | bytes | str) -> bytes:
    """A field of protobuf: a whole number, or bytes with their length."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _typed(name: str, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(_field(1, _field(1, side)) for side in shape)
    tensor = _field(1, 1) + _field(2, dims)
    return _field(1, name) + _field(2, _field(1, tensor))


def _tensor(name: str, values: np.ndarray) -> bytes:
    dims = b"".join(_field(1, side) for side in values.shape)
    return dims + _field(2, 1) + _field(8, name) + _field(9, values.astype("<f4").tobytes())


def says(values: np.ndarray, side: int = 64, channels: int = 3) -> bytes:
    """A model whose output is `values`, whatever the picture: the picture's mean times nought is added to them."""
    shape = (1, channels, side, side)
    mean = _field(1, "picture") + _field(2, "mean") + _field(4, "GlobalAveragePool")
    flat = _field(1, "mean") + _field(2, "one") + _field(4, "ReduceMean") + _field(5, _keep_dims())
    none = _field(1, "one") + _field(1, "nought") + _field(2, "none") + _field(4, "Mul")
    added = _field(1, "values") + _field(1, "none") + _field(2, "said") + _field(4, "Add")
    graph = b"".join(_field(1, node) for node in (mean, flat, none, added))
    graph += _field(2, "tiny")
    graph += _field(5, _tensor("values", values)) + _field(5, _tensor("nought", np.zeros((), np.float32)))
    graph += _field(11, _typed("picture", shape)) + _field(12, _typed("said", values.shape))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 13))


def _keep_dims() -> bytes:
    return _field(1, "keepdims") + _field(3, 0) + _field(20, 2)
