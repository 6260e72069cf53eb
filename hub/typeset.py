"""PDFs by typst, with fonts of our own. Needs the extra `reports`. The same data gives the same bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec


class NoReports(RuntimeError):
    """What makes PDFs is not installed. The message names the extra."""


@contextmanager
def reports_extra() -> Iterator[None]:
    """Around imports of what the extra `reports` brings. Raises NoReports where it is not installed."""
    try:
        yield
    except ImportError as error:
        raise NoReports(f"PDFs need the extra reports ({error.name} is missing): pip install 'watchkeeper[reports]'") from error


def pdf(template: Path, data: dict[str, Any]) -> bytes:
    """The template, set with `data`. Names and notes go in as JSON: nothing that anybody wrote is ever markup. Raises
    NoReports."""
    with reports_extra():
        import manimgx_fonts_cjk
        import typst
    done = typst.compile(
        template,
        font_paths=[Path(str(manimgx_fonts_cjk.__file__)).parent],
        ignore_system_fonts=True,
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        format="pdf",
    )
    assert isinstance(done, bytes)
    return done
