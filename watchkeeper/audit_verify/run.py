"""A whole verification: databases and files in, one JSON object out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from watchkeeper.audit_verify import read
from watchkeeper.audit_verify.check import check_site
from watchkeeper.audit_verify.form import witness_heads

PUBLIC_FILE = "audit.pub"


class WrongUse(Exception):
    """What was given cannot be used. The message says what to give."""


def verify(database: str, witnesses: Sequence[Path], public_key: Path | None, site: str | None) -> dict[str, Any]:
    """What is printed. Raises WrongUse, BadWitness, Unreadable."""
    keys = _keys(database, public_key)
    with read.opened(database) as source:
        known = read.sites(source)
        chosen = _chosen(known, site, bool(witnesses))
        told: dict[str, Any] = {"checked": 0, "heads": 0, "witnessed": 0, "restored": [], "unmatched": 0, "problems": []}
        for one in chosen:
            kept = [head for path in witnesses for head in witness_heads(_lines(path), str(path), one)]
            report = check_site(read.entries(source, one), read.heads(source, one), kept, keys)
            for name in ("checked", "heads", "witnessed", "unmatched"):
                told[name] += getattr(report, name)
            told["restored"] += [{"site": one, **row} for row in report.restored]
            told["problems"] += [{"site": one, **row} for row in report.problems]
            if report.untold:
                told["problems"].append({"site": one, "problem": "more", "no": None, "detail": f"{report.untold} more"})
    told["key_pinned"] = bool(keys)
    return told


def _chosen(known: Sequence[str], site: str | None, has_witnesses: bool) -> Sequence[str]:
    if site is not None:
        if site not in known:
            raise WrongUse(f"the database has no site {site!r}: it has {', '.join(known) or 'none'}")
        return [site]
    if has_witnesses and len(known) > 1:
        raise WrongUse(f"witnesses are of one site, and the database has {', '.join(known)}: give --site")
    return known


def _keys(database: str, public_key: Path | None) -> frozenset[str]:
    """The key that must have signed; none where nobody says which."""
    beside = Path(database.removeprefix("sqlite:///")).with_name(PUBLIC_FILE)
    path = public_key if public_key is not None else beside if beside.is_file() else None
    if path is None:
        return frozenset()
    keys = [line.strip().lower() for line in _lines(path) if line.strip()]
    try:
        good = bool(keys) and all(len(bytes.fromhex(key)) == 32 for key in keys)
    except ValueError:
        good = False
    if not good:
        raise WrongUse(f"{path} holds no public key of 64 hex digits: give the hub's {PUBLIC_FILE}")
    return frozenset(keys)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path} cannot be read: {error}") from None
