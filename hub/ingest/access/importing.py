"""Rows of a file become households, holders, permits and credentials: each row whole or not at all, and with `whole` the file."""

from collections.abc import Iterator
from typing import Protocol

from hub.access.asks import AccessImport, By, Conflict, ImportRow, RowResult
from hub.access.types import AnyThing, Credential, Proof, id_of, kind_of
from hub.access.words import refused
from hub.cases.types import Refusal
from hub.ingest.access.around import Things
from hub.ingest.rows import Journal

_COLUMNS = {"household": "room", "holder": "name", "permit": "groups"}
"""Which column of a file a thing that cannot be made is told of."""


class Book(Protocol):
    """What an import does with the book."""

    def put(self, thing: AnyThing, seen: int, by: By, *, told: bool = True) -> AnyThing | Refusal | Conflict:
        """See Accessbook."""
        ...

    def issue(self, permit: str, proof: Proof, by: By, *, told: bool = True) -> Credential | Refusal:
        """See Accessbook."""
        ...


def take_rows(asked: AccessImport, book: Book, things: Things, journal: Journal) -> list[RowResult]:
    """See AccessImport. A row that cannot be taken leaves nothing behind."""
    _look_up(asked, things)
    begun = journal.savepoint()
    results: list[RowResult] = []
    permits: list[str] = []
    seen: dict[str, int] = {}
    for row in asked.rows:
        saved = journal.savepoint()
        result = _twice(row, seen) or _take(row, book, things, asked.by)
        results.append(result)
        if result.reason:
            journal.rollback(saved)
        else:
            permits.append(row.permit.permit)
            seen.update((proof.name, row.row) for _, proof in row.proofs)
    if asked.whole and any(result.reason for result in results):
        journal.rollback(begun)
        undone = refused("import_undone")
        return [result if result.reason else RowResult(result.row, undone.reason, "", undone.message) for result in results]
    if asked.dry:
        journal.rollback(begun)
    else:
        things.tell_permits(permits, asked.by)
    return results


def _twice(row: ImportRow, seen: dict[str, int]) -> RowResult | None:
    """A credential that an earlier row of the file, or this one, has already."""
    names: set[str] = set()
    for column, proof in row.proofs:
        if proof.name in seen or proof.name in names:
            wrong = refused("row_twice", row=seen.get(proof.name, row.row))
            return RowResult(row.row, wrong.reason, column, wrong.message)
        names.add(proof.name)
    return None


def _take(row: ImportRow, book: Book, things: Things, by: By) -> RowResult:
    for thing in _parts(row):
        if things.get(kind_of(thing), id_of(thing)) is not None:
            continue
        made = book.put(thing, 0, by, told=False)
        if isinstance(made, Refusal):
            return RowResult(row.row, made.reason, _COLUMNS[kind_of(thing)], made.message)
    for column, proof in row.proofs:
        here = things.live(proof.name)
        if here is not None and here.permit == row.permit.permit:
            continue  # the same file again
        issued = book.issue(row.permit.permit, proof, by, told=False)
        if isinstance(issued, Refusal):
            return RowResult(row.row, issued.reason, column, issued.message)
    return RowResult(row.row)


def _parts(row: ImportRow) -> Iterator[AnyThing]:
    if row.household is not None:
        yield row.household
    yield row.holder
    yield row.permit


def _look_up(asked: AccessImport, things: Things) -> None:
    """All that rows name, in a few statements."""
    things.count_anew(("household", "holder", "permit", "credential"))
    things.fetch("household", (row.household.household for row in asked.rows if row.household is not None))
    things.fetch("holder", (row.holder.holder for row in asked.rows))
    things.fetch("permit", (row.permit.permit for row in asked.rows))
    things.fetch("group", (name for row in asked.rows for name in row.permit.groups))
    things.fetch_live(proof.name for row in asked.rows for _, proof in row.proofs)
    things.fetch_of_permit(row.permit.permit for row in asked.rows)
