"""`watchkeeper plate read`: what a picture's plate says, as a plain camera would read it."""

import json
from pathlib import Path
from typing import Any

import click

from contract.plates import COUNTRIES

_SIDES = (640, 960, 1280)
"""Nobody waits at a gate: a small plate that the first look did not find is looked for again, larger."""
MAX_IMAGE_BYTES = 64 * 1024 * 1024


class _NotRead(Exception):
    """Why a file cannot be looked into, and what to do."""


@click.group()
def plate() -> None:
    """Number plates. 车牌识别。"""


@plate.command()
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def read(images: tuple[Path, ...]) -> None:
    """Print the plate in each IMAGE, one JSON object a line, in the order given. 读取图片中的车牌。

    \b
    image       the file, as given
    plate       the text, such as 京A12345; null where there is no plate, or none that can be read
    colour      of its ground: blue, green, yellow, yellow_green, white, black, other; empty where none can be told
    confidence  0 to 1. From 0.6 on both recognisers, the form and the colour agree; below it a gate would ask its operator
    box         x, y, width, height in pixels; null where no plate was found

    Of several plates in an image the surest is told, and of equally sure ones the largest. The exit code is 1 where a file could
    not be looked into; the others are read all the same.
    """
    from drivers.plates import models
    from drivers.plates.reader import PlateReader

    try:
        reader = PlateReader(models.load())
    except models.NoModels as error:
        raise click.ClickException(str(error)) from None
    failed = 0
    for path in images:
        try:
            line = _line(reader, path)
        except _NotRead as error:
            failed += 1
            click.echo(f"{path}: {error}", err=True)
        else:
            click.echo(json.dumps(line, ensure_ascii=False))
    if failed:
        raise click.exceptions.Exit(1)


def _line(reader: Any, path: Path) -> dict[str, Any]:
    reads = reader.read(_picture(path), COUNTRIES, _SIDES)
    line: dict[str, Any] = {"image": str(path), "plate": None, "colour": None, "confidence": 0.0, "box": None}
    if reads:
        best = reads[0]
        line |= {"plate": best.text or None, "colour": best.colour, "confidence": best.confidence, "box": list(best.box)}
    return line


def _picture(path: Path) -> Any:
    import cv2
    import numpy as np

    try:
        size = path.stat().st_size
        if size > MAX_IMAGE_BYTES:
            raise _NotRead(f"the file is over {MAX_IMAGE_BYTES >> 20} MiB: give a smaller picture")
        data = path.read_bytes()
    except FileNotFoundError:
        raise _NotRead("there is no such file: check the name") from None
    except OSError as error:
        raise _NotRead(f"cannot be read ({error.strerror}): give a file that this user may read") from None
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    except cv2.error:  # a picture of more pixels than OpenCV takes
        picture = None
    if picture is None:
        raise _NotRead("is no picture that can be read: give a JPEG, PNG, BMP, TIFF or WebP file")
    return picture
