"""CSV that Excel opens as it is, and that no cell can do anything in. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Without it Excel takes Chinese for something else."""
_DOES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is computed; some versions take the wide forms for the plain ones."""


def safe(cell: object) -> str:
    """The cell as text. What a spreadsheet would compute begins with an apostrophe."""
    text = str(cell).replace("\0", "")
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_DOES) or text.startswith(_DOES) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The file, in UTF-8 with a byte order mark and CRLF."""
    out = io.StringIO(BOM)
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(cell) for cell in header])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode(errors="replace")
