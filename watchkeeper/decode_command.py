"""`watchkeeper decode`: how an installer looks at a cable."""

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import click

from drivers.table import UnknownDriver
from watchkeeper.decode import decode_stream, list_drivers

_CHUNK_BYTES = 65_536


@click.command()
@click.argument("driver", required=False)
@click.option("--list", "show_list", is_flag=True, help="Print each driver: its name, what one input unit is, its reading kinds.")
@click.option("--hex", "hex_input", is_flag=True, help="The input is hex text of the bytes; blanks do not matter.")
@click.option("--options", "options_json", metavar="JSON", default="{}", help="The driver's options, as in an agent's settings.")
def decode(driver: str | None, show_list: bool, hex_input: bool, options_json: str) -> None:
    """Print what DRIVER understands of standard input, one JSON object a line.

    Readings are {"reading": kind, ...}; bytes that are not understood are {"finding": reason, "offset": n, "bytes_hex": ...}
    and no reason to stop: the exit code is 0 whatever the bytes are.

    \b
    Examples:
      printf '00101101000000001010001000\\n' | watchkeeper decode wiegand
      watchkeeper decode em_ascii < /dev/ttyUSB0
      watchkeeper decode --list
    """
    if show_list:
        for line in list_drivers():
            click.echo(line)
        return
    if driver is None:
        raise click.UsageError("name a driver; `watchkeeper decode --list` shows them")
    try:
        for line in decode_stream(driver, _chunks(sys.stdin.buffer), hex_input=hex_input, options=_options(options_json)):
            click.echo(line)
    except UnknownDriver as error:
        raise click.UsageError(str(error)) from None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--options") from None


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    read = getattr(stream, "read1", stream.read)
    while chunk := read(_CHUNK_BYTES):
        yield chunk


def _options(text: str) -> dict[str, Any]:
    try:
        options = json.loads(text)
    except ValueError as error:
        where = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise click.BadParameter(
            f'is not JSON{where}: write keys and texts in double quotes, the whole in single ones: \'{{"formats": ["H10301"]}}\'',
            param_hint="--options",
        ) from None
    if not isinstance(options, dict):
        raise click.BadParameter('is no JSON object: write for example {"formats": ["h10301"]}', param_hint="--options")
    return options
