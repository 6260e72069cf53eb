"""What must hold of one site's log: the chain, its signed heads, and the heads that witnesses have kept."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.audit_verify.form import RESTORED, ZEROS, SignedHead, entry_digest, signature_holds

PROBLEMS_MAX = 100
"""So many are told; the rest is counted."""


@dataclass
class Report:
    """`checked`: entries looked at. `restored`: entries that tell of a restore. `unmatched`: heads of what such a restore has
    thrown away."""

    checked: int = 0
    heads: int = 0
    witnessed: int = 0
    restored: list[dict[str, Any]] = field(default_factory=list)
    unmatched: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    untold: int = 0

    def add(self, problem: str, no: int | None, detail: str) -> None:
        """Note something that is wrong."""
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append({"problem": problem, "no": no, "detail": detail})
        else:
            self.untold += 1


@dataclass
class _Log:
    """What is remembered of the entries: the hashes that heads name, the restores, and the end."""

    hashes: dict[int, str] = field(default_factory=dict)
    restores: list[tuple[int, int, int]] = field(default_factory=list)
    last: int = 0


def check_site(
    entries: Iterable[dict[str, Any]], heads: Sequence[SignedHead], witnesses: Sequence[SignedHead], keys: frozenset[str]
) -> Report:
    """`entries` in the order of their numbers. `keys`: the public keys that may sign; empty: those that witnesses have seen, and
    without witnesses whichever the heads name."""
    keys = keys or frozenset(head.key for head in witnesses)
    report = Report(heads=len(heads), witnessed=len(witnesses))
    wanted = {head.no for head in (*heads, *witnesses)}
    log = _walk(entries, wanted, report)
    stored = [head for head in heads if _is_signed(head, keys, report)]
    kept = [head for head in witnesses if _is_signed(head, keys, report)]
    for head in stored:
        _match(head, log, stored, report)
    for head in kept:
        _match(head, log, stored, report)
    _compare(stored, kept, report)
    latest = max((epoch for no, epoch, _ in log.restores if _is_confirmed(no, epoch, log, stored)), default=0)
    there = {(head.epoch, head.no) for head in stored}
    for head in kept:  # a backup may hold an entry and not yet the head that was signed over it
        if head.epoch >= latest and (head.epoch, head.no) not in there:
            report.add("head_removed", head.no, f"{head.name} is not in the database any more")
    for no, epoch, _ in log.restores:
        if not _is_confirmed(no, epoch, log, stored):
            report.add("restore_not_signed", no, f"no head of epoch {epoch} confirms the restore that the entry tells of")
    told = {epoch for _, epoch, _ in log.restores}
    for epoch in sorted({head.epoch for head in (*stored, *kept) if head.epoch >= latest} - told - {0}):
        report.add("epoch_without_restore", None, f"heads of epoch {epoch} are there, and no entry tells of its restore")
    return report


def _walk(entries: Iterable[dict[str, Any]], wanted: set[int], report: Report) -> _Log:
    log, before, expected = _Log(), ZEROS, 1
    for entry in entries:
        report.checked += 1
        no = entry["no"]
        if any(type(entry[name]) is not int for name in ("no", "at_us")):
            report.add("edited", None, f"an entry after {log.last} has no number or no time")
            continue
        if no != expected:
            report.add("missing", expected, f"entry {expected} is followed by {no}" if no > expected else f"{no} is there again")
        if entry["prev"] != before:
            report.add("broken_chain", no, "it does not name the hash of the entry before it")
        if entry_digest(entry) != entry["hash"]:
            report.add("edited", no, "its hash is not that of its fields")
        if no in wanted:
            log.hashes[no] = entry["hash"]
        if entry["act"] == RESTORED:
            _note_restore(entry, log, report)
        before, expected, log.last = entry["hash"], no + 1, no
    return log


def _note_restore(entry: dict[str, Any], log: _Log, report: Report) -> None:
    try:
        after = json.loads(entry["after"])
        epoch, base = int(after["epoch"]), int(after["base"])
    except (ValueError, KeyError, TypeError):
        report.add("edited", entry["no"], "it should tell of a restore, and does not say which")
        return
    if base != entry["no"] - 1:
        report.add("edited", entry["no"], f"it tells of a restore to entry {base}, and stands at {entry['no']}")
    log.restores.append((entry["no"], epoch, base))
    report.restored.append({"no": entry["no"], "epoch": epoch, "base": base, "at_us": entry["at_us"]})


def _is_signed(head: SignedHead, keys: frozenset[str], report: Report) -> bool:
    if keys and head.key not in keys:
        report.add("foreign_key", head.no, f"{head.name} is signed by another key: {head.key[:64]}")
        return False
    if not signature_holds(head):
        report.add("bad_signature", head.no, f"{head.name} is not signed by the key that it names")
        return False
    return True


def _match(head: SignedHead, log: _Log, stored: Sequence[SignedHead], report: Report) -> None:
    """The entry that the head names is there and has its hash; or a restore that is signed has thrown it away."""
    if head.no > _kept_up_to(head, log, stored):
        report.unmatched += 1
        return
    found = log.hashes.get(head.no)
    if found is None:
        report.add("cut", head.no, f"{head.name}: the log ends at entry {log.last}")
    elif found != head.hash:
        report.add("rewritten", head.no, f"{head.name} has another hash than the entry has now")


def _kept_up_to(head: SignedHead, log: _Log, stored: Sequence[SignedHead]) -> float:
    """Up to which number the log still is the one that the head is of: 0 for an epoch that the log has never known, as an older
    backup was restored after it."""
    bases = [base for no, epoch, base in log.restores if epoch > head.epoch and _is_confirmed(no, epoch, log, stored)]
    if not bases:
        return float("inf")
    is_known = head.epoch == 0 or any(epoch == head.epoch for _, epoch, _ in log.restores)
    return min(bases) if is_known else 0


def _is_confirmed(no: int, epoch: int, log: _Log, stored: Sequence[SignedHead]) -> bool:
    return any(head.epoch >= epoch and head.no >= no and log.hashes.get(head.no) == head.hash for head in stored)


def _compare(stored: Sequence[SignedHead], kept: Sequence[SignedHead], report: Report) -> None:
    """Two views of one log: whoever signs two heads for one number has shown two logs."""
    seen: dict[tuple[int, int], SignedHead] = {}
    for head in _in_order(stored, kept):
        other = seen.setdefault((head.epoch, head.no), head)
        if other.hash != head.hash:
            report.add("forked", head.no, f"{head.name} has another hash than {other.name}")


def _in_order(stored: Sequence[SignedHead], kept: Sequence[SignedHead]) -> Iterator[SignedHead]:
    yield from stored
    yield from kept
